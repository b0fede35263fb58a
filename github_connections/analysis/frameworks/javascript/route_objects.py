"""Arrays of route objects that a program hands to its router in a way nobody can see: known by their type."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from github_connections.analysis.frameworks.javascript.page_routes import Page
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import FunctionValue, Value
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes


def arrays_typed(interpreter: Interpreter, files: Collection[File], name: str) -> Iterator[Value]:
    """Yield what is declared to be an array of this type, or of one that is more than it, at the top of a file, or what
    a function gives back as one.
    """
    kinds = {name, *(kind for file in files for kind in _kinds_of(file, name))}
    for file in files:
        for statement in file.module.body:
            statement = statement.value if isinstance(statement, nodes.Export) else statement
            declared = _declared_as(statement, kinds)
            if declared:
                value = interpreter.own_name(file, declared)
                yield interpreter.call(value, []) if isinstance(value, FunctionValue) else value


def _kinds_of(file: File, name: str) -> Iterator[str]:
    """Yield the types that a file makes of a type: `interface Node extends RouteObject`."""
    for statement in file.module.body:
        match statement:
            case nodes.Class(name=declared, bases=bases, kind="interface") if nodes.Name(name) in bases:
                yield declared


def _declared_as(statement: nodes.Statement, kinds: Collection[str]) -> str:
    match statement:
        case nodes.Function(name=declared, returns=kind) if _is_array_of(kind, kinds):
            return declared
        case nodes.Assign(target=nodes.Name(id=declared), type=kind) if _is_array_of(kind, kinds):
            return declared
        case nodes.Assign(target=nodes.Name(id=declared), value=nodes.Function(returns=kind)) if _is_array_of(
            kind, kinds
        ):
            return declared
    return ""


def _is_array_of(kind: nodes.Expression | None, kinds: Collection[str]) -> bool:
    match kind:
        case nodes.Item(of=nodes.Name(id="Array"), index=nodes.Name(id=known) | nodes.Member(name=known)):
            return known in kinds
    return False


def outermost(pages: list[Page], known: Collection[Place] = ()) -> list[Page]:
    """Return those of the pages that were not read before, and are not below another of them."""
    below: dict[tuple[Place, str | None], set[int]] = defaultdict(set)
    for page in pages:
        for child in everything_in(page.children):
            below[child.place, child.path].add(id(page))
    return [page for page in pages if page.place not in known and below[page.place, page.path] <= {id(page)}]


def everything_in(pages: Iterable[Page]) -> Iterator[Page]:
    """Yield pages and all that is below them."""
    for page in pages:
        yield page
        yield from everything_in(page.children)
