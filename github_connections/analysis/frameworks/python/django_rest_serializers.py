"""What views of Django REST framework take and give: what their documentation says, the serializers that they fill with
a request and answer with, and their `serializer_class`."""

from __future__ import annotations

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.python import django_rest_documented
from github_connections.analysis.frameworks.python.django_rest_permissions import attribute_of
from github_connections.analysis.frameworks.python.python_requests import COPIES, HELD
from github_connections.analysis.linking.classes import library_bases, lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue, Value
from github_connections.analysis.models import fields_of
from github_connections.analysis.report import Parameter
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_SERIALIZER = "Serializer"
# What makes the serializer of a view, and what an answer is.
_OF_VIEW = "get_serializer"
_ANSWER = "Response"


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
    return serializer if method in rows.BRINGING else "", serializer if answers and method != "DELETE" else ""


def is_serializer(interpreter: Interpreter, cls: ClassValue) -> bool:
    """Tell whether a class is derived from one of the library's serializers."""
    names = [*library_bases(interpreter, cls), *(one.node.name for one in lineage(interpreter, cls))]
    return any(name.endswith(_SERIALIZER) for name in names)


def used_by(
    interpreter: Interpreter, functions: list[Value], method: str, said: tuple[str, str], of_view: str = ""
) -> tuple[str, str]:
    """Return what functions take and give where they fill a serializer with a request and answer with one; `said` where
    they do neither. `of_view` is the one that `self.get_serializer()` makes.

    Where they answer with several, which one it is depends on what happens, and none is named.
    """
    known = [one for one in functions if isinstance(one, FunctionValue)]
    documented = [django_rest_documented.said_of(interpreter, one, method) for one in known]
    uses = [_Uses(interpreter, one, of_view) for one in known]
    taken = {name for one in uses for name, held in one.filled if HELD[held] == "body"}
    given = {name for one in uses for name in one.answered}
    takes = next((one.taken for one in documented if one.taken is not None), _one_of(taken) or said[0])
    gives = next((one.given for one in documented if one.given is not None), _one_of(given) or said[1])
    return takes if method in rows.BRINGING else "", gives


def asked_by(interpreter: Interpreter, functions: list[Value], method: str) -> list[Parameter]:
    """Return what functions are documented to read beside a body, and what of the query they read by serializers:
    `Search(data=request.query_params)`."""
    known = [one for one in functions if isinstance(one, FunctionValue)]
    documented = [django_rest_documented.said_of(interpreter, one, method) for one in known]
    uses = [_Uses(interpreter, one, "") for one in known]
    classes = [cls for one in uses for cls, held in one.classes if HELD[held] == "query"]
    fields = [field for cls in classes for field in fields_of(interpreter, cls)]
    read = [Parameter(name=one.name, place="query", type=one.type, required=one.required) for one in fields]
    return [*(one for said in documented for one in said.parameters), *read]


def _one_of(names: set[str]) -> str:
    return names.pop() if len(names) == 1 else ""


class _Uses:
    """What one function does with serializers."""

    def __init__(self, interpreter: Interpreter, function: FunctionValue, of_view: str) -> None:
        self._interpreter = interpreter
        self._scope = function.scope
        self._of_view = of_view
        # Variables that hold a serializer, by its name, and those that hold a part of the request, by its name there.
        self._serializers: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self.filled: list[tuple[str, str]] = []
        self.classes: list[tuple[ClassValue, str]] = []
        self.answered: list[str] = []
        for node in nodes_in(function.node.body):
            match node:
                case nodes.Assign(target=nodes.Name(id=name), value=value) if value is not None:
                    self._note(name, value)
                case nodes.Call():
                    self._look_at(node)

    def _note(self, name: str, value: nodes.Expression) -> None:
        part = self._part(value)
        if part:
            self._parts[name] = part
        elif isinstance(value, nodes.Call) and (made := self._made(value)):
            self._serializers[name] = made

    def _look_at(self, call: nodes.Call) -> None:
        part = next((self._part(one.value) for one in call.arguments if one.name == "data"), "")
        if part and (made := self._made(call)):
            self.filled.append((made, part))
            cls = self._interpreter.evaluate(call.function, self._scope)
            if isinstance(cls, ClassValue):
                self.classes.append((cls, part))
        if nodes.last_name(call.function) == _ANSWER and call.arguments:
            given = self._shown(call.arguments[0].value)
            self.answered += [given] if given else []

    def _made(self, call: nodes.Call) -> str:
        """Return the serializer that a call makes; empty where it makes none."""
        name = nodes.last_name(call.function)
        if name == _OF_VIEW:
            return self._of_view
        if not name[:1].isupper():
            return ""
        made = self._interpreter.evaluate(call.function, self._scope)
        return name_of(made) if isinstance(made, ClassValue) and is_serializer(self._interpreter, made) else ""

    def _shown(self, expression: nodes.Expression) -> str:
        """Return the serializer of `serializer.data`."""
        match expression:
            case nodes.Member(of=nodes.Name(id=name), name="data"):
                return self._serializers.get(name, "")
            case nodes.Member(of=nodes.Call() as call, name="data"):
                return self._made(call)
        return ""

    def _part(self, expression: nodes.Expression) -> str:
        """Return which part of the request an expression is, by its name there; empty where it is none."""
        match expression:
            case nodes.Name(id=name):
                return self._parts.get(name, "")
            case nodes.Member(of=nodes.Name(id="request") | nodes.Member(name="request"), name=name) if name in HELD:
                return name
            case nodes.Call(function=nodes.Member(of=of, name=name)) if name in COPIES:
                return self._part(of)
        return ""
