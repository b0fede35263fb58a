"""A benchmark's result, as one process hands it to another and as a person reads it."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from qualisys.dev.bench.figures import Figure, number

_HEADINGS = ("what", "figure", "aim", "", "")


@dataclass(frozen=True)
class Result:
    """What one benchmark found, on what, and how busy the machine was before it began."""

    benchmark: str
    began_at: str
    load_before: float
    seconds: float
    machine: dict[str, str]
    figures: tuple[Figure, ...]

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "figures": [figure.as_json() for figure in self.figures]}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        return cls(**{**said, "figures": tuple(Figure.from_json(figure) for figure in said["figures"])})


def as_document(results: Sequence[Result]) -> str:
    """Return the results as one JSON document."""
    return json.dumps([result.as_json() for result in results], indent=2)


def as_tables(results: Sequence[Result]) -> str:
    """Return the results as Markdown, which reads as well in a terminal."""
    return "\n".join(line for result in results for line in _section(result))


def _section(result: Result) -> list[str]:
    machine = ", ".join(f"{name} {value}" for name, value in result.machine.items())
    ran = f"{result.began_at}, {result.seconds:.0f} s, load before {result.load_before:.1f}"
    return [f"### {result.benchmark}", "", f"{ran}; {machine}", "", *_table(result.figures), ""]


def _table(figures: Sequence[Figure]) -> list[str]:
    rows = [_HEADINGS, *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    heading, *others = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    return [heading, "|" + "|".join("-" * (width + 2) for width in widths) + "|", *others]


def _row(figure: Figure) -> tuple[str, ...]:
    aim = "" if figure.aim is None else f"{figure.aim.bound} {_with_unit(figure.aim.value, figure.unit)}"
    verdict = {True: "met", False: "MISSED", None: ""}[figure.met]
    return (figure.name, _with_unit(figure.value, figure.unit), aim, verdict, figure.note)


def _with_unit(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()


def main() -> None:
    """Print the tables of documents that `script/bench --json` wrote, named as arguments."""
    for name in sys.argv[1:]:
        print(as_tables([Result.from_json(said) for said in json.loads(Path(name).read_text())]))


if __name__ == "__main__":
    main()
