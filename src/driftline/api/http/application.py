"""The ASGI application."""

import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from cross_web import AsyncHTTPRequestAdapter
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.types import ExecutionResult

from driftline.api.context import Context, Reader
from driftline.api.dagster import Dagster
from driftline.api.http.failures import shown
from driftline.api.http.limits import LimitsMiddleware
from driftline.api.http.origin import SameOriginMiddleware
from driftline.api.http.tracking import PREFIX, tracking_routes
from driftline.api.http.welcome import page
from driftline.api.schema import build_schema, schema_text
from driftline.errors import StorageError
from driftline.settings import Settings
from driftline.storable_text import is_storable
from driftline.workspace import Workspace

THREADS = 8  # SQLAlchemy's pool gives up to 15 connections
HOSTS = ("127.0.0.1", "[::1]", "localhost")  # what a Host header may name; another one is a rebound DNS name


def create_app(workspace: Workspace, settings: Settings | None = None) -> Starlette:
    """Return the ASGI application over `workspace`; `settings` (the environment's by default) say where Dagster is."""
    settings = settings or Settings()
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="driftline-api")
    graphql = _GraphQL(workspace, threads, Dagster(settings.dagster_url))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        threads.shutdown()

    async def healthz(_request: Request) -> Response:
        try:
            await run_in_threadpool(workspace.database.ping)
        except StorageError as error:
            return JSONResponse({"status": "unavailable", "reason": str(error)}, status_code=503)
        return JSONResponse({"status": "ok"})

    return Starlette(
        routes=[
            Route("/", _welcome),
            Route("/graphql", graphql),
            Route("/schema.graphql", _schema_text),
            Route("/healthz", healthz),
            *tracking_routes(workspace),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
            Middleware(SameOriginMiddleware),
            Middleware(LimitsMiddleware, streamed=f"{PREFIX}/files/"),
        ],
        lifespan=lifespan,
    )


async def _welcome(request: Request) -> Response:
    return HTMLResponse(page(request.headers["host"]))


async def _schema_text(_request: Request) -> Response:
    return PlainTextResponse(schema_text())


class _GraphQL(GraphQL[Context, None]):
    """The endpoint /graphql; a browser that opens it gets the same page as at /."""

    def __init__(self, workspace: Workspace, threads: ThreadPoolExecutor, dagster: Dagster) -> None:
        super().__init__(build_schema(), allow_queries_via_get=False, subscription_protocols=())
        self._workspace = workspace
        self._threads = threads
        self._dagster = dagster

    async def get_context(self, request: Any, response: Any) -> Context:
        """Return the context of one request."""
        reader = Reader(self._workspace.database, self._threads)
        return Context(reader=reader, workspace=self._workspace, dagster=self._dagster, as_of=self._workspace.as_of())

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Return the request, which is of no other content type than JSON."""
        mime_type = (request.content_type or "").partition(";")[0].strip().lower()
        if request.method == "POST" and mime_type != "application/json":
            raise HTTPException(400, f"The content type is {mime_type!r}. Send application/json.")
        parsed = await super().parse_http_body(request)
        name = None if isinstance(parsed, list) else parsed.operation_name
        if name is not None and not (isinstance(name, str) and is_storable(name)):
            raise HTTPException(400, f"The operationName {str(name)!r} is none. Send the name of an operation as text.")
        return parsed

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return the response, with what a client may see of the errors."""
        result.errors = shown(result.errors) if result.errors else None
        return await super().process_result(request, result)

    async def render_graphql_ide(self, request: Request) -> Response:
        """Return the welcome page: strawberry's own would load an IDE from another host."""
        return await _welcome(request)

    def decode_json(self, data: str | bytes) -> object:
        """Return the request of a body; deep nesting and numbers of thousands of digits are not read."""
        try:
            request: object = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, f"The body is not JSON that can be read: {error}.") from error
        if not isinstance(request, dict | list):
            raise HTTPException(400, 'The body is not a request. Send an object: {"query": "...", "variables": {}}.')
        return request

    def encode_json(self, data: object) -> str:
        """Return `data` as JSON; NaN, which JSON does not have, would be an error here."""
        return json.dumps(data, allow_nan=False)
