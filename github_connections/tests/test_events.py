"""Following a connection: who may, what is told, and a hundred at once without a thread for any of them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db import connection as database
from django.utils import timezone
from django_tenants.utils import schema_context
from rest_framework.test import APIClient

from conftest import ApiAs, World, make_project, token_for
from github_connections.following import Followers, look, snapshot_of
from github_connections.models import GithubConnection
from github_connections.remote.git_clone import _ProgressReader
from github_connections.states import Status
from github_connections.tests.conftest import connect, disconnect
from github_connections.tests.connection_rows import make_connection
from qualisys.api_tokens.services import make_token
from qualisys.dev.live_service import Worker, running_events
from qualisys.projects.models import Project
from qualisys.projects.roles import AUTOMATION, Role

PATIENCE_SECONDS = 30


def path_of(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}/github/events"


def events_in(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a stream: name and data."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


async def change(connection: GithubConnection, **values: Any) -> None:
    """Change the row from a thread of its own, as a worker would from elsewhere."""
    await asyncio.to_thread(in_acme, lambda rows: rows.filter(pk=connection.pk).update(**values))


def in_acme(act: Callable[[Any], Any]) -> None:
    try:
        with schema_context("acme"):
            act(GithubConnection.objects.all())
    finally:
        database.close()


# --- What the web server says by itself: the beginning, and when to come back --------------------


@pytest.fixture
def owner(world: World, api_as: ApiAs) -> APIClient:
    return api_as(world.acme_owner)


def test_the_present_state_is_told_at_once(owner: APIClient, project: Project) -> None:
    """Stage, per cent and bytes while git works; no proxy keeps it or holds it back."""
    made = make_connection(
        project, Status.CLONING, progress_stage="receiving", progress_percent=42, received_bytes=215163
    )
    answer = owner.get(path_of(project), HTTP_ACCEPT="text/event-stream")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.content.decode()
    assert text.startswith("retry: 2000\n\n")
    ((name, data),) = events_in(text)
    assert name == "progress"
    assert data.items() >= {"status": "cloning", "stage": "receiving", "percent": 42, "received_bytes": 215163}.items()
    assert f"id: {snapshot_of(made).id}\n" in text


@pytest.mark.parametrize("status", [Status.ANALYZED, Status.FAILED, Status.EXPIRED])
def test_an_end_is_told_as_such_and_once(owner: APIClient, project: Project, status: str) -> None:
    """A client that comes back after the end is told to stay away, as EventSource understands it."""
    made = make_connection(project, status, error_code="GIT_FAILED" if status == Status.FAILED else "")
    ((name, data),) = events_in(owner.get(path_of(project)).content.decode())
    assert (name, data["status"], data["stage"]) == ("end", status, None)
    again = owner.get(path_of(project), HTTP_LAST_EVENT_ID=snapshot_of(made).id)
    assert (again.status_code, again.content) == (204, b"")


def test_what_was_seen_is_not_told_again(owner: APIClient, project: Project) -> None:
    """Last-Event-ID of the present state: the stream goes on with the next one. Any other text: from the beginning."""
    made = make_connection(project, Status.CLONING)
    seen = owner.get(path_of(project), HTTP_LAST_EVENT_ID=snapshot_of(made).id)
    assert seen.content == b"retry: 2000\n\n"
    unknown = owner.get(path_of(project), HTTP_LAST_EVENT_ID="nonsense\u00e9")
    assert len(events_in(unknown.content.decode())) == 1


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("accept", ["text/event-stream", "*/*", "application/json"])
def test_who_may_look_may_follow(world: World, project: Project, api_as: ApiAs, role: Role, accept: str) -> None:
    """The roles are those of GET, and a refusal is JSON whatever was asked for."""
    make_connection(project)
    answer = api_as(world.by_role[role]).get(path_of(project), HTTP_ACCEPT=accept)
    if role in AUTOMATION:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json()["error"]) == (403, "INSUFFICIENT_ROLE")


def test_a_project_without_a_connection_has_nothing_to_follow(owner: APIClient, project: Project) -> None:
    """As GET says it."""
    answer = owner.get(path_of(project), HTTP_ACCEPT="text/event-stream")
    assert (answer.status_code, answer.json()["error"]) == (404, "CONNECTION_NOT_FOUND")


def test_nobody_is_let_in_without_a_token(api_as: ApiAs, project: Project) -> None:
    """A stream is no way round the log-in."""
    assert api_as(None).get(path_of(project), HTTP_ACCEPT="text/event-stream").status_code == 401


def test_a_stream_ends_with_the_api_token_that_began_it(world: World, project: Project) -> None:
    """A token that ends within the five minutes ends the stream; any other leaves it its time."""
    make_connection(project, Status.CLONING)
    soon = timezone.now() + timedelta(seconds=20)

    def until(expires_at: datetime | None) -> datetime:
        _, secret = make_token(world.acme_owner.pk, name="CI", expires_at=expires_at)
        client = APIClient(headers={"Host": "acme.localhost", "Authorization": f"Bearer {secret}"})
        answer: Any = client.get(path_of(project))
        return answer.followed.until  # type: ignore[no-any-return]  # a datetime

    assert until(soon) == soon
    assert until(None) > soon
    assert until(soon + timedelta(days=1)) < soon + timedelta(days=1)


# --- Those who follow ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Receiving objects:  42% (42/100), 1.25 MiB | 3.00 MiB/s", 1_310_720),
        ("Receiving objects:  42% (42/100), 210.11 KiB | 3.00 MiB/s", 215_152),
        ("Receiving objects:  42% (42/100), 17 bytes | 1 KiB/s", 17),
        ("Receiving objects:  42% (42/100)", None),
        ("Receiving objects:  42% (42/100), 999999999999999999 GiB | x", None),
    ],
)
def test_the_bytes_are_those_of_git(line: str, expected: int | None) -> None:
    """git says how much it has received; what it says otherwise is nobody's number."""
    reader = _ProgressReader()
    reader.new_message_handler()(line)
    assert (reader.progress.stage, reader.progress.percent) == ("receiving", 42)
    assert reader.progress.received_bytes == expected


