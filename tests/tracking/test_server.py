"""A script logs over HTTP to a server, which may be away or be killed, and nothing is lost or doubled."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

import driftline
from driftline import open_workspace
from driftline.experiments import describe_run, list_runs
from driftline.journal import segments
from driftline.tracking import configured_destination, deliver_left
from driftline.tracking.server_sink import ServerUnavailableError
from tests.logged import steps


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def client(tmp_path, monkeypatch, port):
    """The environment of a script that logs to a server; the server's own home is another one."""
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "client"))
    monkeypatch.setenv("DRIFTLINE_SERVER_URL", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("DRIFTLINE_DATABASE_URL", raising=False)
    return tmp_path / "client" / "journals"


@contextmanager
def serving(tmp_path, port):
    """A server of its own process, killed at the end of the block."""
    environment = {**os.environ, "DRIFTLINE_HOME": str(tmp_path / "server")}
    del environment["DRIFTLINE_SERVER_URL"]
    command = [sys.executable, "-m", "driftline", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def stored(tmp_path, monkeypatch):
    """The workspace of the server."""
    with monkeypatch.context() as own:
        own.setenv("DRIFTLINE_HOME", str(tmp_path / "server"))
        own.delenv("DRIFTLINE_SERVER_URL")
        workspace = open_workspace()
    yield workspace
    workspace.database.close()


def test_what_is_logged_over_http_is_stored_by_the_server(tmp_path, monkeypatch, port, client):
    (tmp_path / "model.bin").write_bytes(os.urandom(3_000_000))
    with serving(tmp_path, port):
        with driftline.start_run("remote", params={"lr": 0.1}, tags={"a": "b"}) as run:
            for step in range(7000):
                driftline.log_metric("loss", 1 / (step + 1), step=step)
            driftline.log_metrics({"nan": float("nan"), "inf": float("-inf")})
            driftline.log_artifact(tmp_path / "model.bin")
            run.flush()
            with stored(tmp_path, monkeypatch) as workspace:
                assert steps(workspace, run.run_id) == list(range(7000))
        with driftline.start_run(run_id=run.run_id) as again:
            again.log_metric("loss", 0.0, step=7000)
        assert httpx.get(f"http://127.0.0.1:{port}/tracking/v1/runs/{'0' * 32}").json() == {"run": None}
    with stored(tmp_path, monkeypatch) as workspace:
        told = describe_run(workspace, run.run_id)
        assert (told["status"], told["attempt"], told["params"], told["tags"]) == (
            "finished",
            2,
            {"lr": 0.1},
            {"a": "b"},
        )
        [file] = [file for file in told["artifacts"] if file["path"] == "model.bin"]
        assert workspace.artifacts.get(file["digest"]) == (tmp_path / "model.bin").read_bytes()
        assert steps(workspace, run.run_id) == list(range(7001))
    assert segments(client) == []
    assert list((client / "files").iterdir()) == []


def test_a_server_that_is_away_stops_nothing_and_gets_it_later(tmp_path, monkeypatch, port, client, caplog):
    (tmp_path / "notes.txt").write_text("kept")
    with driftline.start_run("remote") as run:
        run.log_metric("loss", 0.5)
        run.log_artifact(tmp_path / "notes.txt")
        with pytest.raises(ServerUnavailableError, match="Check that `driftline serve` runs there"):
            run.flush()
    assert "driftline sync delivers it" in caplog.text
    with serving(tmp_path, port):
        sync = [sys.executable, "-m", "driftline", "sync", str(client), "--json"]
        done = subprocess.run(sync, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr  # this process lives, and tries itself
        ends = time.monotonic() + 60
        while segments(client) and time.monotonic() < ends:
            time.sleep(0.05)
    with stored(tmp_path, monkeypatch) as workspace:
        told = describe_run(workspace, run.run_id)
        assert (told["status"], told["metrics"]) == ("finished", {"loss": 0.5})
        assert "notes.txt" in {file["path"] for file in told["artifacts"]}


def test_what_is_no_batch_is_refused_and_changes_nothing(tmp_path, monkeypatch, port, client):
    with serving(tmp_path, port):
        url = f"http://127.0.0.1:{port}/tracking/v1"
        good = {
            "format": 1,
            "run_id": "0" * 32,
            "writer": 1,
            "about": {},
            "heard_us": None,
            "events": [],
            "keys": [],
            "points": {},
        }
        for body, status in (
            (b"{", 400),
            (b"[]", 422),
            (b'{"format": 2}', 422),
            (b'{"format": 1}', 422),
            ({**good, "run_id": "x"}, 422),
            ({**good, "events": [[0, 99, {}]]}, 422),
            ({**good, "points": {"sequence": [0], "key": [7], "step": [0], "at_us": [0], "value": [1]}}, 422),
        ):
            content = body if isinstance(body, bytes) else None
            answer = httpx.post(f"{url}/events", content=content, json=None if content else body)
            assert (answer.status_code, status) == (status, status), answer.text
        assert httpx.put(f"{url}/files/{'0' * 64}", content=b"other").status_code == 422
        assert httpx.get(f"{url}/files/..%2Fsecret").status_code in {404, 422}
    with stored(tmp_path, monkeypatch) as workspace:
        assert list_runs(workspace) == []


def test_the_next_run_of_a_machine_delivers_what_the_last_one_left(tmp_path, monkeypatch, port, client):
    code = "import driftline\nwith driftline.start_run('remote') as run: run.log_metric('loss', 0.5)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert len(segments(client)) == 1
    with serving(tmp_path, port):
        [done] = deliver_left(configured_destination())
        assert done.problem is None
    with stored(tmp_path, monkeypatch) as workspace:
        assert [one["status"] for one in list_runs(workspace)] == ["finished"]
