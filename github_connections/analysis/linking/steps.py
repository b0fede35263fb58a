"""How many steps the interpreter takes: for a file, for all of them, for what lies aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Set-up is small; a program made to run for ever is not. Counted in evaluated nodes, for one file and for all.
MAXIMUM_STEPS_PER_FILE = 300_000
MAXIMUM_STEPS = 20_000_000
# Of a processor, for one file: most steps take little, and some are made to take much.
MAXIMUM_SECONDS_PER_FILE = 10.0
# What lies aside is business: what it gives back is a path at most.
MAXIMUM_STEPS_ASIDE = 2_000


class OutOfSteps(Exception):
    """The set-up of a file goes on for too long; what was found until then stands."""


class Steps:
    """Counts steps, and the shares of them that files and functions have."""

    def __init__(self) -> None:
        self._steps = 0
        self._limit = MAXIMUM_STEPS_PER_FILE
        self._limit_around: int | None = None  # while something runs that lies aside

    def step(self) -> None:
        """Count one step; OutOfSteps when the file at hand has had its share."""
        self._steps += 1
        if self._steps > self._limit:
            raise OutOfSteps

    @property
    def is_aside(self) -> bool:
        """Whether a function runs that lies aside."""
        return self._limit_around is not None

    @contextmanager
    def share_of_a_file(self) -> Iterator[None]:
        """Count what follows for itself, up to what a file may take."""
        left, outer = self._limit - self._steps, self._limit_around
        self._limit, self._limit_around = min(self._steps + MAXIMUM_STEPS_PER_FILE, MAXIMUM_STEPS), None
        try:
            yield
        finally:
            self._limit, self._limit_around = min(self._steps + left, MAXIMUM_STEPS), outer

    @contextmanager
    def share_of_what_is_left(self, cut: Callable[[], None]) -> Iterator[None]:
        """Leave what follows when it has taken most of the steps that are left, and tell: its caller goes on."""
        kept = (self._limit - self._steps) // 8
        self._limit -= kept
        try:
            yield
        except OutOfSteps:
            if self._steps > self._limit + kept:
                raise
            cut()
        finally:
            self._limit += kept

    @contextmanager
    def share_aside(self) -> Iterator[None]:
        """Leave what follows without a word when it has taken as many steps as what lies aside is worth."""
        outer = self._limit_around = self._limit
        self._limit = min(outer, self._steps + MAXIMUM_STEPS_ASIDE)
        try:
            yield
        except OutOfSteps:
            if self._steps > outer:
                raise
        finally:
            self._limit, self._limit_around = outer, None

    @contextmanager
    def share_back(self) -> Iterator[None]:
        """Count what follows as if it was called from where that was called which lies aside."""
        outer, left = self._limit_around, self._limit - self._steps
        self._limit, self._limit_around = outer or self._limit, None
        try:
            yield
        finally:
            self._limit_around = outer
            self._limit = min(self._steps + left, outer or self._limit)

    def finish(self) -> None:
        """Leave the running behind: what rows are made of may be evaluated with all steps that are left."""
        self._limit = MAXIMUM_STEPS + MAXIMUM_STEPS_PER_FILE
