"""What a Laravel controller's method reads of its request: what it validates, and what it asks for by name."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.php.laravel_asked import asked_for, is_request, named_in
from github_connections.analysis.frameworks.php.laravel_handlers import Answer
from github_connections.analysis.frameworks.php.laravel_rules import Rules, Written
from github_connections.analysis.frameworks.php.php_types import SCALARS
from github_connections.analysis.linking.classes import lineage, member
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, FunctionValue
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_VALIDATES = frozenset({"validate", "validateWithBag", "make"})
_METHODS_AT_MOST = 8  # that the request is followed into
_Body = tuple[int, int, frozenset[str], ParameterPlace]  # a method, its class, the requests that it is given


class Requests:
    """Reads methods of controllers, and the classes of requests that they take."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._rules = Rules(interpreter)
        self._known: dict[tuple[int, ParameterPlace], list[Parameter]] = {}
        self._bodies: dict[_Body, tuple[list[Parameter], list[tuple[str, nodes.Function]]]] = {}

    def parameters(self, answer: Answer, methods: list[str]) -> list[Parameter]:
        """Return what a method reads, each name once; of a path's variables those with a type."""
        if answer.method is None:
            return []
        default: ParameterPlace = "query" if rows.WITHOUT_BODY.issuperset(methods) else "body"
        key = (id(answer.method), default)
        if key not in self._known:
            found: dict[str, Parameter] = {}
            taken = self._taken(answer.method, answer.scope)
            given = {name for name, _cls in taken}
            for one in [
                *_of_path(answer.method),
                *(field for _name, cls in taken for field in self._rules.of_class(cls, default)),
                *self._in_body(answer.cls, answer.method, given, default, set()),
            ]:
                found.setdefault(one.name, one)
            self._known[key] = list(found.values())
        return self._known[key]

    def model(self, answer: Answer) -> str:
        """Return the class of requests that a method takes, where the program declares it."""
        taken = self._taken(answer.method, answer.scope) if answer.method is not None else []
        return next((cls.node.name for _name, cls in taken), "")

    def _taken(self, method: nodes.Function, scope: Scope | None) -> list[tuple[str, ClassValue]]:
        """Return the parameters that are requests with rules of their own."""
        found = []
        for parameter in method.parameters if scope is not None else ():
            if isinstance(parameter.type, nodes.Name | nodes.Member) and scope is not None:
                value = self._interpreter.evaluate(parameter.type, scope)
                if isinstance(value, ClassValue) and isinstance(
                    member(self._interpreter, value, "rules"), FunctionValue
                ):
                    found.append((parameter.name, value))
        return found

    def _in_body(
        self, cls: ClassValue | None, method: nodes.Function, given: set[str], default: ParameterPlace, done: set[int]
    ) -> Iterator[Parameter]:
        """Yield what is validated, then what is asked for, then what the methods do that the request is handed to."""
        done.add(id(method))
        key = (id(method), id(cls.node) if cls is not None else 0, frozenset(given), default)
        if key not in self._bodies:
            requests = given | {item.name for item in method.parameters if _is_a_request(item)}
            calls = [item for item in nodes_in(method.body) if isinstance(item, nodes.Call)]
            own: dict[str, Parameter] = {}
            for one in self._read(cls, method, calls, requests, default):
                own.setdefault(one.name, one)
            handed_on = {(name, id(inner)): (name, inner) for name, inner in self._handed_on(cls, calls, requests)}
            self._bodies[key] = list(own.values()), list(handed_on.values())
        read, others = self._bodies[key]
        yield from read
        for name, inner in others:
            if cls is not None and id(inner) not in done and len(done) < _METHODS_AT_MOST:
                yield from self._in_body(cls, inner, {name} if name else set(), default, done)

    def _read(
        self,
        cls: ClassValue | None,
        method: nodes.Function,
        calls: list[nodes.Call],
        requests: set[str],
        default: ParameterPlace,
    ) -> Iterator[Parameter]:
        where = Written(cls, method)
        for call in calls:
            for rules in _validated(call, requests):
                yield from self._rules.of(rules, where, default)
        yield from asked_for(method, requests, default)

    def _handed_on(
        self, cls: ClassValue | None, calls: list[nodes.Call], requests: set[str]
    ) -> Iterator[tuple[str, nodes.Function]]:
        """Yield the methods of the class that are given the request, or all that is in it, with the parameter's
        name."""
        for call in calls if cls is not None else ():
            match call:
                case nodes.Call(function=nodes.Member(of=nodes.Name(id="this" | "$this"), name=name)):
                    place = next(
                        (at for at, item in enumerate(call.arguments) if named_in(item.value, requests)),
                        None,
                    )
                    inner = self._method(cls, name) if place is not None and cls is not None else None
                    if inner is not None and place is not None:
                        whole = is_request(call.arguments[place].value, requests)
                        taken = inner.parameters[place].name if whole and place < len(inner.parameters) else ""
                        yield taken, inner

    def _method(self, cls: ClassValue, name: str) -> nodes.Function | None:
        for owner in lineage(self._interpreter, cls):
            for item in owner.node.body:
                if isinstance(item, nodes.Function) and item.name == name:
                    return item
        return None


def _of_path(method: nodes.Function) -> Iterator[Parameter]:
    for parameter in method.parameters:
        if isinstance(parameter.type, nodes.Name) and parameter.type.id in SCALARS:
            required = parameter.default is None
            yield Parameter(name=parameter.name.lstrip("$"), place="path", type=parameter.type.id, required=required)


def _is_a_request(parameter: nodes.Parameter) -> bool:
    return "request" in parameter.name.lower() or nodes.bare_name(parameter.type).endswith("Request")


def _validated(call: nodes.Call, requests: set[str]) -> list[nodes.Expression]:
    """Return the rules that a call validates by: `$request->validate(…)`, `$this->validate($request, …)`,
    `Validator::make(…, …)`, `validator(…, …)`."""
    arguments = [argument.value for argument in call.arguments]
    match call.function:
        case nodes.Name(id="validator"):
            return arguments[1:2]
        case nodes.Member(of=nodes.Name(id="Validator"), name="make"):
            return arguments[1:2]
        case nodes.Member(of=nodes.Name(id="this" | "$this"), name=name) if name in _VALIDATES and name != "make":
            return arguments[1:2]
        case nodes.Member(of=of, name=name) if name in _VALIDATES and name != "make" and is_request(of, requests):
            return arguments[1:2] if name == "validateWithBag" else arguments[:1]
    return []
