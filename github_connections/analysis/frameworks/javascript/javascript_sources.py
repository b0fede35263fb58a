"""The source of functions of JavaScript, for what is no part of the tree: conditions, and what is thrown."""

from __future__ import annotations

import re

from github_connections.analysis.frameworks.javascript.methods import without_comments
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import FunctionValue
from github_connections.analysis.syntax.walking import nodes_in

# Of a handler, and of it with all that it calls, no more is looked at: who is known is asked first.
MAXIMUM_SOURCE = 20_000
BRACKETS, BRACES = re.compile(r"[()]"), re.compile(r"[{}]")
# Under which the interpreter keeps the sources that were asked for.
_SOURCES = "sources of functions"


def source_of_function(interpreter: Interpreter, function: FunctionValue) -> str:
    """Return the lines of a function, from its first to the last at which something of it begins; each is read once,
    however many call it."""
    known: dict[tuple[str, int, str], str] = interpreter.state.setdefault(_SOURCES, {})
    key = (function.scope.file.path, function.node.line, function.node.name)
    if key not in known:
        lines = interpreter.program.lines(function.scope.file.path)
        last = max((getattr(node, "line", 0) for node in nodes_in(function.node.body)), default=0)
        text = "\n".join(lines[function.node.line - 1 : max(last, function.node.line)])
        known[key] = without_comments(text.encode()).decode("utf-8", "replace")[:MAXIMUM_SOURCE]
    return known[key]


def after_closing(source: str, start: int, kind: re.Pattern[str]) -> int:
    """Return where the bracket that was opened before `start` is closed; the end of the source where it is not."""
    depth = 1
    for found in kind.finditer(source, start):
        depth += 1 if found.group() in "({" else -1
        if depth == 0:
            return found.end()
    return len(source)
