"""What methods of Laravel's controllers authorize: gates and policies refuse whoever is not logged in.

https://laravel.com/docs/authorization: a policy whose user may be missing (`?User $user`) decides about guests itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.php.laravel_handlers import Answer
from github_connections.analysis.frameworks.php.php_branches import unconditional
from github_connections.analysis.frameworks.php.php_types import may_be_null
from github_connections.analysis.linking.classes import lineage, member
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, FunctionValue
from github_connections.analysis.report import AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# The actions that `authorizeResource` asks for, and the ability that each needs.
_ABILITIES = {
    "index": "viewAny", "show": "view", "create": "create", "store": "create", "edit": "update", "update": "update",
    "destroy": "delete",
}  # fmt: skip


_WHO = frozenset({"user", "check", "auth"})


class Policies:
    """Reads methods of controllers, and the policies of the program."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._for_guests: set[str] | None = None

    def asked(self, answer: Answer) -> Iterator[AuthSource]:
        """Yield what a method authorizes, and what its controller does for it."""
        if answer.method is not None and answer.scope is not None:
            yield from self._of_requests(answer.method, answer.scope)
        if answer.cls is None or answer.method is None:
            return
        yield from self._in(answer.cls, answer.method, "")
        for owner in lineage(self._interpreter, answer.cls):
            for item in owner.node.body:
                if isinstance(item, nodes.Function) and item.name == "__construct":
                    ability = _ABILITIES.get(answer.method.name, "")
                    yield from self._in(owner, item, ability)

    def _of_requests(self, method: nodes.Function, scope: Scope) -> Iterator[AuthSource]:
        """Yield what classes of requests authorize: `return $this->user()->can('update', $boat);`."""
        for parameter in method.parameters:
            if isinstance(parameter.type, nodes.Name | nodes.Member):
                cls = self._interpreter.evaluate(parameter.type, scope)
                found = member(self._interpreter, cls, "authorize") if isinstance(cls, ClassValue) else None
                if isinstance(cls, ClassValue) and isinstance(found, FunctionValue) and _asks_who(found.node):
                    file = found.scope.file.path
                    yield AuthSource(name=f"{cls.node.name}:authorize", file=file, line=found.node.line)

    def _in(self, cls: ClassValue, method: nodes.Function, of_resource: str) -> Iterator[AuthSource]:
        for call in nodes_in(unconditional(method.body)):
            if isinstance(call, nodes.Call):
                ability = _ability_of(call, of_resource)
                if ability and ability not in self._of_guests():
                    name = f"{nodes.bare_name(call)}:{ability}"
                    yield AuthSource(name=name, file=cls.scope.file.path, line=call.line)

    def _of_guests(self) -> set[str]:
        """Return the abilities of which a policy decides for guests too."""
        if self._for_guests is None:
            files = [
                file
                for file in self._interpreter.program.of_family("php")
                if any(name.endswith("Policy") for name in file.sketch.names)
            ]
            self._interpreter.program.parse(files)
            self._for_guests = {
                item.name
                for file in files
                for cls in classes_in(file.scope)
                for item in cls.node.body
                if isinstance(item, nodes.Function) and item.parameters and _may_be_missing(item.parameters[0])
            }
        return self._for_guests


def _asks_who(method: nodes.Function) -> bool:
    """`$this->user()`, `Auth::check()`, `auth()->user()`: nobody is not allowed, but where guests are asked for."""
    called = {nodes.bare_name(item) for item in nodes_in(method.body) if isinstance(item, nodes.Call)}
    return not _WHO.isdisjoint(called) and "guest" not in called


def _may_be_missing(user: nodes.Parameter) -> bool:
    return user.default is not None or may_be_null(user)


def _ability_of(call: nodes.Call, of_resource: str) -> str:
    """`$this->authorize('update', $boat)`, `Gate::authorize(…)`, `$this->authorizeResource(Boat::class, 'boat')`."""
    match call:
        case nodes.Call(
            function=nodes.Member(of=nodes.Name(id="this" | "$this" | "Gate"), name="authorize"),
            arguments=[nodes.Argument(value=nodes.Text(value=ability)), *_],
        ):
            return ability
        case nodes.Call(function=nodes.Member(of=nodes.Name(id="this" | "$this"), name="authorizeResource")):
            return of_resource
    return ""
