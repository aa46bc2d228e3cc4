"""What one request may take: bytes of its body, and seconds."""

import asyncio

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 16 * 2**20  # 10,000 labels with long keys are 3 MB
BODY_S = 30.0  # for a body to come in
REQUEST_S = 90.0  # for the answer; a launch asks Dagster twice, 30 s each


class LimitsMiddleware:
    """Reads a request's body before anything is done with it, and ends a request that takes too long.

    A larger body is answered with 413, one that does not come with 408, an answer that does not come with 503. What
    a request has begun on a thread is done to its end, such as a delivery of labels. Paths that begin with `streamed`
    are of files, which are neither small nor fast.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        most_bytes: int = MOST_BYTES,
        body_s: float = BODY_S,
        request_s: float = REQUEST_S,
        streamed: str | None = None,
    ) -> None:
        self._app, self._streamed = app, streamed
        self._most_bytes, self._body_s, self._request_s = most_bytes, body_s, request_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its whole body, or answer why not."""
        if scope["type"] != "http" or (self._streamed and scope["path"].startswith(self._streamed)):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._body_s):
                body = await self._body(scope, receive)
        except TimeoutError:
            text = f"The body did not come within {self._body_s:g} s. Send it again, at once."
            await _refusal(text, 408)(scope, receive, send)
            return
        if body is None:
            text = f"The body is larger than {self._most_bytes:,} bytes. Send less at a time."
            await _refusal(text, 413)(scope, receive, send)
            return
        await self._answer(scope, body, receive, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytearray | None:
        """Return the body; None where it is too large, which its header may say before it comes."""
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isascii() or not declared.isdecimal() or len(declared) > 15 or int(declared) > self._most_bytes:
            return None
        body, more = bytearray(), True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._most_bytes:
                return None
        return body

    async def _answer(self, scope: Scope, body: bytearray, receive: Receive, send: Send) -> None:
        given, started = iter([{"type": "http.request", "body": bytes(body)}]), False

        async def replay() -> Message:
            return next(given, None) or await receive()  # after the body only that the client has gone

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(self._request_s):
                await self._app(scope, replay, watched)
        except TimeoutError:
            if started:  # the client does not read: the server ends the connection
                raise
            text = f"No answer within {self._request_s:g} s. Ask for less, or again later."
            await _refusal(text, 503)(scope, receive, send)


def _refusal(text: str, status: int) -> PlainTextResponse:
    return PlainTextResponse(text, status, headers={"connection": "close"})
