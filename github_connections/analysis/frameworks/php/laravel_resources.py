"""Laravel's resources: what a chain says of them, and the routes that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from github_connections.analysis.frameworks.inflection import singular
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Kind, MapValue, Thing, Value, entries_of, text_of, texts_of
from github_connections.analysis.report import Place

ACTIONS = {
    "index": (("GET",), ""),
    "create": (("GET",), "create"),
    "store": (("POST",), ""),
    "show": (("GET",), "{}"),
    "edit": (("GET",), "{}/edit"),
    "update": (("PUT", "PATCH"), "{}"),
    "destroy": (("DELETE",), "{}"),
}
OF_ONE = ("show", "edit", "update", "destroy")


def all_texts(call: Invocation) -> list[str]:
    """Return the texts of all arguments, arrays among them taken apart."""
    return [text for value in call.positional for text in texts_of(value)]


def _only(call: Invocation) -> Value:
    call.receiver.data["only"] = set(all_texts(call))
    return call.receiver


def _except(call: Invocation) -> Value:
    call.receiver.data["left_out"] |= set(all_texts(call))
    return call.receiver


def _creatable(call: Invocation) -> Value:
    """A singleton that may be made, and then be removed again."""
    without_forms = "edit" in call.receiver.data["left_out"]
    call.receiver.data["left_out"] = {"index", *(("create", "edit") if without_forms else ())}
    return call.receiver


def _destroyable(call: Invocation) -> Value:
    call.receiver.data["left_out"] -= {"destroy"}
    return call.receiver


def _parameters(call: Invocation) -> Value:
    value = call.value(0)
    if isinstance(value, MapValue):
        call.receiver.data["parameters"].update({key: text_of(item) for key, item in value.entries.items()})
    elif isinstance(value, str) and call.name == "parameter":
        call.receiver.data["parameters"][value] = call.text(1)
    return call.receiver


def _shallow(call: Invocation) -> Value:
    call.receiver.data["shallow"] = True
    return call.receiver


def _resource_middleware(call: Invocation) -> Value:
    call.receiver.data["middleware"] += all_texts(call)
    return call.receiver


RESOURCE = Kind(
    "laravel resource",
    methods={
        "only": _only,
        "except": _except,
        "parameters": _parameters,
        "parameter": _parameters,
        "shallow": _shallow,
        "middleware": _resource_middleware,
        "creatable": _creatable,
        "destroyable": _destroyable,
    },
    is_router=False,
)


def resource_of(router: Router, name: str, controller: Value, place: Place) -> Thing:
    """Return a resource of a router, with all its actions so far."""
    said: dict[str, Any] = {
        "left_out": set(),
        "only": None,
        "single": False,
        "parameters": {},
        "shallow": False,
        "middleware": [],
    }
    return Thing(RESOURCE, place, {**said, "name": name, "controller": controller, "router": router})


def add_resource(call: Invocation, router: Router, left_out: Iterable[str], *, single: bool) -> Thing:
    """Remember a resource of a router, or with `single` a singleton, without the actions that are left out."""
    made = resource_of(router, call.text(0), call.value(1), call.place)
    made.data.update(left_out=set(left_out), single=single)
    options = call.value(2)
    if isinstance(options, MapValue):
        made.data["only"] = set(texts_of(options.entries.get("only"))) or None
        made.data["left_out"] |= set(texts_of(options.entries.get("except")))
        made.data["shallow"] = options.entries.get("shallow") is True
        for key, item in entries_of(options.entries.get("parameters")).items():
            made.data["parameters"][key] = text_of(item)
    call.interpreter.things.append(made)
    return made


def expand(resource: Thing, verbs: dict[str, str]) -> None:
    """Add the routes of a resource to its router; `verbs` are what the application has for `create` and `edit`."""
    said = resource.data
    names = said["name"].strip("/").split(".")
    variables = [_variable(name, said["parameters"]) for name in names]
    above = "".join(f"{name}/{{{variable}}}/" for name, variable in zip(names[:-1], variables[:-1], strict=True))
    for action, (methods, tail) in ACTIONS.items():
        if action in said["left_out"] or (said["only"] is not None and action not in said["only"]):
            continue
        prefix = "" if said["shallow"] and action in OF_ONE else above
        if said["single"]:
            tail = tail.removeprefix("{}").strip("/")
        tail = re.sub(r"\w+$", lambda match: verbs.get(match.group(), match.group()), tail)
        path = f"{prefix}{names[-1]}/{tail.replace('{}', '{' + variables[-1] + '}')}".rstrip("/")
        said["router"].add(
            list(methods), path, resource.place, said["controller"], action=action, middleware=said["middleware"]
        )


def _variable(name: str, parameters: dict[str, str]) -> str:
    last = name.rpartition("/")[2]
    return parameters.get(name) or parameters.get(last) or singular(last).replace("-", "_")