def test_one_look_serves_all_of_a_tenant(
    world: World, project: Project, django_assert_num_queries: Callable[..., Any]
) -> None:
    """However many follow: one statement for each tenant; a connection that is gone is None, a lost tenant left out."""
    keys = {("acme", make_connection(make_project(world, str(number))).pk) for number in range(5)}
    gone = ("acme", project.pk)
    lost = ("no_such_schema", project.pk)
    found = look([*keys, gone])
    assert found.keys() == {*keys, gone}
    assert found[gone] is None
    assert lost not in found
    with django_assert_num_queries(2):  # the search path, and the rows
        look([*keys, gone])


@dataclass
class Clock:
    """A database that is looked at on demand."""

    answers: list[Any]

    def look(self, _keys: Any) -> Any:
        said = self.answers.pop(0) if self.answers else {}
        if isinstance(said, Exception):
            raise said
        return said


def test_a_failing_database_ends_no_stream(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who follow wait for the next look, and are told only what is news."""
    monkeypatch.setattr("github_connections.following.SECONDS_BETWEEN_LOOKS", 0.01)
    made = make_connection(project, Status.CLONING)
    before = snapshot_of(made)
    made.status = Status.ANALYZED
    after = snapshot_of(made)
    key = ("acme", made.pk)
    clock = Clock([OperationalError("gone"), {}, {key: before}, {key: after}])

    async def follow() -> Any:
        followed = type("F", (), {"tenant": "t", "user": "u", "key": key, "snapshot": before})()
        with Followers(clock.look).joined_by(followed) as follower:
            return await asyncio.wait_for(follower.next_change(), PATIENCE_SECONDS)

    assert asyncio.run(follow()) == after


# --- The real server ----------------------------------------------------------------------------

LISTENERS = 100


@pytest.fixture(scope="session")
def events_server(
    live_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, int]]:
    """The real server of events: its port and its process. One person may follow as much as the test needs."""
    allowed = {"EVENT_STREAMS_PER_USER": str(LISTENERS), "EVENT_STREAMS_PER_TENANT": str(LISTENERS + 1)}
    log = tmp_path_factory.mktemp("events") / "events.log"
    with running_events({**live_environment, **allowed}, log) as (port, process):
        yield port, process


class Listener:
    """One client that follows, as far as it has read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self.text = ""

    @property
    def status(self) -> int:
        return int(self.text.split(" ", 2)[1])

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        # What has not come to its end yet is none.
        _head, _, body = self.text.partition("\r\n\r\n")
        return events_in(body.rpartition("\n\n")[0])

    async def read_until(self, reached: Callable[["Listener"], bool]) -> "Listener":
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not reached(self):
                block = await self._reader.read(65536)
                if not block:
                    assert reached(self), self.text
                    break
                self.text += block.decode()
        return self

    async def read_to_the_end(self) -> "Listener":
        async with asyncio.timeout(PATIENCE_SECONDS):
            self.text += (await self._reader.read(-1)).decode()
        return self


@asynccontextmanager
async def listening(port: int, path: str, token: str, accept: str = "text/event-stream") -> AsyncIterator[Listener]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = (
        f"GET {path} HTTP/1.0\r\nHost: acme.localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Accept: {accept}\r\n\r\n"  # in HTTP/1.0 nothing is cut into chunks
    )
    writer.write(request.encode())
    await writer.drain()
    try:
        yield Listener(reader, writer)
    finally:
        writer.close()


async def with_listeners(
    number: int, port: int, path: str, token: str, then: Callable[[list[Listener]], Awaitable[None]]
) -> None:
    """Have so many follow, each with its first event, and then do this."""

    async def one(followers: list[Listener], begun: asyncio.Event, done: asyncio.Event) -> None:
        async with listening(port, path, token) as listener:
            await listener.read_until(
                lambda each: len(each.events) >= 1 or ("\r\n\r\n" in each.text and each.status > 299)
            )
            followers.append(listener)
            if len(followers) == number:
                begun.set()
            await done.wait()

    followers: list[Listener] = []
    begun, done = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(number):
            group.create_task(one(followers, begun, done))
        await asyncio.wait_for(begun.wait(), PATIENCE_SECONDS)
        await then(followers)
        done.set()


def threads_of(process: int) -> int:
    """Return how many threads a process and its children have (Linux)."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    status = Path(f"/proc/{process}/status").read_text()
    own = int(next(line for line in status.splitlines() if line.startswith("Threads")).split()[1])
    return own + sum(threads_of(int(child)) for child in children)


def test_a_hundred_follow_and_the_others_are_answered(
    committed: World, shop: Project, events_server: tuple[int, int], web_port: int, clone_root: Path
) -> None:
    """A hundred streams take no thread and no connection to the database; each is told of progress and of the end."""
    port, process = events_server
    made = make_connection(shop, Status.CLONING, progress_stage="receiving", progress_percent=1)
    token = token_for(committed.acme_owner, committed.acme)
    before = threads_of(process)

    async def then(followers: list[Listener]) -> None:
        assert {listener.status for listener in followers} == {200}
        # One more is one too many, and is told so in the API's words.
        async with listening(port, path_of(shop), token) as refused:
            await refused.read_to_the_end()
        assert refused.status == 429
        assert "TOO_MANY_REQUESTS" in refused.text
        assert "retry-after: 30" in refused.text.lower()
        # The web server, which holds none of them, answers; and so does the server of events.
        async with listening(web_port, path_of(shop).removesuffix("/events"), token, "application/json") as other:
            await other.read_to_the_end()
        assert other.status == 200
        assert threads_of(process) - before < 20

        await change(made, progress_percent=77, received_bytes=1024)
        await asyncio.gather(*(each.read_until(lambda each: len(each.events) >= 2) for each in followers))
        await change(made, status=Status.ANALYZED)
        await asyncio.gather(*(each.read_to_the_end() for each in followers))

    asyncio.run(with_listeners(LISTENERS, port, path_of(shop), token, then))


def test_a_stream_tells_progress_then_the_end_and_is_over(
    committed: World, shop: Project, events_server: tuple[int, int]
) -> None:
    """What a client reads from connecting to the end, and that the connection is closed then."""
    port, _ = events_server
    made = make_connection(shop, Status.CLONING, progress_stage="receiving", progress_percent=1)
    token = token_for(committed.acme_owner, committed.acme)

    async def follow() -> Listener:
        async with listening(port, path_of(shop), token) as listener:
            await listener.read_until(lambda each: len(each.events) == 1)
            await change(made, progress_percent=50, received_bytes=2048)
            await listener.read_until(lambda each: len(each.events) == 2)
            await change(made, status=Status.FAILED, error_code="GIT_FAILED", error_message="Broken.")
            return await listener.read_to_the_end()

    listener = asyncio.run(follow())
    assert [(name, data["status"], data["percent"]) for name, data in listener.events] == [
        ("progress", "cloning", 1),
        ("progress", "cloning", 50),
        ("end", "failed", None),
    ]
    assert listener.events[1][1]["received_bytes"] == 2048
    assert listener.events[2][1]["error_code"] == "GIT_FAILED"


def test_a_real_clone_is_followed_to_its_end(
    worker: Worker, committed: World, shop: Project, events_server: tuple[int, int]
) -> None:
    """From connecting to analysed, by a worker that knows of nobody who follows."""
    port, _ = events_server
    connect(committed, shop)
    token = token_for(committed.acme_owner, committed.acme)

    async def follow() -> Listener:
        async with listening(port, path_of(shop), token) as listener:
            return await listener.read_to_the_end()

    events = asyncio.run(follow()).events
    assert {name for name, _ in events[:-1]} <= {"progress"}
    assert (events[-1][0], events[-1][1]["status"]) == ("end", "analyzed")
    assert events[-1][1]["commit_sha"]
    disconnect(committed, shop)


def test_a_connection_that_goes_ends_its_streams(
    committed: World, shop: Project, events_server: tuple[int, int]
) -> None:
    """Disconnected while somebody follows: the stream says so and ends."""
    port, _ = events_server
    make_connection(shop, Status.CLONING)
    token = token_for(committed.acme_owner, committed.acme)

    async def follow() -> Listener:
        async with listening(port, path_of(shop), token) as listener:
            await listener.read_until(lambda each: len(each.events) == 1)
            await asyncio.to_thread(in_acme, lambda rows: rows.filter(project=shop).delete())
            return await listener.read_to_the_end()

    assert asyncio.run(follow()).events[-1] == ("end", {"status": "disconnected"})


def test_those_who_left_make_room(committed: World, shop: Project, events_server: tuple[int, int]) -> None:
    """A client that goes without a word is noticed, and counts no more."""
    port, _ = events_server
    make_connection(shop, Status.CLONING)
    token = token_for(committed.acme_owner, committed.acme)

    async def nothing(_followers: list[Listener]) -> None:
        """They have all begun; now they go."""

    asyncio.run(with_listeners(LISTENERS, port, path_of(shop), token, nothing))

    async def status() -> int:
        async with listening(port, path_of(shop), token) as listener:
            await listener.read_until(lambda each: "\r\n\r\n" in each.text)
            return listener.status

    deadline = time.monotonic() + PATIENCE_SECONDS
    while asyncio.run(status()) != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/projects", 404),
        ("GET", "/admin/", 404),
        ("GET", "/healthz", 200),
        ("POST", "{events}", 405),
        ("HEAD", "{events}", 200),
        ("GET", "/api/v1/projects/%ff/github/events?%ff", 404),
    ],
)
def test_the_server_of_events_serves_nothing_else(
    committed: World, shop: Project, events_server: tuple[int, int], method: str, path: str, status: int
) -> None:
    """One address, with all that holds for any address of the API."""
    port, _ = events_server
    make_connection(shop, Status.CLONING)
    token = token_for(committed.acme_owner, committed.acme)

    async def ask() -> str:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        address = path.format(events=path_of(shop))
        head = f"{method} {address} HTTP/1.1\r\nHost: acme.localhost\r\nAuthorization: Bearer {token}\r\n"
        writer.write(f"{head}Connection: close\r\nContent-Length: 0\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE_SECONDS):
            text = (await reader.read(-1)).decode()
        writer.close()
        return text

    answer = asyncio.run(ask())
    assert int(answer.split(" ", 2)[1]) == status
    assert status == 200 or '"error"' in answer
