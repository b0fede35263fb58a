"""Controllers and actions of ASP.NET Core, and the ways to an action that attributes say."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.csharp.aspnet_attributes import VERBS, Attribute, texts
from github_connections.analysis.linking.values import ClassValue, text_of
from github_connections.analysis.report import ANY_METHOD, Place, Prefix
from github_connections.analysis.syntax import nodes


class Controller(Struct):
    """A class whose public methods answer."""

    cls: ClassValue
    name: str
    area: str
    routes: list[Attribute]
    attributes: list[Attribute]
    certain: bool  # it is derived from a library's controller, or says that it is one
    is_api: bool


class Action(Struct):
    """A public method of a controller with its attributes."""

    function: nodes.Function
    owner: ClassValue
    name: str
    attributes: list[Attribute]


Selector = tuple[str, list[Prefix], str, Place]
_Way = tuple[str, Attribute | None, str, Place]


def selectors_of(controller: Controller, action: Action, before: list[Prefix]) -> Iterator[Selector]:
    """Yield verb, prefixes, own template and place of each way to an action that attributes say; `before` is what a
    convention puts before every template that is not whole by itself."""
    for method, route, template, place in _templates_of(controller, action):
        if _is_whole(template):
            yield method, [], template.removeprefix("~"), place
        elif route is None:
            yield method, before, template, place
        else:
            own = _prefix(route)
            yield method, [own] if _is_whole(route.template or "") else [*before, own], template, place


def _is_whole(template: str) -> bool:
    """A template that begins with `/` or `~/` has nothing before it."""
    return template.startswith(("/", "~/"))


def _prefix(route: Attribute) -> Prefix:
    where = route.place
    return Prefix(value=(route.template or "").removeprefix("~"), file=where.file, line=where.line, how="Route")


def _templates_of(controller: Controller, action: Action) -> Iterator[_Way]:
    """Yield verb, controller's attribute, own template and place of each way."""
    verbs = [item for item in action.attributes if item.name in VERBS or item.name == "AcceptVerbs"]
    bare = [item for item in verbs if _template_of(item) is None]
    templates = [item for item in action.attributes if item.name == "Route" and item.template is not None]
    for item in verbs:
        template = _template_of(item)
        if template is not None:
            yield from _of_verb(controller, item, template)
    for item in templates:
        methods = [name for verb in bare for name in methods_of(verb)] or [ANY_METHOD]
        for method in methods:
            yield from _placed(controller, method, item.template or "", (bare or [item])[0].place)
    if not templates and controller.routes:
        yield from _without_template(controller, action, bare, is_bare=not verbs)


def _without_template(
    controller: Controller, action: Action, verbs: list[Attribute], *, is_bare: bool
) -> Iterator[_Way]:
    """The controller's own template is the whole one, for the verbs named or for any."""
    for item in verbs:
        yield from _of_verb(controller, item, "")
    if is_bare:
        yield from _placed(controller, ANY_METHOD, "", Place(action.owner.scope.file.path, action.function.line))


def _of_verb(controller: Controller, verb: Attribute, template: str) -> Iterator[_Way]:
    for method in methods_of(verb):
        yield from _placed(controller, method, template, verb.place)


def _template_of(attribute: Attribute) -> str | None:
    if attribute.name == "AcceptVerbs":
        route = attribute.named.get("Route")
        return None if route is None else text_of(route)
    return attribute.template


def methods_of(attribute: Attribute) -> list[str]:
    """Return the verbs that an attribute says, in capitals."""
    if attribute.name in VERBS:
        return [VERBS[attribute.name]]
    return [text.upper() for value in attribute.positional for text in texts(value)]


def _placed(controller: Controller, method: str, template: str, place: Place) -> Iterator[_Way]:
    if _is_whole(template) or not controller.routes:
        yield method, None, template, place
        return
    for route in controller.routes:
        yield method, route, template, place
