"""Whether a Laravel route asks for a log-in: middleware of its groups, of itself and of its controller."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.php.laravel_handlers import Answer, middleware_in
from github_connections.analysis.frameworks.php.laravel_middleware import Middleware, plain, said_by
from github_connections.analysis.frameworks.php.laravel_policies import Policies
from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import ClassValue, texts_of
from github_connections.analysis.report import Auth, AuthSource, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# `auth.session` and AuthenticateSession end other sessions and ask for none; RedirectIfAuthenticated is `guest`.
_GUARD = re.compile(
    r"^(auth|auth\.(?!session\b).*|auth:.*|can:.*|roles?:.*|permission:.*|role_or_permission:.*|verified"
    r"|password\.confirm|jwt\..*|admin|scopes?:.*|abilit(?:y|ies):.*|(?:auth|login)[._-]?required(?::.*)?"
    r"|(?:(?!no|non|un|skip|without|guest)[a-z]+[._-])+auth)$"  # of the program's own: `api.auth`, `user-full-auth`
    r"|(?<!If)Authenticate(?!d|Session)|EnsureUser",
    re.IGNORECASE,
)
_ROLES = re.compile(r"^roles?:([^,]+)")


class Guards:
    """Tells who asks for a log-in."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._middleware = Middleware(interpreter)
        self._policies = Policies(interpreter)
        self._of_classes: dict[int, list[tuple[AuthSource, set[str], set[str]]]] = {}  # with those of their bases

    def auth_of(self, item: Reached, answer: Answer) -> Auth:
        """Return what is asked for; `none` where a route leaves out what would ask."""
        route = item.route
        named = [(step.place, step.options.get("middleware", [])) for step in item.steps]
        named.append((route.place, [*route.options.get("middleware", []), *texts_of(middleware_in(route.handler))]))
        found = [
            AuthSource(name=plain(name), file=place.file, line=place.line)
            for place, middleware in named
            for said in middleware
            for name in self._middleware.inside(said)
            if self._asks(name)
        ]
        found += [source for source in self._of_controller(answer) if self._asks(source.name)]
        found += self._policies.asked(answer)
        left_out = {plain(name) for name in route.options.get("without", [])}
        kept = [source for source in dict.fromkeys(found) if source.name not in left_out]
        if not kept:
            return Auth(state="none") if found else Auth()
        if all(source.name.endswith(":optional") for source in kept):
            return Auth(state="optional", by=kept)
        roles = [role for source in kept for match in _ROLES.finditer(source.name) for role in match[1].split("|")]
        return Auth(state="required", by=kept, roles=list(dict.fromkeys(roles)))

    def _asks(self, name: str) -> bool:
        """Tell whether middleware asks for a log-in: its name says so, or it refuses strangers."""
        return _GUARD.search(name) is not None or self._middleware.refuses(name)

    def _of_controller(self, answer: Answer) -> Iterator[AuthSource]:
        if answer.cls is None:
            return
        method = answer.method.name if answer.method is not None else answer.name.rpartition("@")[2]
        key = id(answer.cls.node)
        if key not in self._of_classes:
            owners = lineage(self._interpreter, answer.cls)
            self._of_classes[key] = [one for owner in owners for one in _asked(owner)]
        for source, only, left_out in self._of_classes[key]:
            if (not only or method in only) and method not in left_out:
                yield source


def _asked(cls: ClassValue) -> Iterator[tuple[AuthSource, set[str], set[str]]]:
    """Yield the middleware of a controller, with the methods that they are for and those that they are not for."""
    for function in cls.node.body:
        if isinstance(function, nodes.Function) and function.name == "__construct":
            yield from _in_constructor(cls, function)
        elif isinstance(function, nodes.Function) and function.name == "middleware":
            yield from _in_list(cls, function)


def _in_constructor(cls: ClassValue, function: nodes.Function) -> Iterator[tuple[AuthSource, set[str], set[str]]]:
    """`$this->middleware('auth')->except('index', 'show')`, `$this->middleware('auth', ['only' => …])`."""
    chained: dict[int, dict[str, set[str]]] = {}
    for item in nodes_in(function.body):
        match item:
            case nodes.Call(function=nodes.Member(of=nodes.Call() as inner, name="only" | "except" as name)):
                chained[id(inner)] = {name: _texts([argument.value for argument in item.arguments])}
            case nodes.Call(
                function=nodes.Member(of=nodes.Name(id="this"), name="middleware"), arguments=[first, *others]
            ):
                said = {**chained.get(id(item), {}), **_options(others)}
                yield from _sources(cls, _texts([first.value]), item.line, said)


def _in_list(cls: ClassValue, function: nodes.Function) -> Iterator[tuple[AuthSource, set[str], set[str]]]:
    """Laravel 11: `return ['auth', new Middleware('verified', only: ['store'])]`."""
    for item in function.body:
        listed = item.value if isinstance(item, nodes.Return) else None
        for one in listed.items if isinstance(listed, nodes.Sequence) else ():
            if isinstance(one, nodes.Call) and one.arguments:
                said = {argument.name: _texts([argument.value]) for argument in one.arguments if argument.name}
                yield from _sources(cls, _texts([one.arguments[0].value]), one.line, said)
            else:
                yield from _sources(cls, _texts([one]), function.line, {})


def _sources(
    cls: ClassValue, names: set[str], line: int, said: dict[str, set[str]]
) -> Iterator[tuple[AuthSource, set[str], set[str]]]:
    place = Place(cls.scope.file.path, line)
    for name in sorted(names):
        source = AuthSource(name=name, file=place.file, line=place.line)
        yield source, said.get("only", set()), said.get("except", set())


def _options(arguments: list[nodes.Argument]) -> dict[str, set[str]]:
    return {
        entry.key.value: _texts([entry.value])
        for argument in arguments
        if isinstance(argument.value, nodes.Mapping)
        for entry in argument.value.entries
        if isinstance(entry.key, nodes.Text)
    }


def _texts(written: list[nodes.Expression]) -> set[str]:
    return {
        said for item in nodes_in(written) if isinstance(item, nodes.Text | nodes.Member) and (said := said_by(item))
    }
