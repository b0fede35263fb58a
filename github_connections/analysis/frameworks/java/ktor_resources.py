"""Ktor's typed resources: classes that stand for paths."""

from __future__ import annotations

from github_connections.analysis.frameworks import paths
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, type_name
from github_connections.analysis.syntax import nodes

_RESOURCES = ("Resource", "Location", "Path")
_MAXIMUM_RESOURCES_DEEP = 10


def resource_path(interpreter: Interpreter, cls: ClassValue, depth: int = 0) -> str:
    """Return the path of a class with `@Resource`, below that of the one it has as its parent."""
    own = next(
        (text for text in (_said(interpreter, node, cls) for node in cls.node.decorators) if text is not None), None
    )
    if own is None or depth > _MAXIMUM_RESOURCES_DEEP:
        return ""
    for parameter in cls.node.parameters:
        if isinstance(parameter.type, nodes.Name | nodes.Member):
            parent = interpreter.evaluate(parameter.type, cls.scope)
            if isinstance(parent, ClassValue) and parent.node is not cls.node and is_resource(parent):
                return paths.join([resource_path(interpreter, parent, depth + 1), own])
    return own


def _said(interpreter: Interpreter, node: nodes.Expression, cls: ClassValue) -> str | None:
    if isinstance(node, nodes.Call) and type_name(node.function) in _RESOURCES:
        given = node.arguments[0].value if node.arguments else nodes.Text("")
        return interpreter.text(given, cls.scope)
    return None


def is_resource(cls: ClassValue) -> bool:
    """Tell whether a class stands for a path."""
    return any(isinstance(node, nodes.Call) and type_name(node.function) in _RESOURCES for node in cls.node.decorators)
