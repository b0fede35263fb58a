"""JSONAPI::Resources in Rails' routes: what `jsonapi_resources` adds for a resource and for its relationships.

https://jsonapi-resources.com/v0.10/guide/routing.html
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from github_connections.analysis.frameworks.inflection import plural, singular, underscored
from github_connections.analysis.frameworks.ruby.rails_blocks import member_of
from github_connections.analysis.frameworks.ruby.rails_resources import declare_resource
from github_connections.analysis.frameworks.ruby.ruby_classes import NamedClass, RubyClasses, written_name
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Behaviour, FunctionValue, ListValue, Value, text_of, texts_of
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import without_return

_CLASSES = "rails classes of resources"
_FORMS = ("new", "edit")
_CHANGING = ("create", "update", "destroy")
_DEEPEST = 8  # of classes that are derived from each other
# The actions on a relationship to many and to one, with their verbs.
_LINKS = {"show": ("GET",), "create": ("POST",), "update": ("PUT", "PATCH"), "destroy": ("DELETE",)}
_LINK = {name: verbs for name, verbs in _LINKS.items() if name != "create"}


class _Relationship(Struct, frozen=True):
    """What a resource is related to: one or many, of the type whose controller answers."""

    to_many: bool
    type: str


class _Resource(Struct):
    """What the classes of a resource declare."""

    relationships: dict[str, _Relationship] = field(default_factory=dict)
    immutable: bool = False


def _resources(*, many: bool) -> Behaviour:
    def declare(call: Invocation) -> Value:
        """`jsonapi_resources :plant_parts`: without forms, at `/plant-parts`."""
        blocks = [value for value in call.positional if isinstance(value, FunctionValue)]
        for name in [text_of(value) for value in call.positional if isinstance(value, str)]:
            read_only = _resource(call, call.receiver, name).immutable
            unwanted = [*texts_of(call.named.get("except")), *_FORMS, *(_CHANGING if read_only else ())]
            said = {"path": _dashed(name), **call.named, "except": ListValue(list(unwanted), call.place)}
            inner = declare_resource(replace(call, positional=[name, *blocks], named=said), name, many=many)
            if not blocks:
                _relationships(replace(call, receiver=inner, positional=[], named={}))
        return None

    return declare


def _relationships(call: Invocation) -> Value:
    """`jsonapi_relationships`: all that the class of the resource has."""
    for name, one in _resource(call, call.receiver).relationships.items():
        _links(call, name, to_many=one.to_many)
        _related(call, name, to_many=one.to_many)
    return None


def _one(*, linked: bool, to_many: bool) -> Behaviour:
    def declare(call: Invocation) -> Value:
        """`jsonapi_links :comments`, `jsonapi_related_resource :author`."""
        (_links if linked else _related)(call, call.text(0), to_many=to_many)
        return None

    return declare


def _links(call: Invocation, name: str, *, to_many: bool) -> None:
    table = _LINKS if to_many else _LINK
    only, unwanted = texts_of(call.named.get("only")), texts_of(call.named.get("except"))
    read_only = _resource(call, call.receiver).immutable
    for action, verbs in table.items():
        if action in (only or table) and action not in unwanted and not (read_only and action != "show"):
            handler = _handler(call.receiver, f"{action}_relationship")
            _below(call).add(list(verbs), f"relationships/{_dashed(name)}", call.place, handler)


def _related(call: Invocation, name: str, *, to_many: bool) -> None:
    known = _resource(call, call.receiver).relationships.get(name)
    action = "index_related_resources" if to_many else "show_related_resource"
    handler = _handler(call.receiver, action, plural(name) if known is None else known.type)
    _below(call).add(["GET"], _dashed(name), call.place, handler)


def _below(call: Invocation) -> Router:
    router: Router = call.receiver
    return member_of(call, router) if router.data.get("context") == "resources" else router


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _handler(router: Router, action: str, controller: str = "") -> str:
    named = controller or router.data.get("controller", "")
    return f"{router.data.get('module', '')}/{named}#{action}".lstrip("/")


def _resource(call: Invocation, router: Router, name: str = "") -> _Resource:
    """Return what the class of a resource says, with all that it is derived from; nothing for one that is not there."""
    path = f"{router.data.get('module', '')}/{singular(name or router.data.get('name', ''))}Resource"
    wanted = path.replace("/", "").replace("_", "").lower()
    last = "".join(part.capitalize() for part in path.rpartition("/")[2].removesuffix("Resource").split("_"))
    classes: RubyClasses = call.interpreter.state.setdefault(_CLASSES, RubyClasses(call.interpreter.program))
    found = _Resource()
    for cls in classes.ending(f"{last}Resource"):
        if cls.name.replace("::", "").lower() == wanted:
            for one in _line(classes, cls, 0):
                _read(one, found)
            break
    return found


def _line(classes: RubyClasses, cls: NamedClass, depth: int) -> Iterator[NamedClass]:
    if depth < _DEEPEST:
        for base in cls.node.bases:
            for one in classes.named(written_name(base), cls)[:1]:
                yield from _line(classes, one, depth + 1)
        yield from classes.every_part(cls)


def _read(cls: NamedClass, found: _Resource) -> None:
    for written in cls.node.body:
        said = without_return(written)
        word = nodes.bare_name(said) if isinstance(said, nodes.Name | nodes.Call) else ""
        if word in ("immutable", "mutable"):
            found.immutable = word == "immutable"
        elif isinstance(said, nodes.Call) and word in ("has_many", "has_one", "belongs_to"):
            texts = {one.name: one.value.value for one in said.arguments if isinstance(one.value, nodes.Text)}
            name = texts.get("", "")
            kind = underscored(texts["class_name"].rpartition("::")[2]) if "class_name" in texts else name
            found.relationships[name] = _Relationship(word == "has_many", plural(kind))


JSON_API: dict[str, Behaviour] = {
    "jsonapi_resources": _resources(many=True),
    "jsonapi_resource": _resources(many=False),
    "jsonapi_relationships": _relationships,
    "jsonapi_links": _one(linked=True, to_many=True),
    "jsonapi_link": _one(linked=True, to_many=False),
    "jsonapi_related_resources": _one(linked=False, to_many=True),
    "jsonapi_related_resource": _one(linked=False, to_many=False),
}
