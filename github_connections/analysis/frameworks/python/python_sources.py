"""The text of a function of Python, for what is no part of its tree: conditions, and what is raised."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue

# Who is there is looked at early; a function that is longer does something else, too.
MAXIMUM_LINES = 100
# A text made for the patterns that look at it would be gone through for ever.
MAXIMUM_READ = 10_000
MAXIMUM_COLUMNS = 400
# With its decorators, and parameters on lines of their own.
_MAXIMUM_HEAD = 2 * MAXIMUM_LINES


def text_of_body(interpreter: Interpreter, owner: FunctionValue | ClassValue) -> str:
    """Return the lines of a function or class below its head, without comments; cut where they are many."""
    lines = interpreter.program.lines(owner.scope.file.path)
    start = owner.node.line - 1
    return "\n".join(_lines_of(lines[start : start + _MAXIMUM_HEAD]))[:MAXIMUM_READ]


def _lines_of(lines: list[str]) -> Iterator[str]:
    """Yield the lines of a function or class that these begin with: to the first that stands no deeper."""
    heads = ("def ", "async def ", "class ")
    start = next((place for place, line in enumerate(lines) if line.lstrip().startswith(heads)), 0)
    depth = _depth(lines[start]) if lines else 0
    for line in lines[start + 1 : start + MAXIMUM_LINES]:
        if line.strip() and _depth(line) <= depth and not line.lstrip().startswith(")"):
            return
        yield line.partition("#")[0][:MAXIMUM_COLUMNS]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
