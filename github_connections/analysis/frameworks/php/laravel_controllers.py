"""Laravel before 5.3: controllers whose methods say by their names what they answer, and the log-in of 5.2.

https://laravel.com/docs/5.2/controllers#implicit-controllers
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.php.laravel_facade import add_route
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import ClassValue, Value, entries_of, text_of
from github_connections.analysis.report import ANY_METHOD
from github_connections.analysis.syntax import nodes

_ANSWERS = re.compile(r"(any|get|post|put|patch|delete|options)([A-Z]\w*)")
_HIDDEN = frozenset({"private", "protected", "static"})
# What `Route::auth()` registers in 5.2, whose routes stand in app/Http/routes.php.
AUTH_ROUTES = (
    (("GET", "POST"), "login"), (("GET",), "logout"), (("GET", "POST"), "register"),
    (("GET",), "password/reset/{token?}"), (("POST",), "password/email"), (("POST",), "password/reset"),
)  # fmt: skip


def add_auth_routes(call: Invocation) -> None:
    """Add what `Route::auth()` of 5.2 stands for."""
    for methods, path in AUTH_ROUTES:
        add_route(call, methods, path, None, page=True)


def controllers(call: Invocation) -> Value:
    """`Route::controllers(['users' => 'UserController'])`."""
    for path, name in entries_of(call.value(0)).items():
        add_methods(call, path, name)
    return None


def add_methods(call: Invocation, path: str, controller: Value) -> None:
    """`Route::controller('users', 'UserController')`: `getProfile($id)` is GET /users/profile/{id}."""
    cls = _class_of(call, controller)
    for method in cls.node.body if cls is not None else ():
        if not isinstance(method, nodes.Function) or not _HIDDEN.isdisjoint(method.modifiers):
            continue
        match = _ANSWERS.fullmatch(method.name)
        if match is not None and cls is not None:
            verb, rest = match.groups()
            pieces = [path.strip("/"), *_segments(rest), *_variables(method)]
            methods = [ANY_METHOD if verb == "any" else verb.upper()]
            add_route(call, methods, "/".join(pieces), f"{cls.node.name}@{method.name}")


def _class_of(call: Invocation, controller: Value) -> ClassValue | None:
    if isinstance(controller, ClassValue):
        return controller
    name = text_of(controller).rpartition("\\")[2]
    for file in call.interpreter.program.declaring("php", name):
        for cls in classes_in(file.scope):
            if cls.node.name == name:
                return cls
    return None


def _segments(name: str) -> list[str]:
    """`CreateAccount` → `create-account`; `Index` adds nothing."""
    dashed = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
    return [] if dashed == "index" else [dashed]


def _variables(method: nodes.Function) -> Iterator[str]:
    for parameter in method.parameters:
        if parameter.type is None:  # what has a type is injected
            yield "{" + parameter.name.lstrip("$") + ("?" if parameter.default is not None else "") + "}"
