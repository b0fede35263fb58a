"""What options and settings of the program say by default: `public string AdminPrefix { get; set; } = "admin";`."""

from __future__ import annotations

import re

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import HOLE, Unknown, Value, is_known, text_of
from github_connections.analysis.syntax import nodes

_HOLDERS = ("Options", "Settings", "Configuration", "Config")
_READ = re.compile(r"\.(\w+)\Z")
_HOLE = re.compile(r"\{\?[^{}]*\.(\w+)\}")
_KNOWN = "csharp defaults of options"


def settled(interpreter: Interpreter, value: Value) -> str:
    """Return a path, with what is read from options of the program filled in where all that have a property of this
    name agree on its default; anything else stays visible."""
    text = text_of(value)
    if HOLE not in text:
        return text
    read = _READ.search(value.source) if isinstance(value, Unknown) else None  # a hole may be cut short
    if read is not None:
        return _default(interpreter, read.group(1), text)
    return _HOLE.sub(lambda match: _default(interpreter, match.group(1), match.group()), text)


def _default(interpreter: Interpreter, name: str, otherwise: str) -> str:
    known: dict[str, set[str]] | None = interpreter.state.get(_KNOWN)
    if known is None:
        known = interpreter.state[_KNOWN] = _defaults(interpreter)
    found = known.get(name, set())
    return next(iter(found)) if len(found) == 1 else otherwise


def _defaults(interpreter: Interpreter) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in interpreter.program.of_family("csharp"):
        if not any(name.endswith(_HOLDERS) for name in file.head.names):
            continue
        for cls in classes_in(file.scope):
            for member in cls.node.body if cls.node.name.endswith(_HOLDERS) else ():
                match member:
                    case nodes.Assign(target=nodes.Name(id=name), value=written) if written is not None:
                        value = interpreter.evaluate(written, cls.scope)
                        if isinstance(value, str) and is_known(value):
                            found.setdefault(name, set()).add(value)
    return found
