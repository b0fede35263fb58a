"""koa-swagger-decorator: methods that say their route are registered with the router that their class is given to."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Any

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.javascript.javascript_inputs import Answering
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_javascript import CHECKOUT
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import ClassValue, FunctionValue, Value, text_of
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

MODULE = "koa-swagger-decorator"


def map_class(call: Invocation) -> Value:
    """`router.map(Controller)`."""
    if isinstance(call.value(0), ClassValue):
        _add(call, call.value(0))
    return call.receiver


def map_directory(call: Invocation) -> Value:
    """`router.mapDir(__dirname)`: every class of every file in a directory and below."""
    directory = call.text(0)
    program = call.interpreter.program
    below = directory.removeprefix(CHECKOUT).strip("/")
    for name in program.inside(below) if directory.startswith(CHECKOUT) else ():
        file = program.by_path.get(posixpath.join(below, name))
        for cls in classes_in(file.scope) if file is not None and MODULE in file.head.imports else ():
            _add(call, cls)
    return call.receiver


def _add(call: Invocation, cls: ClassValue) -> None:
    prefix = next((text for _, (text, *_) in _said(call, cls, cls.node.decorators, "prefix")), "")
    for method in cls.node.body:
        if isinstance(method, nodes.Function):
            for line, (verb, path, *_) in _said(call, cls, method.decorators, "request"):
                place, handler = Place(cls.scope.file.path, line), f"{cls.node.name}.{method.name}"
                answering: Any = Answering([(FunctionValue(method, cls.scope), None)], cls.scope)
                known = list(call.receiver.data.get("guards", ()))
                whole = paths.join([prefix, path])
                call.receiver.add([verb.upper()], whole, place, handler, guards=known, answering=answering)


def _said(
    call: Invocation, cls: ClassValue, decorators: Iterable[nodes.Expression], name: str
) -> Iterable[tuple[int, list[str]]]:
    """Yield line and arguments of each decorator of this name: two at least, empty where they are not written."""
    outside = cls.scope.parent or cls.scope
    for decorator in decorators:
        if (
            isinstance(decorator, nodes.Call)
            and call.interpreter.qualified_name(decorator, outside) == f"{MODULE}.{name}"
        ):
            given = [text_of(call.interpreter.evaluate(argument.value, outside)) for argument in decorator.arguments]
            yield decorator.line, [*given, "", ""]
