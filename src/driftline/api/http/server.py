"""The server: one process on a loopback address."""

import asyncio
import errno
import socket
from contextlib import closing, suppress

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from driftline.api.errors import not_loopback, port_in_use, port_refused
from driftline.api.http.application import create_app
from driftline.settings import Settings
from driftline.workspace import open_workspace

LOOPBACK = {"127.0.0.1": socket.AF_INET, "localhost": socket.AF_INET, "::1": socket.AF_INET6}
LARGEST_PORT = 65_535
HEAD_S = 10.0  # for the head of a request to come in; a connection that waits for its next one has uvicorn's 5 s


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
        server = uvicorn.Server(
            uvicorn.Config(create_app(open_workspace(settings), settings), http=PromptProtocol, ws="none")
        )
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


class PromptProtocol(H11Protocol):
    """Closes a connection that sends no whole head of a request in time: nothing above it would ever learn of it."""

    head_s = HEAD_S
    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the head of the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take what has come; wait on where it is not yet a head."""
        super().data_received(data)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        super().connection_lost(exc)
        self._stop_waiting()

    def _wait_for_head(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._head is None:
            self._head = self.loop.call_later(self.head_s, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


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
