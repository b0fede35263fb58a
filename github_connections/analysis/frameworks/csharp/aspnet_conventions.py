"""Patterns of ASP.NET Core for controllers without routes of their own, and who may call what is mapped."""

from __future__ import annotations

import re
from typing import Any

from github_connections.analysis.frameworks.csharp.aspnet_filters import asks_who_calls
from github_connections.analysis.frameworks.csharp.aspnet_options import settled
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.values import (
    Behaviour,
    ClassValue,
    External,
    Kind,
    Thing,
    Value,
    entries_of,
    is_known,
    source_of,
    text_of,
)

_DEFAULT = "{controller=Home}/{action=Index}/{id?}"
_NAMED = re.compile(r"(\w+)Controller\b")


def convention(call: Invocation) -> Value:
    """`MapControllerRoute(name, pattern, defaults)`."""
    pattern = call.text(1, "pattern") or call.text(1, "template") or call.text(1, "url")
    return _conventional(call, pattern, call.value(2, "defaults"))


def area_convention(call: Invocation) -> Value:
    """`MapAreaControllerRoute(name, area, pattern, defaults)`."""
    pattern = call.text(2, "pattern") or call.text(2, "template")
    return _conventional(call, pattern, call.value(3, "defaults"), call.text(1, "areaName"))


def _conventional(call: Invocation, pattern: str, defaults: Value, area: str = "") -> Value:
    said = entries_of(defaults)
    action = (_controller_of(said.get("controller", "")), text_of(said.get("action", "")))
    area = area or text_of(said.get("area", ""))
    said = {"kind": "convention", "area": area, "action": action}
    return registered(call, settled(call.interpreter, pattern), **said)


def _controller_of(value: Value) -> str:
    """Return the name of a controller; of `typeof(AdminController).ControllerName()` that of the class."""
    text = text_of(value)
    made = value.made_by.node if isinstance(value, External) and value.made_by is not None else None
    named = None if is_known(text) else _NAMED.search(source_of(made) if made is not None else text)
    return named.group(1) if named else text


def default_convention(call: Invocation) -> Value:
    """`MapDefaultControllerRoute()`."""
    return registered(call, _DEFAULT, kind="convention", area="")


def registered(call: Invocation, path: str, **said: Any) -> Value:
    """Register what is no route by itself; it is handed back, so that `RequireAuthorization` is said of it alone."""
    return Thing(ROUTE, call.place, {"route": call.receiver.add([], path, call.place, **said)})


# --- who may call ----------------------------------------------------------------------------------------------------


def _required(call: Invocation) -> Value:
    return _said(call, "required")


def _open(call: Invocation) -> Value:
    return _said(call, "none")


def _said(call: Invocation, state: str) -> Value:
    holder = call.receiver.data["route"].options if call.receiver.kind is ROUTE else call.receiver.options
    holder["auth"] = (state, call.place, call.name)
    return call.receiver


def _filtered(call: Invocation) -> Value:
    """`AddEndpointFilter<ApiKeyFilter>()`, `AddEndpointFilter(async (context, next) => …)`."""
    filtering = call.named.get("<>") or call.value(0)
    return _said(call, "required") if asks_who_calls(call.interpreter, filtering) else call.receiver


def _produces(call: Invocation) -> Value:
    """`Produces<Order>()`: what a route answers where all is well."""
    kind, status = call.named.get("<>"), call.value(0, "statusCode")
    if isinstance(kind, ClassValue) and call.receiver.kind is ROUTE and status in (None, 200, 201):
        call.receiver.data["route"].options.setdefault("answers", kind.node.name)
    return call.receiver


AUTH: dict[str, Behaviour] = {
    "RequireAuthorization": _required,
    "AllowAnonymous": _open,
    "AddEndpointFilter": _filtered,
}
ROUTE = Kind("aspnet route", methods={**AUTH, "Produces": _produces}, is_router=False)
