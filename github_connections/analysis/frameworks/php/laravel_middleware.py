"""What an application's own middleware of Laravel does: the classes behind names, and whether they refuse strangers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.linking.classes import methods
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import items_written
from github_connections.analysis.syntax.walking import nodes_in

# Where an application gives names to middleware, and puts it into groups.
_FILES = re.compile(r"(^|/)(bootstrap/app|Http/Kernel)\.php$", re.IGNORECASE)
_CLASS = re.compile(r"\{\?(?:\w+\.)*(\w+?)(?:\.class)?\}")
_NOBODY, _NOT_ALLOWED = {401, "HTTP_UNAUTHORIZED"}, {403, "HTTP_FORBIDDEN"}
_REFUSALS = re.compile(r"^(AuthenticationException|Unauthori[sz]ed\w*|AccessDenied\w*|AuthorizationException)$")
_LOGIN = re.compile(r"(^|[/._-])(login|signin|sign-in)$", re.IGNORECASE)
_LEADS = frozenset({"route", "redirect", "to", "to_route", "guest", "url"})
# Who is known may be refused for what he did; that is another question, where the class is not about roles.
_OF_ROLES = re.compile(
    r"admin|role|permission|moderator|staff|manager|owner|member|user(?!_?agent)|super", re.IGNORECASE
)
_OF_OTHERS = re.compile(r"ban|block|suspend|inactive", re.IGNORECASE)


def plain(name: str) -> str:
    """`Authenticate::class` is said by the class's name."""
    match = _CLASS.fullmatch(name)
    return match.group(1) if match is not None else name


class Middleware:
    """Looks at middleware of the program's own; each once."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._named: dict[str, list[str]] | None = None
        self._groups: set[str] = set()
        self._known: dict[str, bool] = {}

    def refuses(self, name: str) -> bool:
        """Tell whether what stands behind a name refuses those who are not logged in."""
        if name not in self._known:
            self._known[name] = any(map(self._class_refuses, self._classes(plain(name).partition(":")[0])))
        return self._known[name]

    def inside(self, name: str) -> list[str]:
        """Return the names that a group of middleware stands for; itself for what is no group."""
        parts = self._names().get(name, [])
        return [part for part in parts if part != name] or [name] if name in self._groups else [name]

    def _classes(self, name: str) -> Iterator[str]:
        """Yield what a name stands for in the end, each once: groups hold groups, and maybe themselves."""
        seen, waiting = {name}, [name]
        for one in waiting:  # it grows
            inner = [part.partition(":")[0] for part in self._names().get(one, [])]
            if not inner:
                yield one
            waiting += [part for part in dict.fromkeys(inner) if part not in seen]
            seen.update(inner)

    def _names(self) -> dict[str, list[str]]:
        """Return what each name stands for: `['admin' => IsAdmin::class, 'panel' => ['auth', 'admin']]`."""
        if self._named is None:
            self._named = {}
            program = self._interpreter.program
            for path in sorted(path for path in program.by_path if _FILES.search(path)):
                for item in nodes_in(program.by_path[path].module.body):
                    if isinstance(item, nodes.Entry) and isinstance(item.key, nodes.Text):
                        listed = items_written(item.value)
                        names = [said for said in map(said_by, listed) if said]
                        self._named.setdefault(item.key.value, names)
                        self._groups |= {item.key.value} if isinstance(item.value, nodes.Sequence) else set()
        return self._named

    def _class_refuses(self, name: str) -> bool:
        found = [
            cls
            for file in self._interpreter.program.declaring("php", name)
            for cls in classes_in(file.scope)
            if cls.node.name == name
        ]
        return len(found) == 1 and self._handle_refuses(found[0])

    def _handle_refuses(self, cls: ClassValue) -> bool:
        own = {method.name: method for _owner, method in methods(self._interpreter, cls)}
        return "handle" in own and _refuses(own["handle"], cls.node.name)


def said_by(written: nodes.Expression) -> str:
    """Return a name of middleware as it is written: a text, or the class of `IsAdmin::class`."""
    match written:
        case nodes.Text(value=name):
            return name
        case nodes.Member(of=nodes.Name(id=name) | nodes.Member(name=name), name="class"):
            return name.rpartition("\\")[2]
    return ""


def _refuses(method: nodes.Function, name: str) -> bool:
    calls = [item for item in nodes_in(method.body) if isinstance(item, nodes.Call)]
    if _OF_OTHERS.search(name) or any(_word(call) == "logout" for call in calls):
        return False
    wanted = _NOBODY | (_NOT_ALLOWED if _OF_ROLES.search(name) else set())
    for call in calls:
        said = {value for argument in call.arguments for value in _codes(argument.value)}
        leads = _word(call) in _LEADS and any(_LOGIN.search(str(value)) for value in said)
        if leads or said & wanted or _REFUSALS.match(_word(call)):
            return True
    return False


def _word(call: nodes.Call) -> str:
    match call.function:
        case nodes.Name(id=word) | nodes.Member(name=word):
            return word.rpartition("\\")[2]
    return ""


def _codes(written: nodes.Expression) -> Iterator[int | str]:
    match written:
        case nodes.Constant(value=int() as value) | nodes.Text(value=value):
            yield value
        case nodes.Member(name=name):
            yield name
