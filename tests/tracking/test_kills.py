"""Kill -9 of a training, of what sends, and of the server: nothing that was confirmed is lost, and no point is doubled.

Each fifty times, at random moments; a process is forked from the test's own, which takes milliseconds.
"""

import asyncio
import os
import random
import signal
import socket
import time
from contextlib import closing, suppress

import pytest
import uvicorn
from starlette.applications import Starlette

import driftline
from driftline import open_workspace
from driftline.api.http.tracking import tracking_routes
from driftline.experiments import list_runs
from driftline.journal import segments
from driftline.tracking import configured_destination, deliver_left
from tests.logged import steps

KILLS = 50


def forked(work):
    """Do some work in a process of its own, which ends without a word; return its number."""
    process = os.fork()
    if process == 0:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return process


def killed(process):
    """Kill a process and wait for it."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def read_confirmed(readable):
    """The number of points that a process had said to be stored or in its journal."""
    confirmed = 0
    while read := os.read(readable, 1 << 16):
        confirmed += len(read)
    os.close(readable)
    return confirmed


@pytest.mark.usefixtures("home")
def test_a_training_that_is_killed_loses_nothing_that_a_call_had_returned_from(look, home):
    dice = random.Random(11)  # noqa: S311
    look().database.close()
    for number in range(KILLS):
        readable, writable = os.pipe()

        def train(writable=writable):
            with driftline.start_run("killed", log_output=False) as run:
                for step in range(10_000_000):
                    run.log_metric("loss", 0.5, step=step)
                    os.write(writable, b".")

        process = forked(train)
        os.close(writable)
        time.sleep(0.03 + dice.random() * 0.3)
        killed(process)
        confirmed = read_confirmed(readable)
        workspace = look()
        [newest] = list_runs(workspace, first=1) or [None]
        found = steps(workspace, newest["run_id"]) if newest else []
        assert found == list(range(len(found))), number
        assert len(found) >= confirmed, number
        assert newest is None or newest["status"] == "lost"
        workspace.database.close()
    assert segments(home / "journals") == []


@pytest.mark.usefixtures("home")
def test_a_delivery_that_is_killed_is_done_again_and_doubles_nothing(look, home):
    dice = random.Random(12)  # noqa: S311

    def train():
        destination = configured_destination()
        run = driftline.start_run("left", log_output=False)
        destination.sink.database.close()
        for step in range(60_000):
            run.log_metric("loss", 0.5, step=step)

    look().database.close()
    os.waitpid(forked(train), 0)
    for _ in range(KILLS):
        process = forked(lambda: deliver_left(configured_destination()))
        time.sleep(dice.random() * 0.4)
        killed(process)
    deliver_left(configured_destination())
    configured_destination().sink.database.close()
    workspace = look()
    [run] = list_runs(workspace)
    assert steps(workspace, run["run_id"]) == list(range(60_000))
    assert segments(home / "journals") == []


def serve(home, listening):
    """Take what is logged into a home, by the routes of the API alone: a process that is killed at once begins fast."""
    os.environ["DRIFTLINE_HOME"] = str(home)
    os.environ.pop("DRIFTLINE_SERVER_URL", None)
    config = uvicorn.Config(Starlette(routes=tracking_routes(open_workspace())), log_level="critical", lifespan="off")
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))


def test_a_server_that_is_killed_amid_a_batch_gets_it_again_and_doubles_nothing(look, tmp_path, monkeypatch):
    dice, sent = random.Random(13), 0  # noqa: S311
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "server"))
    look().database.close()
    with closing(socket.socket()) as listening:  # it stays open while the server is away: who asks then waits
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "client"))
        monkeypatch.setenv("DRIFTLINE_SERVER_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
        run = driftline.start_run("remote", log_output=False)
        for _ in range(KILLS):
            server = forked(lambda: serve(tmp_path / "server", listening))
            ends = time.monotonic() + 0.1 + dice.random() * 0.4
            while time.monotonic() < ends:
                run.log_metric("loss", 0.5, step=sent)
                sent += 1
                time.sleep(0.0005)
            killed(server)
        server = forked(lambda: serve(tmp_path / "server", listening))
        run.end()
        killed(server)
    monkeypatch.setenv("DRIFTLINE_HOME", str(tmp_path / "server"))
    monkeypatch.delenv("DRIFTLINE_SERVER_URL")
    workspace = look()
    assert steps(workspace, run.run_id) == list(range(sent))
    assert [one["status"] for one in list_runs(workspace)] == ["finished"]
