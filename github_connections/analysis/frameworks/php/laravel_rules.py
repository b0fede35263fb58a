"""Laravel's validation rules: the fields that they name, in whatever way a method puts them together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee, items_written
from github_connections.analysis.syntax.walking import nodes_in

# https://laravel.com/docs/validation#available-validation-rules: the rules that say what a value is.
_TYPES = {
    "integer": "integer", "int": "integer", "numeric": "number", "decimal": "number", "boolean": "boolean",
    "bool": "boolean", "array": "array", "list": "array", "string": "string", "email": "email", "url": "url",
    "uuid": "uuid", "ulid": "string", "date": "date", "json": "json", "file": "file", "image": "file",
    "mimes": "file", "mimetypes": "file", "accepted": "boolean", "declined": "boolean",
}  # fmt: skip
_REQUIRED = frozenset({"required", "accepted"})
_OF_ITSELF = frozenset({"this", "$this", "self", "static"})
_MAXIMUM_PARTS = 1_000  # of what a method puts its rules together


class Written(Struct):
    """Where rules are written: the class and the body of the method, whose variables they may be in."""

    cls: ClassValue | None
    method: nodes.Function
    # What was looked into already, variables of methods too: rules may be made of themselves.
    seen: set[int | tuple[int, str]] = field(default_factory=set)


class Rules:
    """Reads rules."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._assignments: dict[int, defaultdict[str, list[nodes.Assign]]] = {}

    def of_class(self, cls: ClassValue, default: ParameterPlace) -> Iterator[Parameter]:
        """Yield the fields that the `rules()` of a class of requests says."""
        return _fields(self._returned(cls, "rules", set()), default)

    def of(self, expression: nodes.Expression, where: Written, default: ParameterPlace) -> Iterator[Parameter]:
        """Yield the fields that rules say which stand in a method: `$request->validate($rules)`."""
        return _fields(self._entries(expression, where), default)

    def _returned(
        self, cls: ClassValue, name: str, seen: set[int | tuple[int, str]], before: nodes.Function | None = None
    ) -> Iterator[nodes.Entry]:
        """Yield the entries that a method of a class gives back; with `before` the one that it is in place of."""
        found = [
            (owner, item)
            for owner in lineage(self._interpreter, cls)
            for item in owner.node.body
            if isinstance(item, nodes.Function) and item.name == name
        ]
        at = next((place + 1 for place, (_, method) in enumerate(found) if method is before), 0)
        for owner, method in found[at : at + 1]:
            where = Written(owner, method, seen)
            for item in method.body:
                if isinstance(item, nodes.Return) and item.value is not None:
                    yield from self._entries(item.value, where)

    def _entries(self, expression: nodes.Expression, where: Written) -> Iterator[nodes.Entry]:
        if id(expression) in where.seen or len(where.seen) >= _MAXIMUM_PARTS:
            return
        where.seen.add(id(expression))
        match expression:
            case nodes.Mapping(entries=entries):
                yield from (entry for entry in entries if not isinstance(entry.key, nodes.Spread))
            case nodes.Name(id=name) if name.startswith("$"):
                yield from self._assigned(name, where)
            case nodes.Member() | nodes.Call(function=nodes.Member()):
                yield from self._of_classes(expression, where)
        for part in _parts_of(expression):
            yield from self._entries(part, where)

    def _assigned(self, variable: str, where: Written) -> Iterator[nodes.Entry]:
        """`$rules = […]; $rules['photo'] = 'image';`."""
        key = (id(where.method), variable)
        if key in where.seen:
            return
        where.seen.add(key)
        for item in self._assignments_of(where.method).get(variable, ()):
            if item.value is not None and isinstance(item.target, nodes.Item):
                yield nodes.Entry(item.target.index, item.value)
            elif item.value is not None:
                yield from self._entries(item.value, where)

    def _assignments_of(self, method: nodes.Function) -> dict[str, list[nodes.Assign]]:
        """Return what a method assigns to each variable, or to an item of it."""
        if id(method) not in self._assignments:
            found = self._assignments[id(method)] = defaultdict(list)
            for item in nodes_in(method.body):
                match item:
                    case nodes.Assign(target=nodes.Name(id=name) | nodes.Item(of=nodes.Name(id=name))):
                        found[name].append(item)
        return self._assignments[id(method)]

    def _of_classes(self, expression: nodes.Member | nodes.Call, where: Written) -> Iterator[nodes.Entry]:
        """`self::$rules`, `Boat::RULES`, `$this->rules()`, `parent::rules()`."""
        named = callee(expression)
        if not isinstance(named, nodes.Member):
            return
        cls, before = self._class(named.of, where), None
        if cls is None:
            return
        if isinstance(expression, nodes.Call):
            if named.name == where.method.name and isinstance(named.of, nodes.Name) and named.of.id in _OF_ITSELF:
                before = where.method
            yield from self._returned(cls, named.name, where.seen, before)
            return
        for owner in lineage(self._interpreter, cls):
            for item in owner.node.body:
                if isinstance(item, nodes.Assign) and getattr(item.target, "id", "") == named.name and item.value:
                    yield from self._entries(item.value, replace(where, cls=owner))
                    return

    def _class(self, written: nodes.Expression, where: Written) -> ClassValue | None:
        if where.cls is None or not isinstance(written, nodes.Name):
            return None
        if written.id in _OF_ITSELF:
            return where.cls
        value = None if written.id.startswith("$") else self._interpreter.evaluate(written, where.cls.scope)
        return value if isinstance(value, ClassValue) else None


