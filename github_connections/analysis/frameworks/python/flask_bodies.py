"""What Flask's REST extensions say that a view takes and gives: parsers of arguments, and schemas in decorators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.python import flask_restx_models
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    ListValue,
    ObjectValue,
    Value,
    source_of,
)
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument, named_arguments
from github_connections.analysis.syntax.walking import nodes_in

# Where a parser of arguments looks for one, by the word it says so with.
LOCATIONS: dict[str, ParameterPlace] = {
    "args": "query",
    "values": "query",
    "query": "query",
    "form": "form",
    "json": "body",
    "files": "file",
    "headers": "header",
    "cookies": "cookie",
}
# Decorators with the schema of what a view takes: Smorest's, webargs', RESTX's; and of what it gives.
TAKING = frozenset({"arguments", "use_args", "use_kwargs", "expect", "input", "body"})
_LISTING = frozenset({"arguments", "use_args", "use_kwargs"})
# Under which the interpreter keeps the parsers of modules.
_KNOWN = "parsers of arguments"
GIVING = frozenset({"response", "marshal_with", "marshal_list_with", "output"})


def parsed(interpreter: Interpreter, view: FunctionValue, method: str) -> list[Parameter]:
    """Return the arguments of the parsers that a view calls, or that are said to be expected: `parser.parse_args()`,
    `@api.expect(parser)`."""
    used = {
        source_of(item.function.of)
        for item in nodes_in(view.node.body)
        if isinstance(item, nodes.Call)
        and isinstance(item.function, nodes.Member)
        and item.function.name == "parse_args"
    }
    for decorator in _calls(view, frozenset({"expect"})):
        used.update(source_of(one.value) for one in decorator.arguments)
    if not used:
        return []
    parsers = _parsers_of(interpreter, view.scope.file, method)
    own = list(_done_in(_own_places(interpreter, view)))
    parsers = {name: dict(made) for name, made in parsers.items()} if own else parsers
    for parser, call in own:
        _carry_out(parsers, parser, call, method)
    found = {one.name: one for name in sorted(used) for one in parsers.get(name, {}).values()}
    return list(found.values())[: rows.MAXIMUM_PARAMETERS]


def _carry_out(parsers: dict[str, dict[str, Parameter]], parser: str, call: nodes.Call, method: str) -> None:
    """Do to a parser's arguments what a call does: `add_argument`, `remove_argument`, or being a copy of another's."""
    done = nodes.last_name(call.function)
    first = first_argument(call)
    if done == "copy" and isinstance(call.function, nodes.Member):
        parsers[parser] = dict(parsers.get(source_of(call.function.of), {}))
    elif done == "add_argument":
        parsers.setdefault(parser, {}).update((one.name, one) for one in _argument(call, method))
    elif isinstance(first, nodes.Text):
        parsers.setdefault(parser, {}).pop(first.value, None)


def _parsers_of(interpreter: Interpreter, file: File, method: str) -> dict[str, dict[str, Parameter]]:
    """Return the parsers of a module; it is gone through once for all of its views."""
    known: dict[tuple[str, str], dict[str, dict[str, Parameter]]] = interpreter.state.setdefault(_KNOWN, {})
    key = (file.path, method)
    if key not in known:
        parsers = known[key] = {}
        for parser, call in _done_in([one for one in file.module.body if isinstance(one, nodes.Call | nodes.Assign)]):
            _carry_out(parsers, parser, call, method)
    return known[key]


def _own_places(interpreter: Interpreter, view: FunctionValue) -> list[nodes.Statement]:
    """Return what the constructor of a view's class does, and the view itself."""
    places = list(view.node.body)
    if isinstance(view.this, ObjectValue) and view.this.cls is not None:
        constructor = interpreter.member(view.this.cls, "__init__")
        places = [*(constructor.node.body if isinstance(constructor, FunctionValue) else ()), *places]
    return places


def _done_in(places: Iterable[nodes.Statement]) -> Iterator[tuple[str, nodes.Call]]:
    """Yield what is done to which parser."""
    for item in nodes_in([*places]):
        match item:
            case nodes.Call(function=nodes.Member(of=parser, name="add_argument" | "remove_argument")):
                yield source_of(parser), item
            case nodes.Assign(target=target, value=nodes.Call(function=nodes.Member(name="copy")) as call):
                yield source_of(target), call


