"""A bound on the threads that wait for GitHub, so that a GitHub that hangs leaves the others free to answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from github_connections.errors import GitHubBusy


class WaitingLine:
    """Counts who waits in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = 0

    @contextmanager
    def join(self, *, longest: int, retry_after: int) -> Iterator[None]:
        """Hold one of the places for the length of the block; GitHubBusy at once where none is left.

        `retry_after` is in seconds: when a place should be free.
        """
        with self._lock:
            if self._waiting >= longest:
                raise GitHubBusy(details={"retry_after": retry_after})
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
