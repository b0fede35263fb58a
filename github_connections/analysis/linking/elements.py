"""The values of JSX's elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import (
    ELEMENT,
    External,
    ListValue,
    MapValue,
    Thing,
    Unknown,
    Value,
    source_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.scopes import Scope


def element(interpreter: Interpreter, node: nodes.Element, scope: Scope) -> Value:
    """Treat `<Route path="/x">…</Route>` as a call of Route with its attributes by name and its children by
    position."""
    children = [value for child in node.children for value in _inside(interpreter, child, scope)]
    place = Place(scope.file.path, node.line)
    if node.tag is None:
        return ListValue(children, place)
    named = _attributes(interpreter, node, scope)
    function = interpreter.evaluate(node.tag, scope)
    behaviour = interpreter.registry.call_of(function.name) if isinstance(function, External) else None
    if behaviour is not None:
        return behaviour(Invocation(interpreter, None, function.name, children, named, None, scope, node.line))
    said = {"component": function, "name": source_of(node.tag), "attributes": named, "children": children}
    made = Thing(ELEMENT, place, said)
    for told in interpreter.registry.elements:
        told(Invocation(interpreter, made, said["name"], children, named, None, scope, node.line))
    return made


def _inside(interpreter: Interpreter, child: nodes.Expression, scope: Scope) -> list[Value]:
    """Return what stands inside an element; of `{isAdmin ? <Route …/> : <Route …/>}` both."""
    if not isinstance(child, nodes.Choice):
        return [interpreter.evaluate(child, scope)]
    options = options_of(interpreter, child, scope)
    values = [value for option in options for value in _inside(interpreter, option, scope)]
    return [value for value in values if isinstance(value, Thing | ListValue)] or values[:1]


def options_of(interpreter: Interpreter, node: nodes.Choice, scope: Scope) -> list[nodes.Expression]:
    """Return the options that may be meant: not the first of `layout === "admin" && pages` where it is another."""
    asked = None if node.asked is None else interpreter.evaluate(node.asked, scope)
    is_another = isinstance(asked, ListValue) and not asked.items
    return node.options[1:] if is_another else node.options


def _attributes(interpreter: Interpreter, node: nodes.Element, scope: Scope) -> dict[str, Value]:
    """Return the attributes by their names, those of an object that is spread out among them."""
    named: dict[str, Value] = {}
    for argument in node.attributes:
        value = interpreter.evaluate(argument.value, scope)
        if not isinstance(argument.value, nodes.Spread):
            named[argument.name] = None if _is_missing(interpreter, argument.value, value, scope) else value
        elif isinstance(value, MapValue):
            named.update(value.entries)
    return named


def _is_missing(interpreter: Interpreter, written: nodes.Expression, value: Value, scope: Scope) -> bool:
    """`<Route path={route.path}/>` of a group of routes, which has none: what an object that is known does not have.

    `route.layout + route.path` is missing where both are.
    """
    if isinstance(written, nodes.Template):
        parts = [part for part in written.parts if not isinstance(part, nodes.Text)]
        missing = (_is_missing(interpreter, part, interpreter.evaluate(part, scope), scope) for part in parts)
        return bool(parts) and all(missing)
    if not isinstance(value, Unknown) or not isinstance(written, nodes.Member):
        return False
    return isinstance(interpreter.evaluate(written.of, scope), MapValue)
