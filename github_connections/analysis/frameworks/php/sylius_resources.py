"""Routes of Sylius' resources: a routing file names one, and its actions stand for routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from github_connections.analysis.documents import read_yaml
from github_connections.analysis.frameworks.inflection import plural
from github_connections.analysis.frameworks.php.symfony_routes import Declared
from github_connections.analysis.report import Place
from github_connections.analysis.unreadable import Unreadable

_PAGES = {
    "index": (("GET",), ""), "create": (("GET", "POST"), "new"), "update": (("GET", "PUT", "PATCH"), "{}/edit"),
    "show": (("GET",), "{}"), "bulkDelete": (("DELETE",), "bulk-delete"), "delete": (("DELETE",), "{}"),
}  # fmt: skip
_API = {
    "index": (("GET",), ""), "create": (("POST",), ""), "update": (("PUT", "PATCH"), "{}"),
    "show": (("GET",), "{}"), "delete": (("DELETE",), "{}"),
}  # fmt: skip
TYPES = {"sylius.resource": _PAGES, "sylius.resource_api": _API}


def routes_of(kind: str, resource: str, place: Place) -> Iterator[Declared]:
    """Yield what the text of an import of such a type stands for: `alias: app.book`, `except: [show]`, `path: …`."""
    try:
        said = read_yaml(resource.encode())
    except Unreadable:
        return
    if not isinstance(said, dict) or not isinstance(said.get("alias"), str):
        return
    name = said["alias"].rpartition(".")[2]
    path = said.get("path")
    root = path.strip("/") if isinstance(path, str) else plural(name).replace("_", "-")
    variable = said.get("identifier") if isinstance(said.get("identifier"), str) else "id"
    only, left_out = _listed(said.get("only")), _listed(said.get("except"))
    for action, (methods, tail) in TYPES[kind].items():
        if action not in left_out and (not only or action in only):
            written = f"/{root}/{tail.replace('{}', '{' + str(variable) + '}')}"
            yield Declared([written], list(methods), place, f"{said['alias']}:{action}")


def _listed(said: Any) -> list[str]:
    return [str(item) for item in said] if isinstance(said, list) else []
