"""What attributes at the parameters of a Symfony controller map out of the request.

https://symfony.com/doc/current/controller.html#mapping-the-request
"""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.php.php_types import SCALARS, may_be_null
from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as, named_arguments, text_written

_PAYLOAD = "MapRequestPayload"
_MAPPED: dict[str, ParameterPlace] = {
    "MapQueryParameter": "query", "MapQueryString": "query", _PAYLOAD: "body", "MapUploadedFile": "file",
    "MapRequestHeader": "header",
}  # fmt: skip


def mapped(interpreter: Interpreter, method: nodes.Function, scope: Scope) -> Iterator[Parameter]:
    """Yield what a method is given; of a query string each field of the class that it is read into."""
    for parameter in method.parameters:
        for attribute in parameter.decorators:
            word = nodes.bare_name(attribute)
            if word not in _MAPPED:
                continue
            required = parameter.default is None and not may_be_null(parameter)
            fields = list(_fields(interpreter, parameter, scope, required)) if word == "MapQueryString" else []
            yield from fields or [_one(parameter, attribute, required=required)]


def _one(parameter: nodes.Parameter, attribute: nodes.Expression, *, required: bool) -> Parameter:
    word, kind = nodes.bare_name(attribute), nodes.bare_name(parameter.type)
    named = text_written(arguments_as(attribute, "name").get("name")) or parameter.name.lstrip("$")
    model = (_type_of_items(attribute) or kind) if word in (_PAYLOAD, "MapQueryString") else ""
    return Parameter(name=named, place=_MAPPED[word], type=kind, required=required, model=model)


def payload_of(method: nodes.Function) -> str:
    """Return the class that a body is read into; of `#[MapRequestPayload(type: Price::class)] array` that of its
    items."""
    for parameter in method.parameters:
        for attribute in parameter.decorators:
            if nodes.bare_name(attribute) == _PAYLOAD:
                return _type_of_items(attribute) or nodes.bare_name(parameter.type)
    return ""


def _fields(interpreter: Interpreter, parameter: nodes.Parameter, scope: Scope, required: bool) -> Iterator[Parameter]:
    cls = interpreter.evaluate(parameter.type, scope) if parameter.type is not None else None
    for owner in lineage(interpreter, cls) if isinstance(cls, ClassValue) else ():
        for item in owner.node.body:
            match item:
                case nodes.Assign(target=nodes.Name(id=name), type=kind) if "property" in item.modifiers:
                    yield Parameter(name=name, place="query", type=_scalar(kind), required=False)
                case nodes.Function(name="__construct"):
                    yield from _promoted(item, required=required)


def _promoted(constructor: nodes.Function, *, required: bool) -> Iterator[Parameter]:
    """`public function __construct(public string $region)`."""
    set_by = {
        item.value.id
        for item in constructor.body
        if isinstance(item, nodes.Assign)
        and isinstance(item.target, nodes.Member)
        and isinstance(item.value, nodes.Name)
    }
    for one in constructor.parameters:
        if one.name in set_by:
            must = required and one.default is None and not may_be_null(one)
            yield Parameter(name=one.name.lstrip("$"), place="query", type=_scalar(one.type), required=must)


def _scalar(kind: nodes.Expression | None) -> str:
    name = nodes.bare_name(kind)
    return name if name in SCALARS or name == "array" else ""


def _type_of_items(attribute: nodes.Expression) -> str:
    match named_arguments(attribute).get("type"):
        case nodes.Member(of=of, name="class"):
            return nodes.bare_name(of)
    return ""
