"""The server: one process on a loopback address."""

import errno
import socket
from contextlib import closing, suppress

import uvicorn

from driftline.api.errors import not_loopback, port_in_use, port_refused
from driftline.api.http.application import create_app
from driftline.settings import Settings
from driftline.workspace import open_workspace

LOOPBACK = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}
LARGEST_PORT = 65_535


def serve(host: str, port: int, settings: Settings) -> None:
    """Serve the API until the process is told to end.

    Args:
        host: 127.0.0.1, ::1 or localhost.
        port: 0 takes a free one.
        settings: where the experiment database and Dagster are.

    Raises:
        InvalidAddressError: `host` is another address.
        InvalidAddressError: another process listens on `port`.
        InvalidAddressError: the system does not give `port`.
    """
    with closing(listening(host, port)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(open_workspace(settings), settings), ws="none"))
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens: a port that is taken is known before anything starts."""
    if host not in LOOPBACK:
        raise not_loopback(host)
    if not 0 <= port <= LARGEST_PORT:
        raise port_refused(port, "there is none of this number")
    try:
        return socket.create_server((host, port), family=LOOPBACK[host])
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise port_in_use(port) from error
        raise port_refused(port, error) from error
