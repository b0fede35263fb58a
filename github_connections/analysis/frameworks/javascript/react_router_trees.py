"""Trees of routes below routes: a component that a route of React Router shows may have routes of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct, field
from msgspec.structs import replace

from github_connections.analysis.frameworks.javascript.page_components import loaded
from github_connections.analysis.frameworks.javascript.page_routes import Page
from github_connections.analysis.frameworks.javascript.react_router_declarations import TREE
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.uncalled import run_unless_called
from github_connections.analysis.linking.values import (
    ELEMENT,
    ClassValue,
    External,
    FunctionValue,
    ListValue,
    ModuleValue,
    Thing,
    Value,
    is_only_a_hole,
)
from github_connections.analysis.linking.words import uses
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# How version 5 speaks of the path of the route around: `${match.path}/users`.
_MATCHED = re.compile(r"^/?\{\?(?:[\w.]*\.)?match\.(?:path|url)\}")
MAXIMUM_NESTED = 8
# Components in components, below the one that a route shows.
MAXIMUM_DRAWN = 3


class Trees(Struct, dict=True):
    """All trees of a program, and which component each is shown by."""

    interpreter: Interpreter
    trees: list[Thing]
    mounted: set[int] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)

    def mount_all(self) -> None:
        """Give every route whose component shows a tree of its own the routes of that tree."""
        for tree in self.trees:
            self._complete(tree)

    def _complete(self, tree: Thing) -> None:
        if id(tree) not in self.begun:
            self.begun.add(id(tree))
            for page in tree.data["pages"]:
                self._mount(page, tree)

    def _mount(self, page: Page, tree: Thing) -> None:
        for child in page.children:
            self._mount(child, tree)
        path = page.path or ""
        if not path.endswith("*") and not (tree.data["is_absolute"] and path):
            return
        shown = self.components_in(page.shows)
        if path.endswith("*"):
            shown |= self._drawn_by(page.shows)
        for inner in self.trees if shown else ():
            if inner.data["owner"] in shown and inner.place != tree.place:
                self._complete(inner)
                self.mounted.add(id(inner))
                page.children = [*page.children, *(self._below(path, one, inner) for one in inner.data["pages"])]

    def _below(self, path: str, page: Page, tree: Thing) -> Page:
        own, above = page.path, path.rstrip("*").rstrip("/")
        if own is not None and _MATCHED.match(own):
            own = above + "/" + _MATCHED.sub("", own).lstrip("/")
        elif own and own.strip("/") == "*":
            own = "*"  # whatever is left of what led here
        elif own and tree.data["is_absolute"]:
            own = "/" + own.lstrip("/")
        elif own is not None:
            own = own.lstrip("/")
        return replace(page, path=own)

    def components_in(self, value: Value, depth: int = 0) -> set[int]:
        """Return the functions and classes that what is shown consists of."""
        if depth > MAXIMUM_NESTED:
            return set()
        match value:
            case FunctionValue(node=node):
                made = self.interpreter.call(value, []) if _is_seen_through(value) and depth < 3 else None
                return {id(node)} | self.components_in(made if isinstance(made, Thing | ModuleValue) else None)
            case ClassValue(node=node):
                return {id(node)}
            case ModuleValue():
                return self.components_in(loaded(self.interpreter, value), depth + 1)
            case External(made_by=Invocation(positional=given)):
                return self._all(given, depth)
            case Thing(kind=kind, data=data) if kind is ELEMENT:
                return self._all([data["component"], *data["children"], *data["attributes"].values()], depth)
            case ListValue(items=items):
                return self._all(items, depth)
        return set()

    def _drawn_by(self, value: Value, depth: int = 0) -> set[int]:
        """Return the components whose elements stand in what is shown, and in those: routes may be some way inside.

        What stands in a component with a tree of its own is reached by that.
        """
        if isinstance(value, Thing) and value.kind is ELEMENT:
            inside = [value.data["component"], *value.data["children"]]
            return {found for one in inside for found in self._drawn_by(one, depth)}
        if not isinstance(value, FunctionValue) or depth >= MAXIMUM_DRAWN or id(value.node) in self._owners:
            return set()
        tags = {tag for one in nodes_in(value.node.body) if isinstance(one, nodes.Element) and (tag := _own_tag(one))}
        drawn = [self.interpreter.evaluate(nodes.Name(tag), value.scope) for tag in sorted(tags)]
        deeper = {found for one in drawn for found in self._drawn_by(one, depth + 1)}
        return self._all(drawn, 0) | deeper

    @cached_property
    def _owners(self) -> set[int]:
        return {tree.data["owner"] for tree in self.trees}

    def _all(self, values: Iterable[Value], depth: int) -> set[int]:
        return {found for value in values for found in self.components_in(value, depth + 1)}


def _own_tag(element: nodes.Element) -> str:
    """Return the name of the component that an element is of; nothing for one of HTML."""
    tag = element.tag.id if isinstance(element.tag, nodes.Name) else ""
    return tag if tag[:1].isupper() else ""


def _is_seen_through(function: FunctionValue) -> bool:
    """Tell whether what a function shows is to be looked at: one without a name, or what `withLayout(Users)` made."""
    return not function.node.name or isinstance(function.scope.owner, nodes.Function)


def bare_trees(elements: Iterable[Thing]) -> list[Thing]:
    """Return a tree for each component that shows `<Route>` elements with nothing of the library around them."""
    by_owner: dict[int | Place, list[Thing]] = defaultdict(list)
    known = list(elements)
    taken = {node.place for node in known if node.data["taken"]}
    for node in (node for node in known if node.place not in taken):
        by_owner[node.data["owner"] or node.place].append(node)
    return [_of_bare(found) for found in by_owner.values()]


def _of_bare(found: list[Thing]) -> Thing:
    pages = [page for node in found for page in node.data["pages"] if not _is_of_a_wrapper(page)]
    is_absolute = not any(node.data["is_relative"] for node in found)
    return Thing(TREE, found[0].place, {"pages": pages, "owner": found[0].data["owner"], "is_absolute": is_absolute})


def _is_of_a_wrapper(page: Page) -> bool:
    """Tell whether a route alone has the path that it is given: it is what `<PrivateRoute path="/x"/>` is made of."""
    return is_only_a_hole(page.path or "")


def run_what_nobody_called(interpreter: Interpreter, libraries: tuple[str, ...], words: frozenset[str]) -> None:
    """Run the components of files that import one of the libraries and have such elements, if nobody has.

    Those that hand something to a function with such elements come first: `{this.renderPaths(paths)}`.
    """
    for file in interpreter.program.with_words("javascript", words, libraries):
        interpreter.run_file(file)
        found = [one for one in functions_of(file.scope) if id(one[0].node) not in interpreter.called]
        makers = [one for one in found if uses(one[0].node, words)]
        names = {function.node.name for function, _ in makers}
        handing = [one for one in found if uses(one[0].node, names - {one[0].node.name})]
        for function, owner in [*handing, *makers]:
            run_unless_called(interpreter, function, owner)
