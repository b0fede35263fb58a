"""What Ktor's routes say by a regular expression, and what its plugins answer by themselves: documents of OpenAPI."""

from __future__ import annotations

import itertools
import re

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import Behaviour, FunctionValue, Value, text_of

_PART = re.compile(
    r"(?P<unknown>\{\?[^{}]*\})"
    r"|(?P<group>\((?:\?<(?P<name>\w+)>)?(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)\??)"
    # What stands for characters that are not said one by one.
    r"|(?P<several>(?:\.|\[[^\]]*\]|\\[dwDW])(?:[+*?]|\{[\d,]*\}))"
    r"|\\(?P<escaped>.)|[\^$?]"
)


def _page(call: Invocation) -> Value:
    """`swaggerUI(path = "swagger", swaggerFile = "…")`: a page at a path below the route that it is said in."""
    given = call.value(0, "path")
    default = call.name.removesuffix("UI").lower()
    path = default if given is None or isinstance(given, FunctionValue) else text_of(given)
    call.receiver.add(["GET"], path, call.place, None, kind="page")
    return call.receiver


def _answer(kind: str) -> Behaviour:
    """`route("api.json") { openApi() }`, `route("docs") { swaggerUI("/api.json") }`: the route itself answers."""

    def register(call: Invocation) -> Value:
        call.receiver.add(["GET"], "", call.place, None, kind=kind)
        return call.receiver

    return register


OF_PLUGINS: dict[str, Behaviour] = {
    "io.ktor.server.plugins.swagger.swaggerUI": _page,
    "io.ktor.server.plugins.openapi.openAPI": _page,
    "io.github.smiley4.ktoropenapi.openApi": _answer("api"),
    "io.github.smiley4.ktorswaggerui.routing.openApiSpec": _answer("api"),
    "io.github.smiley4.ktorswaggerui.routing.swaggerUI": _answer("page"),
    "io.github.smiley4.ktorswaggerui.swaggerUI": _answer("page"),
    "io.github.smiley4.ktorredoc.redoc": _answer("page"),
}


def pattern(call: Invocation) -> Value:
    """`get(Regex("/users/(?<id>\\d+)"))`: a group is a variable, and so is what stands for several characters."""
    numbers = itertools.count(1)

    def of_path(part: re.Match[str]) -> str:
        if part["group"] or part["several"]:
            name = part["name"] or f"part{next(numbers)}"
            return f"{{{name}*}}" if (part["several"] or "").startswith(".") else f"{{{name}}}"
        return part["unknown"] or part["escaped"] or ""

    return _PART.sub(of_path, call.text(0))
