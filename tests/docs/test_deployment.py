"""docs/deployment: the units and the compose file start what exists, with settings that exist, and it answers."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import httpx
import pytest
import yaml

from driftline.pipelines import dagster_home, open_instance
from driftline.settings import Settings
from tests.cli.preloaded import environment

FOLDER = Path(__file__).parents[2] / "docs" / "deployment"
UNITS = sorted(FOLDER.glob("*.service"))
BIN = Path(sys.executable).parent
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if name != "database"}


def variables() -> dict[str, str]:
    return dict(line.split("=", 1) for line in (FOLDER / "driftline.env").read_text().splitlines())


def command(unit: Path) -> list[str]:
    """What a unit starts, without the folder of the environment."""
    parsed = configparser.ConfigParser(strict=False)
    parsed.optionxform = str
    parsed.read(unit)
    first, *words = shlex.split(parsed["Service"]["ExecStart"])
    assert Path(first).parent == Path("/srv/driftline/venv/bin")
    return [Path(first).name, *words]


def test_the_units_and_the_containers_start_the_same():
    of_units = {unit.stem.removeprefix("driftline-"): command(unit) for unit in UNITS}
    assert {name: service["command"] for name, service in OURS.items()} == of_units


def test_what_they_set_are_settings():
    known = {f"DRIFTLINE_{name.upper()}" for name in Settings.model_fields} | {"DAGSTER_HOME"}
    dockerfile = re.findall(r"(\w+)=\S+", (FOLDER / "Dockerfile").read_text().partition("ENV ")[2])
    for names in (variables(), *(service["environment"] for service in OURS.values()), dockerfile):
        assert {name for name in names if not name.startswith("P")} <= known


def test_the_page_shows_the_file_of_settings():
    page = (FOLDER.parent / "deployment.md").read_text()
    assert (FOLDER / "driftline.env").read_text() in page


def test_each_secret_and_volume_of_a_container_is_declared():
    for service in COMPOSE["services"].values():
        secrets = {one if isinstance(one, str) else one["source"] for one in service.get("secrets", [])}
        assert secrets <= set(COMPOSE["secrets"])
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_no_fault_in_a_unit(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd on this machine")
    text = unit.read_text().replace("/srv/driftline/venv/bin", str(BIN)).replace("User=driftline", "User=root")
    (tmp_path / unit.name).write_text(text)
    verify = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert unit.name not in done.stderr, done.stderr


@pytest.fixture
def started(driftline, free_port, tmp_path, monkeypatch) -> Iterator[tuple[str, str]]:
    """The three processes of the units on a first project, at ports of their own: the UI and the API."""
    assert driftline("init", "churn").returncode == 0
    home = tmp_path / "home"
    monkeypatch.setenv("DAGSTER_HOME", str(home / "dagster"))
    open_instance(
        dagster_home()
    ).dispose()  # the page trains a model first; Dagster cannot set up a home from two sides
    own = {name: value.replace("/var/lib/driftline", str(home)) for name, value in variables().items()}
    own["DRIFTLINE_DATABASE_URL"] = f"sqlite:///{home / 'driftline.db'}"
    ports = {"3000": str(free_port()), "4000": str(free_port())}
    processes = [
        subprocess.Popen(
            [str(BIN / words[0]), *(ports.get(word, word) for word in words[1:])],
            cwd=driftline.folder / "churn",
            env=environment() | own | {"PYTHONWARNINGS": "ignore"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for words in map(command, UNITS)
    ]
    yield ports["3000"], ports["4000"]
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(30)


def answered(url: str) -> httpx.Response:
    for _ in range(300):
        try:
            return httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(url)


def test_what_the_units_start_answers(started):
    ui, api = started
    assert answered(f"http://127.0.0.1:{api}/healthz").status_code == 200
    assert answered(f"http://127.0.0.1:{ui}/server_info").status_code == 200
    with dg.DagsterInstance.from_config(os.environ["DAGSTER_HOME"]) as instance:
        for _ in range(300):
            if instance.get_daemon_heartbeats():
                return
            time.sleep(0.2)
    raise TimeoutError("the daemon has not started")
