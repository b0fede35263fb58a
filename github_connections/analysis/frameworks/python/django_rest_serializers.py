"""What views of Django REST framework take and give, as far as they say it: their `serializer_class`."""

from __future__ import annotations

from github_connections.analysis.frameworks.python.django_rest_permissions import attribute_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue, Value

# The verbs that bring a body.
BRINGING = ("POST", "PUT", "PATCH")


def of_view(interpreter: Interpreter, cls: ClassValue) -> str:
    """Return the serializer of a view; empty where a method chooses among several."""
    if isinstance(attribute_of(interpreter, cls, "get_serializer_class"), FunctionValue):
        return ""
    return name_of(attribute_of(interpreter, cls, "serializer_class"))


def name_of(serializer: Value) -> str:
    """Return the name of a serializer of the program; empty for anything else."""
    return serializer.node.name if isinstance(serializer, ClassValue) else ""


def bodies(method: str, serializer: str, *, answers: bool) -> tuple[str, str]:
    """Return what a verb takes and what it gives; `answers` tells whether the library's own code writes the answer."""
    return serializer if method in BRINGING else "", serializer if answers and method != "DELETE" else ""
