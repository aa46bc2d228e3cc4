"""`driftline dev`: both servers answer, one Ctrl-C ends both, and nothing of them is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import psutil
import pytest


@dataclass(kw_only=True)
class Running:
    """A `driftline dev` that serves, and all processes that it has started."""

    process: subprocess.Popen[str]
    ui: str
    api: str
    home: str

    def family(self) -> set[psutil.Process]:
        return {found for found in psutil.process_iter() if found.pid != self.process.pid and self._owns(found)}

    def _owns(self, found: psutil.Process) -> bool:
        try:
            alive = found.status() != psutil.STATUS_ZOMBIE
            return alive and found.environ().get("DRIFTLINE_HOME") == self.home
        except psutil.Error:  # it has ended, or is another user's
            return False


@pytest.fixture
def running(driftline, project, free_port, tmp_path) -> Iterator[Running]:
    ports = free_port(), free_port()
    command = replace(driftline, folder=project)
    words = ("dev", "--port", ports[0], "--api-port", ports[1])
    with (tmp_path / "dev.log").open("w") as log:
        process = command.start(*words, stdout=log, stderr=log, start_new_session=True)
    ui, api = (f"http://127.0.0.1:{port}" for port in ports)
    dev = Running(process=process, ui=ui, api=api, home=str(driftline.home))
    yield dev
    for left in dev.family():
        left.kill()
    process.kill()
    process.wait()


def answer(running: Running, url: str) -> httpx.Response:
    for _ in range(300):
        assert running.process.poll() is None
        try:
            return httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(url)


def test_it_serves_until_ctrl_c_and_leaves_nothing(running, driftline, project, free_port):
    assert answer(running, f"{running.api}/healthz").json() == {"status": "ok"}
    assert "dagster_version" in answer(running, f"{running.ui}/server_info").json()
    second = replace(driftline, folder=project)("dev", "--port", free_port(), "--api-port", free_port())
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert f"driftline dev runs already on {driftline.home}" in second.stderr
    assert len(running.family()) >= 4
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(25) == 0
    assert running.family() == set()


def test_a_service_manager_ends_it_even_while_it_starts(running):
    answer(running, f"{running.api}/healthz")
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(25) in {0, 1}  # 1: Dagster was not ready to be interrupted
    assert running.family() == set()


def test_a_server_that_dies_ends_the_other_and_is_a_failure(running):
    answer(running, f"{running.api}/healthz")
    [api] = [found for found in running.family() if "serve" in found.cmdline()]
    api.kill()
    assert running.process.wait(25) == 1
    assert running.family() == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_dev_that_is_killed_leaves_nothing(running):
    answer(running, f"{running.api}/healthz")
    assert "dagster_version" in answer(running, f"{running.ui}/server_info").json()
    running.process.kill()
    end = time.monotonic() + 25
    while running.family() and time.monotonic() < end:
        time.sleep(0.2)
    assert running.family() == set()
