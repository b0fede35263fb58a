"""Razor Pages: `Pages/**/*.cshtml` with `@page`; the path is that of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.csharp.aspnet_applications import Applications
from github_connections.analysis.frameworks.csharp.aspnet_attributes import Attributes
from github_connections.analysis.frameworks.csharp.aspnet_page_conventions import PageConventions
from github_connections.analysis.frameworks.csharp.aspnet_page_models import PageModel, model_in
from github_connections.analysis.frameworks.csharp.razor import auth_in
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.projects import Roots
from github_connections.analysis.report import Auth, Place, Prefix, Route

_PAGE = re.compile(r"^[ \t]*@page(?:[ \t]+\"([^\"]*)\")?[ \t\r]*$", re.MULTILINE)
_PLACE = re.compile(r"(?:^|/)(?:Areas/(?P<area>[^/]+)/)?Pages/(?P<name>.+)\.cshtml$")
_BYTES_READ = 4_000


def routes_of_pages(interpreter: Interpreter, applications: Applications) -> Iterator[Route]:
    """Yield a row for each verb that a page handles, by its own path and by others that the application gives it."""
    program = interpreter.program
    roots = Roots(program.projects)
    conventions = PageConventions(interpreter)
    attributes = Attributes(interpreter)
    for path in program.all_paths:
        place = _PLACE.search(path)
        content = program.read(path) if place else None
        text = content[:_BYTES_READ].decode("utf-8-sig", "replace") if content else ""
        page = _PAGE.search(text)
        if place is None or page is None:
            continue
        root, area, name = roots.of(path, "csharp"), place["area"] or "", place["name"]
        behind = program.by_path.get(f"{path}.cs")
        model = model_in(attributes, behind) if behind is not None else None
        application = applications.of_root(root)
        said = [auth_in(text, path), *([model.auth] if model else []), conventions.auth_of(root, area, name)]
        auth = next((one for state in ("none", "required") for one in said if one.state == state), application.fallback)
        written = page.group(1) or ""
        line = text.count("\n", 0, page.end()) + 1
        yield from _rows(Place(path, line), written, _path(area, name, written), application.prefixes, model, auth)
        for template in conventions.routes_of(root, area, name):
            yield from _rows(Place(path, line), template, template, application.prefixes, model, auth)


def _rows(
    place: Place, written: str, template: str, before: list[Prefix], model: PageModel | None, auth: Auth
) -> Iterator[Route]:
    """A page is shown whether or not something handles that it is asked for."""
    whole = paths.from_braces(rows.path_below(before, template))
    for method in sorted({"GET", *(model.handlers if model else ())}):
        params = model.params_of(method, whole) if model else rows.path_parameters(whole)
        yield Route(
            method=method,
            path=whole,
            file=place.file,
            line=place.line,
            framework="aspnet",
            kind="page",
            handler=model.name_of(method) if model else "",
            raw_path=written,
            prefixes=list(before),
            params=params,
            auth=auth,
            request_model=rows.model_in(params),
        )


def _path(area: str, name: str, template: str) -> str:
    if template.startswith(("/", "~/")):
        return template.removeprefix("~")
    parts = [part for part in name.split("/") if part]
    return paths.join_trimmed([area, *(parts[:-1] if parts[-1] == "Index" else parts), template])
