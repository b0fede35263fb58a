"""Symfony's forms: the fields of the types that a method makes forms of, under the names that they are sent by."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# https://symfony.com/doc/current/reference/forms/types.html: what a field of a type is sent as.
_TYPES = {
    "TextType": "string", "TextareaType": "string", "EmailType": "email", "PasswordType": "string",
    "UrlType": "url", "SearchType": "string", "TelType": "string", "ColorType": "string", "HiddenType": "string",
    "IntegerType": "integer", "NumberType": "number", "MoneyType": "number", "PercentType": "number",
    "RangeType": "number", "DateType": "date", "BirthdayType": "date", "DateTimeType": "datetime",
    "TimeType": "time", "CheckboxType": "boolean", "FileType": "file", "CollectionType": "array",
    "RepeatedType": "object", "UuidType": "uuid", "UlidType": "string",
}  # fmt: skip
_BUTTONS = frozenset({"SubmitType", "ButtonType", "ResetType"})
_MAKES = frozenset({"createForm", "create"})
_BUILDERS = frozenset({"$builder", "$formBuilder"})
_DEEPEST = 3  # of forms inside forms
_MAXIMUM_FIELDS = 500  # of all the forms that a method makes
_WORD = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z\d])(?=[A-Z])")


class _Field(Struct, frozen=True):
    """One `->add('title', TextType::class, ['required' => false])`."""

    name: str
    kind: nodes.Expression | None
    options: dict[str, nodes.Expression]


class Forms:
    """Reads forms; each method once."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._known: dict[int, list[Parameter]] = {}
        self._built: dict[int, list[_Field]] = {}  # what each method that builds a form adds to it
        self._left = 0  # how many fields may follow

    def fields_of(self, method: nodes.Function, scope: Scope) -> list[Parameter]:
        """Return the fields of the forms that a method makes. The whole body that is handed to `submit` has no
        form's name before its fields."""
        if id(method) not in self._known:
            known = list(nodes_in(method.body))
            calls = [item for item in known if isinstance(item, nodes.Call)]
            self._left = _MAXIMUM_FIELDS
            found = list(self._made(calls, scope, "body" if _takes_whole_body(known) else "form"))
            self._known[id(method)] = list({one.name: one for one in found}.values())
        return self._known[id(method)]

    def _made(self, calls: list[nodes.Call], scope: Scope, place: ParameterPlace) -> Iterator[Parameter]:
        for call in calls:
            arguments = [argument.value for argument in call.arguments]
            word, name = _last(call), None
            if word == "createNamed":
                name, arguments = _text(arguments[:1]), arguments[1:]
            elif word not in _MAKES:
                continue
            cls = self._class(arguments[0], scope) if arguments else None
            if cls is not None:
                before = "" if place == "body" else self._name(cls) if name is None else name
                yield from self._of_type(cls, before, place, 0)
        for field in _added([call for call in calls if _is_of_builder(call)]):
            yield from self._parameters(field, "" if place == "body" else "form", place, scope, _DEEPEST)

    def _class(self, written: nodes.Expression | None, scope: Scope) -> ClassValue | None:
        """Return the type of form that `TaskType::class` means, where the program declares it."""
        match written:
            case nodes.Member(of=of, name="class"):
                value = self._interpreter.evaluate(of, scope)
                return value if isinstance(value, ClassValue) and self._building(value) else None
        return None

    def _building(self, cls: ClassValue) -> list[tuple[ClassValue, nodes.Function]]:
        """Return what builds a form: its own method, and that of a base which it calls."""
        found: list[tuple[ClassValue, nodes.Function]] = []
        for owner in lineage(self._interpreter, cls):
            method = next((item for item in owner.node.body if getattr(item, "name", "") == "buildForm"), None)
            if isinstance(method, nodes.Function):
                found.append((owner, method))
                calls = [item for item in nodes_in(method.body) if isinstance(item, nodes.Call)]
                if not any(_last(call) == "buildForm" for call in calls):
                    break
        return found

    def _of_type(self, cls: ClassValue, before: str, place: ParameterPlace, depth: int) -> Iterator[Parameter]:
        for owner, method in self._building(cls):
            if id(method) not in self._built:
                calls = [item for item in nodes_in(method.body) if isinstance(item, nodes.Call)]
                self._built[id(method)] = list(_added(calls))
            for field in self._built[id(method)]:
                yield from self._parameters(field, before, place, owner.scope, depth)

    def _parameters(
        self, field: _Field, before: str, place: ParameterPlace, scope: Scope, depth: int
    ) -> Iterator[Parameter]:
        name = f"{before}[{field.name}]" if before else field.name
        kind = nodes.bare_name(field.kind.of) if isinstance(field.kind, nodes.Member) else ""
        self._left -= 1
        if kind in _BUTTONS or self._left < 0:
            return
        inner = self._class(field.kind, scope) if depth < _DEEPEST and kind not in _TYPES else None
        if inner is not None:
            yield from self._of_type(inner, name, place, depth + 1)
            return
        said = _TYPES.get(kind, "array" if _is(field.options.get("multiple"), wanted=True) else "")
        where: ParameterPlace = "file" if said == "file" else place
        asked = field.options.get("required")
        yield Parameter(name=name, place=where, type=said, required=asked is None or _is(asked, wanted=True))

    def _name(self, cls: ClassValue) -> str:
        """Return the name that a form has: what its type says, else `registration_form` of RegistrationFormType."""
        for owner in lineage(self._interpreter, cls):
            for item in owner.node.body:
                if isinstance(item, nodes.Function) and item.name in ("getBlockPrefix", "getName"):
                    return next((_text([one.value]) for one in item.body if isinstance(one, nodes.Return)), "")
        name = cls.node.name.removesuffix("Type") or cls.node.name
        return _WORD.sub("_", name).lower()


