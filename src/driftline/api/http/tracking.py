"""What training scripts on other machines send: events of runs, and their files."""

import gzip
import json
import zlib
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from driftline.artifacts.errors import ArtifactMissingError
from driftline.errors import InvalidInputError, StorageError
from driftline.ingest import apply, batch_from_json
from driftline.store import run_rows
from driftline.workspace import Workspace

PREFIX = "/tracking/v1"
MOST_BYTES = 64 * 1024 * 1024  # of one batch, unpacked
IN_MEMORY_BYTES = 1 << 20  # of a file, before it goes to the disk


def tracking_routes(workspace: Workspace) -> list[Route]:
    """Return the routes that take events and files into a workspace."""

    async def events(request: Request) -> Response:
        payload = _json(await _body(request), request.headers.get("content-encoding", ""))
        try:
            batch = batch_from_json(payload)
            watermark = await run_in_threadpool(apply, workspace.database.runs, batch)
        except InvalidInputError as error:
            return _refused(422, error)
        except StorageError as error:
            return _refused(503, error)
        return JSONResponse({"watermark": watermark})

    async def run(request: Request) -> Response:
        found = await run_in_threadpool(_find, workspace, request.path_params["run_id"])
        return JSONResponse({"run": found})

    async def stored(request: Request) -> Response:
        try:
            has = await run_in_threadpool(workspace.artifacts.has, request.path_params["digest"])
        except ArtifactMissingError as error:  # no digest at all
            return _refused(422, error)
        return JSONResponse({"stored": has})

    async def put(request: Request) -> Response:
        with SpooledTemporaryFile(IN_MEMORY_BYTES) as file:
            async for chunk in request.stream():
                await run_in_threadpool(file.write, chunk)
            file.seek(0)
            digest = await run_in_threadpool(workspace.artifacts.put, cast("BinaryIO", file))
        if digest != request.path_params["digest"]:
            return JSONResponse({"error": f"The content has sha256 {digest}."}, status_code=422)
        return JSONResponse({"stored": True})

    return [
        Route(f"{PREFIX}/events", events, methods=["POST"]),
        Route(f"{PREFIX}/runs/{{run_id}}", run),
        Route(f"{PREFIX}/files/{{digest}}", stored),
        Route(f"{PREFIX}/files/{{digest}}", put, methods=["PUT"]),
    ]


def _find(workspace: Workspace, run_id: str) -> dict[str, Any] | None:
    with workspace.database.reading() as session:
        row = run_rows.run(session, run_id)
        if row is None:
            return None
        [experiment] = [one.name for one in run_rows.experiments(session) if one.id == row.experiment_id]
        return {"experiment": experiment, "name": row.name}


def _refused(status: int, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=status)


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise HTTPException(413, f"A batch has at most {MOST_BYTES} bytes. Send fewer events at once.")
        parts.append(chunk)
    return b"".join(parts)


def _json(body: bytes, encoding: str) -> Any:
    try:
        return json.loads(_unzipped(body) if encoding == "gzip" else body)
    except (ValueError, RecursionError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise HTTPException(400, f"The body is not JSON that can be read: {error}.") from error


def _unzipped(body: bytes) -> bytes:
    """Return what a body unpacks to, if it is not more than may be sent."""
    unpacking = zlib.decompressobj(wbits=31)
    content = unpacking.decompress(body, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise HTTPException(413, f"A batch has at most {MOST_BYTES} bytes. Send fewer events at once.")
    return content
