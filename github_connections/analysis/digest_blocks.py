"""Lines of a digest and the blocks they stand in, with what they take of its room."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

LONGEST_PATH = 200
LONGEST_NAME = 80


class Line(Struct, frozen=True):
    """One line and how many rows of the report it tells of."""

    text: str
    rows: int = 1

    @property
    def size(self) -> int:
        """Bytes, with the line's end."""
        return size_of(self.text)


class Block(Struct):
    """Lines below one heading, short and in full; `taken` is what of it is written."""

    section: str
    heading: str
    short: list[Line]
    full: list[Line]
    taken: list[Line] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every line is written."""
        return len(self.taken) == len(self.short)

    def lines(self) -> Iterator[str]:
        """Yield what is written, below its heading."""
        if self.taken:
            yield self.heading
            yield from (line.text for line in self.taken)


def size_of(text: str) -> int:
    """Return how many bytes a line takes, with its end."""
    return len(text.encode()) + 1
