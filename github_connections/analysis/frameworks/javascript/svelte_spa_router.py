"""svelte-spa-router: tables of paths and components that a `<Router>` of a Svelte component is given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.page_components import loaded
from github_connections.analysis.frameworks.javascript.page_routes import Around, Page, rows_of
from github_connections.analysis.frameworks.javascript.svelte_tags import tags_in, template_of, value_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import External, MapValue, Value, text_of
from github_connections.analysis.report import Place, Route
from github_connections.analysis.syntax import nodes

NAME = "svelte-spa-router"
_KEY = re.compile(r"""["']([^"']*)["']\s*:""")


def declare(registry: Registry) -> None:
    """Add what is put around components that are loaded late, or only for some: what is inside is shown."""
    registry.calls["svelte-spa-router/wrap.wrap"] = registry.calls["svelte-spa-router/wrap"] = _wrapped
    registry.calls["svelte-spa-router.wrap"] = _wrapped


def _wrapped(call: Invocation) -> Value:
    """`wrap({ asyncComponent: () => import("./Users.svelte") })`; before version 3 `wrap(Users, condition)`."""
    given = call.value(0)
    said = given.entries if isinstance(given, MapValue) else {"component": given}
    return next((said[name] for name in ("component", "asyncComponent") if said.get(name) is not None), given)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of every table."""
    for file in interpreter.program.of_family("javascript"):
        if file.language == "svelte" and FRAMEWORK.is_imported_in(file):
            for line, table, prefix in _tables(interpreter, file):
                around = Around.below(prefix, Place(file.path, line), "prefix")
                yield from rows_of(_pages(interpreter, table), NAME, around)


def _tables(interpreter: Interpreter, file: File) -> Iterator[tuple[int, MapValue, str]]:
    template = template_of(interpreter.program.text(file.path))
    for tag in tags_in(template, _routers_in(file)):
        table = value_of(interpreter, file, tag.attributes.get("routes", ""))
        prefix = tag.attributes.get("prefix", "")
        if isinstance(table, MapValue):
            yield tag.line, table, text_of(value_of(interpreter, file, prefix)) if prefix else ""


def _routers_in(file: File) -> set[str]:
    """Return what the router is called in a component."""
    imports = (one for one in file.module.body if isinstance(one, nodes.Import))
    return {one.local for one in imports if one.module == NAME and one.name == "default"}


def _pages(interpreter: Interpreter, table: MapValue) -> list[Page]:
    """Read a table; what a path leads to may be a component that is made elsewhere, and has no line here."""
    first, file = table.place.line, table.place.file
    written: dict[str, int] = {}
    for number, line in enumerate(interpreter.program.lines(file)[first - 1 :], first):
        for path in _KEY.findall(line):
            written.setdefault(path, number)
    lines = {path: written.get(path, table.lines.get(path, first)) for path in table.entries}
    return [Page(path, Place(file, lines[path]), _shown(interpreter, value)) for path, value in table.entries.items()]


def _shown(interpreter: Interpreter, value: Value) -> Value:
    found = loaded(interpreter, value)
    return value if found is None or isinstance(found, External) else found


FRAMEWORK = Framework(
    name=NAME,
    language="typescript",
    family="javascript",
    kind="client",
    packages=(NAME,),
    imports=(NAME,),
    declare=declare,
    routes=routes,
)
