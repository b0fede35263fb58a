"""What a benchmark finds, the aims it is held against, and the arithmetic in between."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class BenchmarkError(Exception):
    """What was to be measured did not work, so there is nothing to report; the message says what."""


class Bound(StrEnum):
    """On which side of its value an aim is met."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Aim:
    """What a figure should be."""

    bound: Bound
    value: float

    def is_met_by(self, value: float) -> bool:
        return value <= self.value if self.bound is Bound.AT_MOST else value >= self.value


def at_most(value: float) -> Aim:
    return Aim(Bound.AT_MOST, value)


def at_least(value: float) -> Aim:
    return Aim(Bound.AT_LEAST, value)


@dataclass(frozen=True)
class Figure:
    """One number with its unit, none for a ratio or a count; without an aim it is for information."""

    name: str
    value: float
    unit: str = ""
    aim: Aim | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.aim is None else self.aim.is_met_by(self.value)

    def as_json(self) -> dict[str, Any]:
        aim = None if self.aim is None else {"bound": self.aim.bound.value, "value": self.aim.value}
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "aim": aim,
            "met": self.met,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        aim = None if said["aim"] is None else Aim(Bound(said["aim"]["bound"]), said["aim"]["value"])
        return cls(said["name"], said["value"], said["unit"], aim, said["note"])


def ratios(values: Sequence[float], references: Sequence[float]) -> list[float]:
    """Return each value in terms of the reference of its round: what both met with at that time falls out."""
    return [value / reference for value, reference in zip(values, references, strict=True)]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share (0 to 1) of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def number(value: float) -> str:
    """Return a number in as many digits as mean something."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def spread(values: Sequence[float]) -> str:
    """Return the least and the greatest in words, and how many there were."""
    return f"{number(min(values))} to {number(max(values))} in {len(values)} rounds"


def milliseconds(seconds: Sequence[float]) -> str:
    """Return the median of durations in words."""
    return f"{number(1000 * statistics.median(seconds))} ms"