def _argument(call: nodes.Call, method: str) -> Iterator[Parameter]:
    named = named_arguments(call)
    name = call.arguments[0].value if call.arguments and not call.arguments[0].name else named.get("name")
    if isinstance(name, nodes.Text):
        yield Parameter(
            name=name.value,
            place=_place_of(call, method),
            type=source_of(named["type"]) if "type" in named else "",
            required=named.get("required") == nodes.Constant(True),
        )


def listed(interpreter: Interpreter, view: FunctionValue, method: str) -> list[Parameter]:
    """Return the fields that decorators list by name, `@use_kwargs({"tag": fields.Str()})`, and those of schemas that
    are not of a body: `@blueprint.arguments(Filters, location="query")`, or before a view that takes none."""
    found: list[Parameter] = []
    for call in _calls(view, _LISTING):
        place = _place_of(call, method)
        for argument in call.arguments[:1]:
            value = interpreter.evaluate(argument.value, view.scope)
            cls = value.cls if isinstance(value, ObjectValue) else value
            if isinstance(argument.value, nodes.Mapping):
                named = [
                    (one.key.value, one.value) for one in argument.value.entries if isinstance(one.key, nodes.Text)
                ]
                found += [_field(name, said, place) for name, said in named]
            elif isinstance(cls, ClassValue) and place != "body":
                found += [_field(name, said, place) for name, said in _fields(interpreter, cls)]
    return found + flask_restx_models.expected(interpreter, view) if method not in rows.READING else found


def _place_of(call: nodes.Call, method: str) -> ParameterPlace:
    """Return where `location="query"`, or the first of several, says; else where what is sent with a verb is."""
    said = nodes_in(named_arguments(call).get("location"))
    words = [one.value for one in said if isinstance(one, nodes.Text)]
    usual: ParameterPlace = "query" if method in rows.READING else "body"
    return next((LOCATIONS[word] for word in words if word in LOCATIONS), usual)


def _fields(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[str, nodes.Expression]]:
    """Yield the fields of a schema and of its bases: `page = fields.Int(required=True)`."""
    for owner in (*reversed(interpreter.bases(cls)), cls):
        for statement in owner.node.body if isinstance(owner, ClassValue) else ():
            match statement:
                case nodes.Assign(target=nodes.Name(id=name), value=nodes.Call() as said) if nodes.last_name(
                    said.function
                )[:1].isupper():
                    yield name, said


def _field(name: str, said: nodes.Expression, place: ParameterPlace) -> Parameter:
    """Return a field as a parameter, with the name that requests have it by."""
    named = named_arguments(said) if isinstance(said, nodes.Call) else {}
    key = named.get("data_key", named.get("load_from"))
    return Parameter(
        name=key.value if isinstance(key, nodes.Text) else name,
        place=place,
        type=nodes.last_name(said.function) if isinstance(said, nodes.Call) else "",
        required=named.get("required") == nodes.Constant(True),
    )


def models_of(interpreter: Interpreter, view: Value) -> tuple[str, str]:
    """Return the schemas of what a view takes as its body and of what it gives, where they are classes."""
    if not isinstance(view, FunctionValue):
        return "", ""
    taken = (call for call in _calls(view, TAKING) if not _is_elsewhere(call))
    return _first(interpreter, view, taken), _first(interpreter, view, _calls(view, GIVING))


def _calls(view: FunctionValue, names: frozenset[str]) -> Iterator[nodes.Call]:
    for decorator in view.node.decorators:
        if isinstance(decorator, nodes.Call) and nodes.bare_name(decorator) in names:
            yield decorator


def _is_elsewhere(call: nodes.Call) -> bool:
    """Tell whether a schema is of the query or the headers: `location="query"`."""
    said = named_arguments(call).get("location")
    return isinstance(said, nodes.Text) and LOCATIONS.get(said.value) not in ("body", "form")


def _first(interpreter: Interpreter, view: FunctionValue, calls: Iterable[nodes.Call]) -> str:
    for call in calls:
        for argument in call.arguments:
            name = _class_in(interpreter.evaluate(argument.value, view.scope))
            if name:
                return name
    return ""


def _class_in(value: Value) -> str:
    if isinstance(value, ListValue) and len(value.items) == 1:
        value = value.items[0]
    if isinstance(value, ObjectValue):
        value = value.cls
    return value.node.name if isinstance(value, ClassValue) else ""
