"""What the comment before a handler of Go says of it in swag's form: `// @Param page query int false "…"`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.go import go_guards, go_parameters
from github_connections.analysis.http_statuses import SUCCESSFUL
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import FunctionValue
from github_connections.analysis.report import Auth, AuthSource, Parameter, ParameterPlace

_PLACES: dict[str, ParameterPlace] = {
    "query": "query",
    "path": "path",
    "header": "header",
    "body": "body",
    "formData": "form",
}
_PARAMETER = re.compile(r"@Param\s+(\S+)\s+(\w+)\s+(\S+)\s+(true|false)\b", re.IGNORECASE)
_ANSWER = re.compile(r"@(?:Success|Failure)\s+([\d,]+)(?:\s+\{(?:object|array)\}\s+(?:\[\])*([\w.]+))?", re.IGNORECASE)
_SECURITY = re.compile(r"@Security\s+(\w+)", re.IGNORECASE)
# Comments are looked at for so many lines before a function.
_MAXIMUM_LINES = 100
_PLAIN = frozenset(
    {"string", "integer", "int", "number", "boolean", "bool", "object", "map", "any", "nil", "interface"}
)


def parameters(interpreter: Interpreter, item: Reached, path: str) -> list[Parameter]:
    """Return what a handler takes: what its code reads, with the types that are said, then what else is said; of a body
    what the code reads, and of the path what is in it."""
    read = go_parameters.parameters(interpreter, item)
    has_body = any(one.place in rows.BROUGHT for one in read)
    said = {
        (one.place, one.name): one
        for one in _said(interpreter, item)
        if f"{{{one.name}}}" in path or (one.place != "path" and not (has_body and one.place in rows.BROUGHT))
    }
    typed = [said[key] if not one.type and (key := (one.place, one.name)) in said else one for one in read]
    return rows.each_once([*typed, *said.values()])


def auth(interpreter: Interpreter, item: Reached) -> Auth:
    """Return who may call: what stands before the handler, else by what callers are said to be known."""
    found = go_guards.auth(item)
    handler = item.route.handler
    if found.state != "unknown" or not isinstance(handler, FunctionValue):
        return found
    names = [name for line in _comment(interpreter, item) for name in _SECURITY.findall(line)]
    place = handler.place
    by = [AuthSource(name=name, file=place.file, line=place.line) for name in names]
    return Auth(state="required", by=by) if by else found


def answered(interpreter: Interpreter, item: Reached) -> str:
    """Return the model of what is said to be answered when all goes well."""
    return next((model for code, model in _answers(interpreter, item) if code in SUCCESSFUL and model), "")


def status_codes(interpreter: Interpreter, item: Reached) -> list[int]:
    """Return the statuses that are said to be answered with."""
    return sorted({code for code, _ in _answers(interpreter, item)})


def _said(interpreter: Interpreter, item: Reached) -> Iterator[Parameter]:
    for line in _comment(interpreter, item):
        for name, place, kind, required in _PARAMETER.findall(line):
            if place in _PLACES:
                yield Parameter(
                    name=name,
                    place="file" if kind == "file" else _PLACES[place],
                    type=kind,
                    required=required.lower() == "true",
                    model=_model(kind) if place == "body" else "",
                )


def _answers(interpreter: Interpreter, item: Reached) -> Iterator[tuple[int, str]]:
    for line in _comment(interpreter, item):
        for codes, model in _ANSWER.findall(line):
            yield from ((int(code), _model(model)) for code in codes.split(",") if code)


def _model(written: str) -> str:
    name = written.removeprefix("[]")
    return "" if name in _PLAIN else name


def _comment(interpreter: Interpreter, item: Reached) -> list[str]:
    """Return the lines of the comment right before a route's handler that begin a statement of swag's."""
    handler = item.route.handler
    if not isinstance(handler, FunctionValue):
        return []
    lines = interpreter.program.lines(handler.scope.file.path)
    before = lines[max(0, handler.node.line - 1 - _MAXIMUM_LINES) : handler.node.line - 1]
    found: list[str] = []
    for line in reversed(before):
        if not line.startswith("//"):
            break
        if "@" in line:
            found.append(line)
    return found[::-1]
