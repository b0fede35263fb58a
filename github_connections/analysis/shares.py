"""Shares of an analysis' time: a piece of work that takes too long is left, and the others go on.

The system's alarm looks ten times a second and raises in whatever runs, within a regular expression too.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import NamedTuple

SECONDS_BETWEEN_LOOKS = 0.1


class OutOfTime(Exception):
    """A piece of work took longer than its share."""


class _Times(NamedTuple):
    """A moment, by the seconds that this process has used of a processor, and by the clock."""

    used: float
    clock: float

    def is_over(self) -> bool:
        """Tell whether it has passed, by either."""
        return time.process_time() > self.used or time.monotonic() > self.clock


def _now() -> _Times:
    return _Times(time.process_time(), time.monotonic())


class _Shares:
    """When the pieces of work at hand are to end, each in the one before."""

    def __init__(self) -> None:
        self.ends: list[_Times] = []
        self.last = _Times(inf, inf)  # when there is no more for anybody
        self.held = 0
        self.ran_out = False

    def look(self, *_: object) -> None:
        """Raise OutOfTime where a share is over, and at the next look again if somebody took no notice."""
        if self.ends and not self.held and (self.ends[-1].is_over() or self.last.is_over()):
            self.ran_out = True
            raise OutOfTime


_SHARES = _Shares()


@contextmanager
def shared_out(seconds: float) -> Iterator[None]:
    """Share out so many seconds, of a processor and by the clock, in the main thread of this process."""
    now = _now()
    _SHARES.last = _Times(now.used + seconds, now.clock + seconds)
    look_again()
    try:
        yield
    finally:
        # An interpreter that ends has let go of its handlers: an alarm would end the process as a fault does.
        signal.setitimer(signal.ITIMER_PROF, 0)


def look_again() -> None:
    """Set the alarm, which a copy of a process has not; there is none where nobody shares, and beside a main thread."""
    if _SHARES.last.used < inf and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGPROF, _SHARES.look)
        signal.setitimer(signal.ITIMER_PROF, SECONDS_BETWEEN_LOOKS, SECONDS_BETWEEN_LOOKS)


def ran_out() -> bool:
    """Tell whether any piece of work was left in this process: what was found depends on how quick the machine was."""
    return _SHARES.ran_out


@contextmanager
def share(seconds: float = inf) -> Iterator[None]:
    """Let what follows take half of all that is left, and at most so many of a processor; else OutOfTime is raised.

    What has a share inside of another takes nothing of it.
    """
    depth, began, last = len(_SHARES.ends), _now(), _SHARES.last
    if last.is_over():
        _SHARES.ran_out = True
        raise OutOfTime
    used = began.used + min((last.used - began.used) / 2, seconds)
    _SHARES.ends.append(_Times(used, began.clock + (last.clock - began.clock) / 2))
    try:
        yield
    finally:
        del _SHARES.ends[depth:]
        if depth:
            around, now = _SHARES.ends[-1], _now()
            _SHARES.ends[-1] = _Times(around.used + now.used - began.used, around.clock + now.clock - began.clock)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let what follows come to its end, where half of it would be in others' way; it has limits of its own."""
    _SHARES.held += 1
    try:
        yield
    finally:
        _SHARES.held -= 1
