"""Razor Pages: `Pages/**/*.cshtml` with `@page`; the path is that of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.csharp.aspnet_applications import Applications
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.projects import Roots
from github_connections.analysis.report import Route
from github_connections.analysis.syntax import nodes

_PAGE = re.compile(r"^[ \t]*@page(?:[ \t]+\"([^\"]*)\")?[ \t\r]*$", re.MULTILINE)
_PLACE = re.compile(r"(?:^|/)(?:Areas/(?P<area>[^/]+)/)?Pages/(?P<name>.+)\.cshtml$")
_HANDLER = re.compile(r"^On(Get|Post|Put|Delete|Patch)(Async|[A-Z]\w*)?$")
_BYTES_READ = 4_000


def routes_of_pages(interpreter: Interpreter, applications: Applications) -> Iterator[Route]:
    """Yield a row for each verb that a page handles."""
    program = interpreter.program
    roots = Roots(program.projects)
    for path in program.all_paths:
        place = _PLACE.search(path)
        content = program.read(path) if place else None
        page = _PAGE.search(content[:_BYTES_READ].decode("utf-8-sig", "replace")) if content else None
        if place is None or page is None:
            continue
        line = (content or b"")[: page.end()].count(b"\n") + 1
        shown = paths.from_braces(_path(place.group("area") or "", place.group("name"), page.group(1) or ""))
        model = program.by_path.get(f"{path}.cs")
        before = applications.of_root(roots.of(path, "csharp")).prefixes
        whole = paths.join([*(prefix.value for prefix in before), shown], trailing_slash=False)
        methods = {name for cls in (classes_in(model.scope) if model else ()) for name in _handled(cls.node)} or {"GET"}
        for method in sorted(methods):
            yield Route(
                method=method,
                path=whole,
                file=path,
                line=line,
                framework="aspnet",
                kind="page",
                raw_path=page.group(1) or "",
                prefixes=list(before),
                params=rows.path_parameters(whole),
            )


def _path(area: str, name: str, template: str) -> str:
    if template.startswith(("/", "~/")):
        return template.removeprefix("~")
    parts = [part for part in name.split("/") if part]
    return paths.join([area, *(parts[:-1] if parts[-1] == "Index" else parts), template], trailing_slash=False)


def _handled(node: nodes.Class) -> Iterator[str]:
    for member in node.body:
        match = _HANDLER.match(member.name) if isinstance(member, nodes.Function) else None
        if match:
            yield match.group(1).upper()
