"""Flask-Classful and Flask-Classy: a class whose methods are routes, below a path made of the class's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.linking.classes import library_bases, methods
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    Unknown,
    Value,
    text_of,
    texts_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as

BASES = ("flask_classful.FlaskView", "flask_classy.FlaskView")
_SPECIAL = {"index": "GET", **{verb: verb.upper() for verb in http_verbs.OF_APIS}}
_NO_ROUTES = frozenset({"classmethod", "property", "cached_property"})
_WORDS = (re.compile("(.)([A-Z][a-z]+)"), re.compile("([a-z0-9])([A-Z])"))
# What a registration may say in the place of the class.
_SAID = {"route_base": 1, "route_prefix": 3, "trailing_slash": 4, "method_dashified": 5}


def declare(registry: Registry) -> None:
    """Let every class of the program be asked for `register`."""
    registry.class_methods["register"] = _register


def _register(call: Invocation) -> Value:
    """`Quotes.register(app)`, where the class is derived from the library's."""
    cls, interpreter = call.receiver, call.interpreter
    if isinstance(cls, ClassValue) and cls.scope.file.family == "python":
        outside = library_bases(interpreter, cls)
        router = call.value(0, "app")
        if any(name in BASES for name in outside):
            if isinstance(router, Router):
                for method, path, function in _View(call, cls).routes():
                    router.add(method, path, Place(function.scope.file.path, function.node.line), function)
            return None
        if outside:  # a registry of another library
            other = External(f"{outside[0]}.{call.name}")
            return interpreter.call(other, call.positional, call.named, node=call.node, scope=call.scope)
    return Unknown(call.name)


class _View:
    """A class of views, with what its registration says in its place."""

    def __init__(self, call: Invocation, cls: ClassValue) -> None:
        self.interpreter: Interpreter = call.interpreter
        self.cls = cls
        self.said = {name: call.value(position, name) for name, position in _SAID.items()}

    def routes(self) -> Iterator[tuple[list[str], str, FunctionValue]]:
        """Yield (verbs, path, method) for every method that is a route."""
        left_out = {*texts_of(self._own("excluded_methods"))}
        for function in self._methods():
            name = function.node.name
            if not name.startswith(("_", "before_", "after_")) and name not in left_out:
                yield from self._of_method(function)

    def _own(self, name: str) -> Value:
        value = self.said.get(name)
        value = self.interpreter.member(self.cls, name) if value is None else value
        return None if value is NOTHING else value

    def _methods(self) -> Iterator[FunctionValue]:
        for owner, node in methods(self.interpreter, self.cls):
            if _NO_ROUTES.isdisjoint(nodes.bare_name(item) for item in node.decorators):
                yield FunctionValue(node, owner.scope, owner)

    def _of_method(self, function: FunctionValue) -> Iterator[tuple[list[str], str, FunctionValue]]:
        said = [item for item in function.node.decorators if isinstance(item, nodes.Call)]
        routes = [item for item in said if nodes.bare_name(item) == "route"]
        for item in routes:
            methods = texts_of(self._argument(item, function, "methods")) or ["GET"]
            path = text_of(self._argument(item, function, "rule"))
            yield [method.upper() for method in methods], self._rule(path), function
        if routes:
            return
        name = function.node.name
        methods = [text_of(self._argument(item, function, "method")) for item in said if _is_method(item)]
        methods = [_SPECIAL[name]] if name in _SPECIAL else methods or texts_of(self._own("default_methods")) or ["GET"]
        own = "" if name in _SPECIAL else name.replace("_", "-") if self._own("method_dashified") is True else name
        path = self._rule("/".join([own, *self._variables(function)])).rstrip("/")
        is_closed = self._own("trailing_slash") is not False or not path
        yield [method.upper() for method in methods], f"{path}/" if is_closed else path, function

    def _argument(self, decorator: nodes.Call, function: FunctionValue, name: str) -> Value:
        said = arguments_as(decorator, "method" if _is_method(decorator) else "rule")
        return self.interpreter.evaluate(said.get(name), function.scope)

    def _variables(self, function: FunctionValue) -> Iterator[str]:
        """Yield what the method must be given as variables of its path."""
        if self._own("inspect_args") is False:
            return
        known = {"self", *texts_of(self._own("base_args"))}
        known.update(re.findall(r"<(?:[^<>:]+:)?(\w+)>", text_of(self._own("route_base") or "")))
        for parameter in function.node.parameters:
            if parameter.name not in known and parameter.default is None and not parameter.kind:
                yield f"<{parameter.name}>"

    def _rule(self, path: str) -> str:
        base = self._own("route_base")
        base = _dashed(self.cls.node.name.removesuffix("View")) if base is None else text_of(base)
        parts = [text_of(self._own("route_prefix") or ""), base.strip("/"), path]
        return re.sub("/{2,}", "/", "/" + "/".join(part for part in parts if part))


def _is_method(decorator: nodes.Call) -> bool:
    return nodes.bare_name(decorator) == "method"


def _dashed(name: str) -> str:
    """Return `long-names` for `LongNames`."""
    for rule in _WORDS:
        name = rule.sub(r"\1-\2", name)
    return name.lower()
