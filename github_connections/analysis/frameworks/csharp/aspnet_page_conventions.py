"""What an application says of its Razor Pages by their names: who may see them, and by which other paths."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import is_known
from github_connections.analysis.report import Auth, AuthSource, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_PERMISSIONS = {
    f"{before}{area}{kind}": state
    for before, state in (("Authorize", "required"), ("AllowAnonymousTo", "none"))
    for area in ("", "Area")
    for kind in ("Page", "Folder")
}
_ROUTES = frozenset({"AddPageRoute", "AddAreaPageRoute"})
_WORDS = frozenset(_PERMISSIONS) | _ROUTES


class Convention(Struct):
    """One call about a page, or about all pages in a folder; of an area where it names one."""

    name: str
    root: str
    area: str
    page: str
    route: str
    place: Place

    def holds_for(self, area: str, page: str) -> bool:
        """Tell whether this is about a page: `Admin/Users/Index`."""
        if self.area.lower() != area.lower():
            return False
        wanted, page = self.page.strip("/").lower(), page.lower()
        return page == wanted or ("Folder" in self.name and (not wanted or page.startswith(f"{wanted}/")))


class PageConventions:
    """The conventions of all applications of a program."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._found = [
            convention
            for file in interpreter.program.with_words("csharp", _WORDS)
            for node in nodes_in(list(file.module.body))
            for convention in _said(interpreter, file, node)
        ]

    def auth_of(self, root: str, area: str, page: str) -> Auth:
        """Return who may see a page; being open to everyone wins wherever it stands."""
        said = [item for item in self._about(root, area, page) if item.name in _PERMISSIONS]
        if any(_PERMISSIONS[item.name] == "none" for item in said):
            return Auth(state="none")
        by = [AuthSource(name=item.name, file=item.place.file, line=item.place.line) for item in said]
        return Auth(state="required", by=by) if by else Auth()

    def routes_of(self, root: str, area: str, page: str) -> list[str]:
        """Return the templates that a page has beside its own."""
        return [item.route for item in self._about(root, area, page) if item.name in _ROUTES]

    def _about(self, root: str, area: str, page: str) -> list[Convention]:
        return [item for item in self._found if item.root == root and item.holds_for(area, page)]


def _said(interpreter: Interpreter, file: File, node: nodes.Node) -> Iterator[Convention]:
    """`AuthorizePage("/Contact")`, `AuthorizeAreaFolder("Shop", "/Orders")`, `AddPageRoute("/Contact", "call-us")`."""
    if not isinstance(node, nodes.Call) or nodes.last_name(node.function) not in _WORDS:
        return
    name = nodes.last_name(node.function)
    values = [interpreter.evaluate(argument.value, file.scope) for argument in node.arguments]
    texts = [value for value in values if isinstance(value, str) and is_known(value)]
    area = texts.pop(0) if "Area" in name and texts else ""
    wanted = 2 if name in _ROUTES else 1
    if len(texts) >= wanted:
        route = texts[1] if name in _ROUTES else ""
        yield Convention(name, file.project_root, area, texts[0], route, Place(file.path, node.line))
