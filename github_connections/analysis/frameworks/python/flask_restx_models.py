"""Models of Flask-RESTX: `api.model("Pen", {"colour": fields.String(required=True)})`, and what views expect."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import Behaviour, FunctionValue, Kind, ListValue, Thing, Value
from github_connections.analysis.report import Parameter
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments

MODEL = Kind("model of RESTX", is_router=False)
# `inherit` and `clone` name other models before their own fields.
MAXIMUM_PARENTS_DEEP = 5


def _model(call: Invocation) -> Value:
    parents = [value for value in call.positional if isinstance(value, Thing) and value.kind is MODEL]
    return Thing(MODEL, call.place, {"call": call, "parents": parents})


# What an API or a namespace makes models by.
METHODS: dict[str, Behaviour] = dict.fromkeys(("model", "inherit", "clone"), _model)


def expected(interpreter: Interpreter, view: FunctionValue) -> list[Parameter]:
    """Return the fields of the models that `@api.expect(model)` names, without those that are only read."""
    found: dict[str, Parameter] = {}
    for decorator in view.node.decorators:
        if isinstance(decorator, nodes.Call) and nodes.bare_name(decorator) == "expect":
            for argument in decorator.arguments:
                value = interpreter.evaluate(argument.value, view.scope) if not argument.name else None
                inside = value.items[0] if isinstance(value, ListValue) and value.items else value
                found.update((one.name, one) for one in _fields(inside, set(), 0))
    return list(found.values())


def _fields(value: Value, seen: set[int], deep: int) -> Iterator[Parameter]:
    """Yield the fields of a model and of those that it names; each once, however many name it."""
    if not isinstance(value, Thing) or value.kind is not MODEL or deep > MAXIMUM_PARENTS_DEEP or id(value) in seen:
        return
    seen.add(id(value))
    for parent in value.data["parents"]:
        yield from _fields(parent, seen, deep + 1)
    call: Invocation = value.data["call"]
    for argument in call.node.arguments if call.node is not None else ():
        for entry in argument.value.entries if isinstance(argument.value, nodes.Mapping) else ():
            if isinstance(entry.key, nodes.Text) and isinstance(entry.value, nodes.Call):
                yield from _field(entry.key.value, entry.value)


def _field(name: str, said: nodes.Call) -> Iterator[Parameter]:
    named = named_arguments(said)
    if named.get("readonly") != nodes.Constant(True):
        required = named.get("required") == nodes.Constant(True)
        yield Parameter(name=name, place="body", type=nodes.last_name(said.function), required=required)
