"""The server of events: an ASGI application that holds the streams, beside the web server and without a thread for any.

Who may follow what is asked of Django as for any request, in a few threads; from there on a stream is a coroutine.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.urls import set_script_prefix
from django.utils import timezone
from rest_framework.exceptions import Throttled

from github_connections.event_stream import HEARTBEAT, event
from github_connections.event_views import StreamBegun
from github_connections.following import Follower, Followers
from qualisys.exception_handler import handle, nothing_here

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PATHS = re.compile(r"/api/v1/projects/[^/]+/github/events/?|/healthz")
# Requests that are looked at by Django at the same time, each for a few milliseconds.
THREADS = 4
SECONDS_BETWEEN_HEARTBEATS = 15.0
SECONDS_UNTIL_THERE_MAY_BE_ROOM = 30


class _Django(BaseHandler):
    """Django's views and middleware, for a request without a body."""

    def __init__(self) -> None:
        self.load_middleware()

    def answer(self, scope: Scope) -> HttpResponseBase:
        """Return the answer; its connection to the database is given back."""
        set_script_prefix("/")
        request_started.send(sender=type(self), scope=scope)
        request = ASGIRequest(dict(scope), BytesIO())
        response = self.get_response(request) if PATHS.fullmatch(request.path) else nothing_here(request)
        response.close()
        return response


class EventServer:
    """Answers for the one address, and whether it is alive, and holds the streams that begin there."""

    def __init__(self) -> None:
        self._django = _Django()
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="django")
        self._followers = Followers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._django.answer, scope)
        if not isinstance(answer, StreamBegun) or scope["method"] != "GET":
            await _send_whole(answer, send)
        elif not self._followers.has_room_for(answer.followed):
            await _send_whole(_too_many(), send)
        else:
            with self._followers.joined_by(answer.followed) as follower:
                await _Stream(follower, receive, send).run(answer)


class _Stream:
    """One stream, from its beginning to its end or until the other side has gone."""

    def __init__(self, follower: Follower, receive: Receive, send: Send) -> None:
        self._follower = follower
        self._send = send
        self._gone = asyncio.ensure_future(_until_gone(receive))

    async def run(self, begun: StreamBegun) -> None:
        try:
            await self._send(_head(begun))
            await self._say(begun.content)
            while await self._goes_on():
                pass
        finally:
            self._gone.cancel()
        await self._send({"type": "http.response.body", "body": b""})

    async def _goes_on(self) -> bool:
        """Tell the next change, or that there is none; False at the end of the stream."""
        followed = self._follower.followed
        left = (followed.until - timezone.now()).total_seconds()
        if followed.snapshot.is_final or left <= 0:
            return False
        change = asyncio.ensure_future(self._follower.next_change())
        patience = min(SECONDS_BETWEEN_HEARTBEATS, left)
        await asyncio.wait({change, self._gone}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if self._gone.done():
            change.cancel()
            return False
        if not change.done():
            change.cancel()
            await self._say(HEARTBEAT)
            return True
        snapshot = change.result()
        await self._say(event(snapshot).encode())
        return snapshot is not None and not snapshot.is_final

    async def _say(self, text: bytes) -> None:
        await self._send({"type": "http.response.body", "body": text, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    """Return when the other side has gone; what it sends meanwhile is not read."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _live(receive: Receive, send: Send) -> None:
    """Say to the web server that there is nothing to prepare, and nothing to clear up."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _too_many() -> HttpResponse:
    """Return the API's answer for one who follows as much as may be."""
    answer = handle(Throttled(wait=SECONDS_UNTIL_THERE_MAY_BE_ROOM), {})
    if answer is None:
        raise RuntimeError("REST framework has no answer for its own error.")
    return JsonResponse(answer.data, status=answer.status_code, headers={"Retry-After": answer.headers["Retry-After"]})


def _head(answer: HttpResponseBase, *, length: int | None = None) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in answer.items() if name.lower() != "content-length"}
    if length is not None:
        headers["content-length"] = str(length)
    named = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    cookies = [(b"set-cookie", cookie.output(header="").strip().encode()) for cookie in answer.cookies.values()]
    return {"type": "http.response.start", "status": answer.status_code, "headers": [*named, *cookies]}


async def _send_whole(answer: HttpResponseBase, send: Send) -> None:
    body = answer.content if isinstance(answer, HttpResponse) else b""
    await send(_head(answer, length=len(body)))
    await send({"type": "http.response.body", "body": body})