def _parts_of(expression: nodes.Expression) -> list[nodes.Expression]:
    """Return what rules are put together of: branches, sums, `array_merge(…)`, and `...$these` in an array."""
    match expression:
        case nodes.Choice(options=several) | nodes.Operation(operands=several):
            return several
        case nodes.Call(function=nodes.Name(), arguments=arguments):
            return [argument.value for argument in arguments]
        case nodes.Mapping(entries=entries):
            return [entry.key.value for entry in entries if isinstance(entry.key, nodes.Spread)]
    return []


def _fields(entries: Iterator[nodes.Entry], default: ParameterPlace) -> Iterator[Parameter]:
    """`'title' => 'required|string'`, `'title' => ['required', 'max:255']`; `'address.city'` is inside of `address`.

    A field that has several rules (each branch its own) is required where all of them say so.
    """
    found: dict[str, Parameter] = {}
    for entry in entries:
        if not isinstance(entry.key, nodes.Text):
            continue
        one = _field(entry.key.value, entry.value, default)
        known = found.setdefault(one.name, one)
        if known is not one and "." not in entry.key.value:
            found[one.name] = replace(known, type=known.type or one.type, required=known.required and one.required)
    yield from found.values()


def _field(key: str, rules: nodes.Expression, default: ParameterPlace) -> Parameter:
    name, _, inside = key.partition(".")
    names = _names(rules)
    kind = next((_TYPES[rule] for rule in names if rule in _TYPES), "")
    if inside:
        kind = "array" if inside.startswith("*") else "object"
    place: ParameterPlace = "file" if kind == "file" else default
    return Parameter(name=name, place=place, type=kind, required=not _REQUIRED.isdisjoint(names))


def _names(written: nodes.Expression) -> list[str]:
    """Return the rules' names; of a text put together (`'required|in:' . $types`) those that are written."""
    items = items_written(written)
    texts = [part.value for item in items for part in _parts(item) if isinstance(part, nodes.Text)]
    return [rule.partition(":")[0] for text in texts for rule in text.split("|")]


def _parts(written: nodes.Expression) -> list[nodes.Expression]:
    return written.parts if isinstance(written, nodes.Template) else [written]