def _added(calls: list[nodes.Call]) -> Iterator[_Field]:
    """Yield the fields that calls add, as they are written: the last of a chain is its outermost call."""
    added = [call for call in calls if _last(call) == "add" and call.arguments]
    added.reverse()
    for call in sorted(added, key=lambda one: one.line):
        name = _text([call.arguments[0].value])
        others = [argument.value for argument in call.arguments[1:]]
        options = next((item for item in others if isinstance(item, nodes.Mapping)), None)
        said = {
            entry.key.value: entry.value
            for entry in (options.entries if options is not None else ())
            if isinstance(entry.key, nodes.Text)
        }
        if name:
            yield _Field(name, others[0] if others else None, said)


def _is_of_builder(call: nodes.Expression) -> bool:
    """Tell whether a chain of calls begins with `$this->createFormBuilder($task)`, or with `$builder`."""
    while isinstance(call, nodes.Call) and isinstance(call.function, nodes.Member):
        if not isinstance(call.function.of, nodes.Call):
            return _last(call) == "createFormBuilder" or getattr(call.function.of, "id", "") in _BUILDERS
        call = call.function.of
    return False


def _takes_whole_body(known: list[nodes.Node]) -> bool:
    """Tell whether `$form->submit(…)` is given more than one field of a request: `$request->toArray()`, not
    `$request->request->get('user')`."""
    assigned = {
        item.target.id: item.value
        for item in known
        if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name) and item.value is not None
    }
    for item in known:
        if isinstance(item, nodes.Call) and _last(item) == "submit" and item.arguments:
            given = item.arguments[0].value
            given = assigned.get(given.id, given) if isinstance(given, nodes.Name) else given
            return _last(given) != "get"
    return False


def _last(call: nodes.Expression) -> str:
    match call:
        case nodes.Call(function=nodes.Member(name=name)):
            return name
    return ""


def _text(written: list[nodes.Expression] | list[nodes.Expression | None]) -> str:
    return next((item.value for item in written if isinstance(item, nodes.Text)), "")


def _is(written: nodes.Expression | None, *, wanted: bool) -> bool:
    return isinstance(written, nodes.Constant) and written.value is wanted
