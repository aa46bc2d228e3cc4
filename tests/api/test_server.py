"""Where the server listens, and where it refuses to."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from driftline.api import serve
from driftline.api.errors import InvalidAddressError
from driftline.api.http.server import listening

SCRIPT = """
import sys
from driftline.api import serve
from driftline.settings import Settings
serve("127.0.0.1", int(sys.argv[1]), Settings())
"""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", ""])  # noqa: S104
def test_no_other_machine_is_served_without_tokens(settings, host):
    with pytest.raises(InvalidAddressError, match="tokens do not exist yet"):
        serve(host, 0, settings)


def test_a_port_in_use_is_named(settings):
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidAddressError, match=str(port)):
            serve("localhost", port, settings)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_number_that_is_no_port_is_refused(settings, port):
    with pytest.raises(InvalidAddressError, match=str(port)):
        serve("127.0.0.1", port, settings)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(tmp_path, told):
    with listening("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(port)], env={**os.environ, "DRIFTLINE_HOME": str(tmp_path)}
    )
    try:
        answer = wait_for(f"http://127.0.0.1:{port}/healthz", process)
        assert answer.json() == {"status": "ok"}
        query = {"query": "{ experiments { name } }"}
        assert httpx.post(f"http://127.0.0.1:{port}/graphql", json=query).json() == {"data": {"experiments": []}}
        process.send_signal(told)
        assert process.wait(10) in {0, -told}
    finally:
        process.kill()
        process.wait()
    socket.create_server(("127.0.0.1", port)).close()  # it is free again


def wait_for(url, process):
    for _ in range(300):
        assert process.poll() is None
        try:
            return httpx.get(url)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise TimeoutError(url)
