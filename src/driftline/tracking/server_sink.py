"""Sends events and files of runs to a driftline server, over one connection that is kept."""

import gzip
import hashlib
import http.client
import json
import os
import threading
from io import BufferedReader
from typing import Any
from urllib.parse import urlsplit

from driftline.errors import StorageError
from driftline.ingest import Batch, batch_to_json
from driftline.masking import mask_url
from driftline.settings import invalid_setting
from driftline.tracking.sinks import StoredRun

API = "/tracking/v1"
TIMEOUT_S = 30.0  # of one request; what it could not send waits on this machine's disk
GZIP_BYTES = 16 * 1024  # a larger body is worth it


class ServerUnavailableError(StorageError):
    """A driftline server does not answer, or does not take what is sent."""

    code = "SERVER_UNAVAILABLE"

    def __init__(self, url: str, fault: object) -> None:
        super().__init__(
            f"The driftline server {url} does not serve: {fault}. Check that `driftline serve` runs there and that "
            "DRIFTLINE_SERVER_URL names it; what was logged is kept here."
        )


class ServerSink:
    """A driftline server at an address, asked with a token where there is one."""

    def __init__(self, url: str, *, token: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise invalid_setting(
                "server_url", mask_url(url), "it is not the address of a server, as http://host:4000 is"
            )
        self._parts, self._token = parts, token
        self._begin()

    @property
    def url(self) -> str:
        """Return its address without secrets."""
        return mask_url(self._parts.geturl()).rstrip("/")

    def send(self, batch: Batch) -> int:
        """Send a batch."""
        body = json.dumps(batch_to_json(batch), separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        if len(body) > GZIP_BYTES:
            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        return int(self._asked("POST", "/events", body, headers)["watermark"])

    def find(self, run_id: str) -> StoredRun | None:
        """Return a run that is stored, or None."""
        found = self._asked("GET", f"/runs/{run_id}")["run"]
        return None if found is None else StoredRun(experiment=found["experiment"], name=found["name"])

    def put(self, content: BufferedReader) -> None:
        """Send a file; one that the server has already is not sent again."""
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        size = content.tell()
        content.seek(0)
        if self._asked("GET", f"/files/{digest}")["stored"]:
            return
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        self._asked("PUT", f"/files/{digest}", content, headers)

    def _begin(self) -> None:
        self._pid, self._guard = os.getpid(), threading.RLock()
        self._http: http.client.HTTPConnection | None = None

    def _asked(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        own = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if self._pid != os.getpid():  # the connection is that of the process which this one was forked from
            self._begin()
        with self._guard:
            try:
                status, answer = self._exchanged(method, path, body, {**own, **(headers or {})})
            except (OSError, http.client.HTTPException) as error:
                raise ServerUnavailableError(self.url, f"{type(error).__name__}: {error}") from error
        if status != http.client.OK:
            raise ServerUnavailableError(self.url, f"it answers {status}: {answer[:500].decode(errors='replace')}")
        return json.loads(answer)

    def _exchanged(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, bytes]:
        """Return status and body of an answer; a connection that the server has closed meanwhile is opened anew."""
        is_kept = self._http is not None
        try:
            connection = self._connected()
            connection.request(method, self._parts.path.rstrip("/") + API + path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self._disconnect()
            if not is_kept:
                raise
            if hasattr(body, "seek"):
                body.seek(0)
            return self._exchanged(method, path, body, headers)

    def _connected(self) -> http.client.HTTPConnection:
        if self._http is None:
            kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
            self._http = kind(str(self._parts.hostname), self._parts.port, timeout=TIMEOUT_S)
        return self._http

    def _disconnect(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None
