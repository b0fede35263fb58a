"""Umi, and Ant Design Pro with it: the routes that its configuration holds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.file_routes import Application, applications, known_text
from github_connections.analysis.frameworks.javascript.page_routes import MAXIMUM_DEPTH, Around, Page, pages_in, rows_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import MapValue
from github_connections.analysis.report import Place, Route

PACKAGES = ("umi", "@umijs/max", "@alipay/bigfish")
CONFIGURATIONS = ("config/config", ".umirc")


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of every application."""
    for application in applications(interpreter, "umi", PACKAGES, CONFIGURATIONS[1:]):
        application.configurations = CONFIGURATIONS
        said = application.setting("routes")
        yield from rows_of(pages_in(said, partial(_page, depth=0)), "umi", _around(application))


def _around(application: Application) -> Around:
    file = application.configuration_file
    base = known_text(application.setting("base"))
    return Around.below(base, Place(file.path, 1), "base") if file is not None else Around()


def _page(value: MapValue, depth: int) -> Page | None:
    """`{path: "/users", component: "./Users", routes: […]}`; one without a path has the place of the one around it."""
    entries = value.entries
    path = entries.get("path")
    inner = entries.get("routes", entries.get("children")) if depth < MAXIMUM_DEPTH else None  # it may hold itself
    return Page(
        path=path.removeprefix("./") if isinstance(path, str) else None,
        place=value.place,
        shows=entries.get("component"),
        redirects=entries.get("redirect") is not None,
        children=pages_in(inner, partial(_page, depth=depth + 1)),
    )


FRAMEWORK = Framework(
    name="umi",
    language="typescript",
    family="javascript",
    kind="client",
    packages=PACKAGES,
    routes=routes,
)
