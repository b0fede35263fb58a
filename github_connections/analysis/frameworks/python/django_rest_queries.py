"""What a list of Django REST framework can be asked by: filters, a search, an order, a page."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.python.django_rest_permissions import attribute_of
from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    ListValue,
    MapValue,
    Value,
    is_known,
    items_in,
    texts_of,
)
from github_connections.analysis.meta_fields import meta_of
from github_connections.analysis.report import Parameter
from github_connections.analysis.syntax import nodes

# What the library's ways of paging read, by the last part of their names.
PAGING = {
    "PageNumberPagination": ("page",),
    "LimitOffsetPagination": ("limit", "offset"),
    "CursorPagination": ("cursor",),
}
_BACKENDS = {"SearchFilter": "search", "OrderingFilter": "ordering"}
_SETTINGS = "REST_FRAMEWORK"
_FILTERS = "Filter"


def asked_of_list(interpreter: Interpreter, cls: ClassValue) -> list[Parameter]:
    """Return what the list of a view can be asked by, as its class and the settings say."""
    names = [*_filtered(interpreter, cls), *_by_backends(interpreter, cls), *_paged(interpreter, cls)]
    return [Parameter(name=name, place="query", required=False) for name in dict.fromkeys(names)]


def _filtered(interpreter: Interpreter, cls: ClassValue) -> Iterator[str]:
    for attribute in ("filterset_fields", "filter_fields"):
        yield from _looked_up(attribute_of(interpreter, cls, attribute))
    filters = attribute_of(interpreter, cls, "filterset_class") or attribute_of(interpreter, cls, "filter_class")
    if isinstance(filters, ClassValue):
        for owner in lineage(interpreter, filters):
            yield from _declared(owner)
        yield from _looked_up(meta_of(interpreter, filters).value("fields"))


def _declared(filters: ClassValue) -> Iterator[str]:
    for statement in filters.node.body:
        match statement:
            case nodes.Assign(target=nodes.Name(id=name), value=nodes.Call(function=function)):
                if nodes.last_name(function).endswith(_FILTERS):
                    yield name


def _looked_up(value: Value) -> Iterator[str]:
    """Yield the names of `["colour"]` and of `{"price": ["lt", "exact"]}`."""
    if isinstance(value, ListValue):
        yield from (name for name in texts_of(value) if is_known(name))
    if isinstance(value, MapValue):
        for name, lookups in value.entries.items():
            for lookup in texts_of(lookups):
                yield name if lookup == "exact" else f"{name}__{lookup}"


def _by_backends(interpreter: Interpreter, cls: ClassValue) -> Iterator[str]:
    own = attribute_of(interpreter, cls, "filter_backends")
    backends = own if own is not None else _setting(interpreter, "DEFAULT_FILTER_BACKENDS")
    for name in (_last_name(one) for one in items_in(backends)):
        searches = name != "SearchFilter" or attribute_of(interpreter, cls, "search_fields") is not None
        if name in _BACKENDS and searches:
            yield _BACKENDS[name]


def _paged(interpreter: Interpreter, cls: ClassValue) -> Iterator[str]:
    if any(_says_none(owner) for owner in lineage(interpreter, cls)):
        return
    own = attribute_of(interpreter, cls, "pagination_class")
    paging = own if own is not None else _setting(interpreter, "DEFAULT_PAGINATION_CLASS")
    names = [_last_name(paging)]
    if isinstance(paging, ClassValue):
        names += [_last_name(base) for base in interpreter.bases(paging)]
    yield from next((PAGING[name] for name in names if name in PAGING), ())
    for attribute in ("page_size_query_param", "limit_query_param") if isinstance(paging, ClassValue) else ():
        said = attribute_of(interpreter, paging, attribute)
        if isinstance(said, str) and is_known(said):
            yield said


def _says_none(owner: ClassValue) -> bool:
    said = (one for one in owner.node.body if isinstance(one, nodes.Assign))
    return any(one.target == nodes.Name("pagination_class") and one.value == nodes.Constant(None) for one in said)


def _setting(interpreter: Interpreter, name: str) -> Value:
    for file in interpreter.program.declaring("python", _SETTINGS):
        value = interpreter.own_name(file, _SETTINGS)
        if isinstance(value, MapValue) and name in value.entries:
            return value.entries[name]
    return None


def _last_name(value: Value) -> str:
    if isinstance(value, ClassValue):
        return value.node.name
    name = value if isinstance(value, str) else value.name if isinstance(value, External) else ""
    return name.rpartition(".")[2]
