"""Whether this process can serve: each thing that it needs, asked at the same time and within two seconds."""

import logging
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from qualisys.celery import app

logger = logging.getLogger(__name__)

SECONDS = 2.0


class NotReady(Exception):
    """Something is away; the sentence is for whoever may reach the service, so it names no host and no path."""


class Check:
    """One thing that a request needs. Whoever asks while it is being looked at shares the answer."""

    def __init__(self, name: str, look: Callable[[], None]) -> None:
        self.name = name
        self._look = look
        self._lock = threading.Lock()
        self._running: Future[str | None] | None = None

    def begin(self) -> "Future[str | None]":
        """Return the answer to come: None, or the reason why not. A look that hangs holds one thread and no more."""
        with self._lock:
            if self._running is None or self._running.done():
                self._running = _THREADS.submit(self._reason)
            return self._running

    def _reason(self) -> str | None:
        try:
            self._look()
        except NotReady as reason:
            logger.warning("%s is not ready: %s (%s)", self.name, reason, reason.__cause__)
            return str(reason)
        return None


def readiness() -> Mapping[str, str | None]:
    """Return, for each thing that is needed, None or the reason why it is away; within SECONDS."""
    answers = {check.name: check.begin() for check in CHECKS}
    wait(answers.values(), timeout=SECONDS)
    late = f"It did not answer within {SECONDS:.0f} seconds."
    return {name: answer.result() if answer.done() else late for name, answer in answers.items()}


def _look_at_the_database() -> None:
    # Through the pool that requests use: when nothing is left in it, they wait too.
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        raise NotReady("PostgreSQL does not answer.") from error
    finally:
        connection.close()


def _look_at_redis() -> None:
    once = Retry(NoBackoff(), 0)
    client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, retry=once)
    try:
        client.ping()
    except RedisError as error:
        raise NotReady("Redis does not answer.") from error
    finally:
        client.close()


def _look_at_the_queue() -> None:
    """By the way that a task takes: Celery's own connection, which may lead elsewhere than REDIS_URL."""
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=1)
            broker.default_channel.close()
    except (OperationalError, OSError) as error:
        raise NotReady("The queue takes no tasks.") from error


def _look_at_the_clone_directory() -> None:
    root = Path(settings.CLONE_ROOT)
    if root.is_symlink() or not root.is_dir():
        raise NotReady("The directory of the clones is missing.")
    try:
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError as error:
        raise NotReady(f"The directory of the clones cannot be written ({error.strerror}).") from error


CHECKS = (
    Check("database", _look_at_the_database),
    Check("redis", _look_at_redis),
    Check("queue", _look_at_the_queue),
    Check("clone_directory", _look_at_the_clone_directory),
)
_THREADS = ThreadPoolExecutor(max_workers=len(CHECKS), thread_name_prefix="health")
