"""The command line as a user has it: a process of its own, a project folder, a home that nobody else uses."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.cli.preloaded import Preloaded, environment

TIMEOUT_S = 90

ASSETS = """
from driftline import Daily, GroundTruth, LightGBM, ModelPipeline, Newest, PerformanceDrift, Promote, Retrain, Target
from driftline.datasets import simulate_fire_risk

fire_risk = ModelPipeline(
    name="fire_risk",
    dataset=lambda window: simulate_fire_risk(window, rows_per_day=60),
    target=Target("fire", positive_class="yes"),
    trainer=LightGBM(num_leaves=7, trees=15, min_leaf_rows=10),
    metrics=("auroc", "log_loss"),
    holdout=Newest(duration="7d"),
    partitions=Daily("2025-02-10", end="2025-03-24"),
    entity=("station",),
    training_window="28d",
    ground_truth=GroundTruth(delay="1d"),
    drift=(PerformanceDrift("auroc", window="7d", m_of_n=(1, 1)),),
    retrain=Retrain(trigger=None, choice=None, cooldown="21d"),  # once in its six weeks
    promote=Promote(confidence=None),
)
PIPELINES = (fire_risk,)
"""
DEFINITIONS = """
import dagster as dg
from assets import PIPELINES
from driftline.pipelines import WorkspaceResource, build, drift_sensor

defs = dg.Definitions.merge(
    *(build(pipeline) for pipeline in PIPELINES),
    dg.Definitions(
        resources={"workspace": WorkspaceResource()},
        sensors=[drift_sensor(PIPELINES)],
        executor=dg.in_process_executor,
    ),
)
"""
WORKSPACE = """
load_from:
  - python_file: {relative_path: definitions.py, working_directory: ., location_name: tiny}
"""


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """Runs `driftline` in a folder with a home; without one it is the folder's own."""

    folder: Path
    home: Path | None
    preloaded: Preloaded
    settings: dict[str, str] = field(default_factory=dict)

    def start(self, *words: object, **options: object) -> subprocess.Popen[str]:
        """`python -m driftline`, which runs on."""
        command = [sys.executable, "-m", "driftline", *map(str, words)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.Popen(command, cwd=self.folder, env=environment() | self._variables(), text=True, **pipes)

    def __call__(self, *words: object) -> subprocess.CompletedProcess[str]:
        """What it came to, in a process that is forked from one with all imported."""
        return self.preloaded.run([str(word) for word in words], self.folder, self._variables())

    def _variables(self) -> dict[str, str]:
        home = {} if self.home is None else {"DRIFTLINE_HOME": str(self.home)}
        return {**home, "COLUMNS": "200", **self.settings}


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    """Where commands are forked from."""
    started = Preloaded()
    yield started
    started.close()


@pytest.fixture
def driftline(tmp_path: Path, preloaded: Preloaded) -> CommandLine:
    """The command line in an empty folder, on an empty home."""
    (tmp_path / "empty").mkdir()
    return CommandLine(folder=tmp_path / "empty", home=tmp_path / "home", preloaded=preloaded)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose stream `fire_risk` has six weeks and few rows; the truth changes amid them."""
    folder = tmp_path_factory.mktemp("project")
    for name, text in (("assets.py", ASSETS), ("definitions.py", DEFINITIONS), ("workspace.yaml", WORKSPACE)):
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="session")
def replayed(project: Path, preloaded: Preloaded, tmp_path_factory: pytest.TempPathFactory) -> tuple[CommandLine, str]:
    """The command line on a home where the demo has run, and what it printed; only to be read."""
    command = CommandLine(folder=project, home=tmp_path_factory.mktemp("replayed"), preloaded=preloaded)
    shown = command("demo")
    assert shown.returncode == 0, shown.stderr
    return command, shown.stdout


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives ports that nobody listens on."""

    def port() -> int:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            return int(listener.getsockname()[1])

    return port


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository, as a project."""
    return Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Served:
    """Where `driftline dev` answers: the Dagster UI and the GraphQL API."""

    ui: str
    api: str


@pytest.fixture
def dev(free_port: Callable[[], int]) -> Iterator[Callable[[CommandLine], Served]]:
    """Starts `driftline dev` and waits until both answer; ended with the test."""
    with ExitStack() as ending:

        def start(command: CommandLine) -> Served:
            served = Served(ui=f"http://127.0.0.1:{free_port()}", api=f"http://127.0.0.1:{free_port()}")
            log = ending.enter_context((command.home.parent / "dev.log").open("w"))
            ports = ("--port", served.ui.rsplit(":", 1)[1], "--api-port", served.api.rsplit(":", 1)[1])
            process = command.start("dev", *ports, stdout=log, stderr=log)
            ending.callback(process.wait, timeout=30)
            ending.callback(process.send_signal, signal.SIGINT)
            until(lambda: answers(f"{served.ui}/server_info"), "the Dagster UI answers")
            until(lambda: answers(f"{served.api}/healthz"), "the API answers")
            return served

        yield start


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False


def until(condition: Callable[[], object], said: str) -> None:
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < end, f"in {TIMEOUT_S} s it did not happen that {said}"
        time.sleep(0.5)
