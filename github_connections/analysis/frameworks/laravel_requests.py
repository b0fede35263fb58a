"""What a Laravel controller's method reads of its request: what it validates, and what it asks for by name."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.laravel_handlers import Answer
from github_connections.analysis.linking.classes import member
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, FunctionValue
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_SCALARS = frozenset({"int", "string", "bool", "float"})
# https://laravel.com/docs/validation#available-validation-rules: the rules that say what a value is.
_TYPES = {
    "integer": "integer", "int": "integer", "numeric": "number", "decimal": "number", "boolean": "boolean",
    "bool": "boolean", "array": "array", "list": "array", "string": "string", "email": "email", "url": "url",
    "uuid": "uuid", "ulid": "string", "date": "date", "json": "json", "file": "file", "image": "file",
    "mimes": "file", "mimetypes": "file",
}  # fmt: skip
# What a request is asked for → where that comes from; empty where it is the query or the body, by the verb.
_ASKED: dict[str, tuple[ParameterPlace | None, str]] = {
    "input": (None, ""), "get": (None, ""), "post": ("body", ""), "query": ("query", ""), "file": ("file", "file"),
    "header": ("header", ""), "cookie": ("cookie", ""), "boolean": (None, "boolean"), "integer": (None, "integer"),
    "float": (None, "number"), "string": (None, "string"), "str": (None, "string"), "date": (None, "date"),
    "enum": (None, "string"), "filled": (None, ""), "has": (None, ""),
}  # fmt: skip
_VALIDATES = frozenset({"validate", "validateWithBag", "make"})


class Requests:
    """Reads methods of controllers, and the classes of requests that they take."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._known: dict[tuple[int, ParameterPlace], list[Parameter]] = {}

    def parameters(self, answer: Answer, methods: list[str]) -> list[Parameter]:
        """Return what a method reads, each name once; of a path's variables those with a type."""
        if answer.method is None:
            return []
        default: ParameterPlace = "query" if rows.WITHOUT_BODY.issuperset(methods) else "body"
        key = (id(answer.method), default)
        if key not in self._known:
            found: dict[str, Parameter] = {}
            for one in [*self._of_signature(answer, default), *_in_body(answer.method, default)]:
                found.setdefault(one.name, one)
            self._known[key] = list(found.values())
        return self._known[key]

    def model(self, answer: Answer) -> str:
        """Return the class of requests that a method takes, where the program declares it."""
        return next((cls.node.name for cls in self._taken(answer)), "")

    def _of_signature(self, answer: Answer, default: ParameterPlace) -> Iterator[Parameter]:
        for parameter in answer.method.parameters if answer.method is not None else ():
            if isinstance(parameter.type, nodes.Name) and parameter.type.id in _SCALARS:
                required = parameter.default is None
                yield Parameter(
                    name=parameter.name.lstrip("$"), place="path", type=parameter.type.id, required=required
                )
        for cls in self._taken(answer):
            rules = member(self._interpreter, cls, "rules")
            if isinstance(rules, FunctionValue):
                yield from _of_rules(rules.node, default)

    def _taken(self, answer: Answer) -> Iterator[ClassValue]:
        for parameter in answer.method.parameters if answer.method is not None else ():
            if isinstance(parameter.type, nodes.Name | nodes.Member) and answer.scope is not None:
                value = self._interpreter.evaluate(parameter.type, answer.scope)
                if isinstance(value, ClassValue) and isinstance(
                    member(self._interpreter, value, "rules"), FunctionValue
                ):
                    yield value


def _of_rules(function: nodes.Function, default: ParameterPlace) -> Iterator[Parameter]:
    """Yield the fields of `rules()`: of each mapping that it gives back or puts together."""
    for item in function.body:
        value = item.value if isinstance(item, nodes.Return | nodes.Assign) else None
        for mapping in [value] if isinstance(value, nodes.Mapping) else _mappings(value):
            yield from _fields(mapping, default)


def _mappings(value: nodes.Expression | None) -> list[nodes.Mapping]:
    arguments = value.arguments if isinstance(value, nodes.Call) else ()
    return [item.value for item in arguments if isinstance(item.value, nodes.Mapping)]


def _in_body(method: nodes.Function, default: ParameterPlace) -> Iterator[Parameter]:
    """Yield what is validated, and then what is asked for."""
    requests = {item.name for item in method.parameters if "request" in item.name.lower()}
    calls = [item for item in nodes_in(method.body) if isinstance(item, nodes.Call)]
    for call in calls:
        if (
            isinstance(call.function, nodes.Member)
            and call.function.name in _VALIDATES
            and _may_validate(call, requests)
        ):
            for mapping in _mappings(call)[:1]:
                yield from _fields(mapping, default)
    for call in calls:
        match call:
            case nodes.Call(
                function=nodes.Member(of=of, name=name), arguments=[nodes.Argument(value=nodes.Text(value=asked)), *_]
            ) if name in _ASKED and _is_request(of, requests):
                place, kind = _ASKED[name]
                yield Parameter(name=asked.partition(".")[0], place=place or default, type=kind, required=False)
            case nodes.Call(function=nodes.Member(of=of, name="only")) if _is_request(of, requests):
                for name in _picked(call):
                    yield Parameter(name=name.partition(".")[0], place=default, required=False)


def _picked(call: nodes.Call) -> Iterator[str]:
    """`$request->only(['title', 'content'])`, `$request->only('title', 'content')`."""
    for argument in call.arguments:
        listed = argument.value.items if isinstance(argument.value, nodes.Sequence) else [argument.value]
        yield from (item.value for item in listed if isinstance(item, nodes.Text))


def _may_validate(call: nodes.Call, requests: set[str]) -> bool:
    """`$request->validate(…)`, `$this->validate($request, …)`, `Validator::make(…)`."""
    of = call.function.of if isinstance(call.function, nodes.Member) else None
    if isinstance(call.function, nodes.Member) and call.function.name == "make":
        return isinstance(of, nodes.Name) and of.id == "Validator"
    return _is_request(of, requests) or (isinstance(of, nodes.Name) and of.id == "this")


def _is_request(written: nodes.Expression | None, requests: set[str]) -> bool:
    match written:
        case nodes.Name(id=name):
            return name in requests or name == "Request"
        case nodes.Call(function=nodes.Name(id="request"), arguments=[]):
            return True
    return False


def _fields(mapping: nodes.Mapping, default: ParameterPlace) -> Iterator[Parameter]:
    """`'title' => 'required|string'`, `'title' => ['required', 'max:255']`; `'address.city'` is inside of `address`."""
    for entry in mapping.entries:
        if isinstance(entry.key, nodes.Text):
            name, _, inside = entry.key.value.partition(".")
            rules = _rules(entry.value)
            kind = next((_TYPES[rule] for rule in rules if rule in _TYPES), "")
            if inside:
                kind = "array" if inside.startswith("*") else "object"
            place: ParameterPlace = "file" if kind == "file" else default
            yield Parameter(name=name, place=place, type=kind, required="required" in rules)


def _rules(written: nodes.Expression) -> list[str]:
    """Return the rules' names; of a text put together (`'required|in:' . $types`) those that are written."""
    items = written.items if isinstance(written, nodes.Sequence) else [written]
    texts = [part.value for item in items for part in _parts(item) if isinstance(part, nodes.Text)]
    return [rule.partition(":")[0] for text in texts for rule in text.split("|")]


def _parts(written: nodes.Expression) -> list[nodes.Expression]:
    return written.parts if isinstance(written, nodes.Template) else [written]
