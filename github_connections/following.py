"""Following connections while they change: one look a second for all who follow, and no thread for any of them."""

import asyncio
import logging
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django_tenants.utils import schema_context

from github_connections.models import GithubConnection
from github_connections.states import Status

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 1.0
# After these nothing changes by itself; a clone is analysed as soon as it is there.
FINAL = frozenset({Status.ANALYZED, Status.FAILED, Status.EXPIRED})

# A connection of a tenant: its schema and its id.
Key = tuple[str, uuid.UUID]


@dataclass(frozen=True)
class Snapshot:
    """How a connection stands; two are the same where nothing differs that a person would see."""

    status: str
    stage: str | None
    percent: int | None
    received_bytes: int | None
    commit_sha: str
    error_code: str
    error_message: str
    updated_at: datetime = field(compare=False)

    @property
    def id(self) -> str:
        """The name of this state, by which a client says that it has seen it."""
        return str(int(self.updated_at.timestamp() * 1_000_000))

    @property
    def is_final(self) -> bool:
        return self.status in FINAL


@dataclass(frozen=True)
class Followed:
    """Who follows which connection, from which state on, and until when at most."""

    tenant: str
    user: str
    key: Key
    snapshot: Snapshot
    until: datetime


def snapshot_of(row: GithubConnection) -> Snapshot:
    """Return how a connection stands."""
    busy = row.status in (Status.CLONING, Status.CLONED) and bool(row.progress_stage)
    return Snapshot(
        status=row.status,
        stage=row.progress_stage if busy else None,
        percent=row.progress_percent if busy else None,
        received_bytes=row.received_bytes if row.status == Status.CLONING else None,
        commit_sha=row.commit_sha,
        error_code=row.error_code,
        error_message=row.error_message,
        updated_at=row.updated_at,
    )


def look(keys: Collection[Key]) -> dict[Key, Snapshot | None]:
    """Return how these connections stand, None for one that is gone, at the cost of a statement for each tenant.

    What could not be asked is left out.
    """
    by_schema: dict[str, list[uuid.UUID]] = defaultdict(list)
    for schema, connection_id in keys:
        by_schema[schema].append(connection_id)
    found: dict[Key, Snapshot | None] = {}
    for schema, ids in by_schema.items():
        try:
            with schema_context(schema):
                rows = {row.pk: snapshot_of(row) for row in GithubConnection.objects.filter(pk__in=ids)}
        except DatabaseError as error:
            logger.warning("those who follow connections of %s wait: %s", schema, error)
            continue
        found |= {(schema, connection_id): rows.get(connection_id) for connection_id in ids}
    return found


class Follower:
    """One who is told of every change from a state on."""

    def __init__(self, followed: Followed) -> None:
        self.followed = followed
        self._last: Snapshot | None = followed.snapshot
        self._changes: asyncio.Queue[Snapshot | None] = asyncio.Queue()

    async def next_change(self) -> Snapshot | None:
        """Return the next state, None once the connection is gone."""
        return await self._changes.get()

    def show(self, snapshot: Snapshot | None) -> None:
        """Have it told, if it is news."""
        if snapshot != self._last:
            self._last = snapshot
            self._changes.put_nowait(snapshot)


class Followers:
    """All who follow anything in this process."""

    def __init__(self, look_at: Callable[[Collection[Key]], Mapping[Key, Snapshot | None]] = look) -> None:
        self._look_at = look_at
        self._following: dict[Key, set[Follower]] = defaultdict(set)
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._looking: asyncio.Task[None] | None = None
        # One look at a time, however long it takes.
        self._looks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="looks")

    def has_room_for(self, followed: Followed) -> bool:
        """Return whether this person and this tenant may follow one more."""
        of_user = self._counts[(followed.tenant, followed.user)]
        of_tenant = self._counts[(followed.tenant,)]
        return bool(of_user < settings.EVENT_STREAMS_PER_USER and of_tenant < settings.EVENT_STREAMS_PER_TENANT)

    @contextmanager
    def joined_by(self, followed: Followed) -> Iterator[Follower]:
        """Tell somebody of every change for as long as the block lasts."""
        follower = Follower(followed)
        counted = [(followed.tenant, followed.user), (followed.tenant,)]
        self._counts.update(counted)
        self._following[followed.key].add(follower)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._keep_looking())
        try:
            yield follower
        finally:
            self._counts.subtract(counted)
            self._following[followed.key].discard(follower)
            if not self._following[followed.key]:
                del self._following[followed.key]

    async def _keep_looking(self) -> None:
        """Look once a second for as long as anybody follows anything."""
        while self._following:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            found = await asyncio.get_running_loop().run_in_executor(self._looks, self._look, list(self._following))
            for key, snapshot in found.items():
                for follower in self._following.get(key, ()):
                    follower.show(snapshot)

    def _look(self, keys: list[Key]) -> Mapping[Key, Snapshot | None]:
        try:
            return self._look_at(keys)
        except Exception:
            # Whatever it was: those who follow wait for the next look.
            logger.exception("followed connections could not be looked at")
            return {}
        finally:
            # Back to the pool: this thread has no request whose end would see to it.
            connection.close()
