"""Where a program's own code mounts its JAX-RS resources: embedded Jetty and Grizzly, Guice, Dropwizard, Spring."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.java.jvm_settings import module_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, is_known
from github_connections.analysis.report import Place, Prefix
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# The servlets that hand requests to resources.
_SERVLETS = frozenset({"GuiceContainer", "HttpServlet30Dispatcher", "HttpServletDispatcher", "ServletContainer"})
_CONTEXTS = frozenset({"ServletContextHandler", "WebAppContext"})
_SERVERS = frozenset({"createHttpServer", "createContainer", "createServer"})
MARKS = frozenset({"addServlet", "addMapping", "setUrlPattern", "ServletModule", "ServletRegistrationBean", *_SERVERS})
_ADDRESS = re.compile(r"^https?://[^/]+(/.*)?$")


class Mount(Struct):
    """What stands before the resources of a module."""

    module: str
    prefixes: list[Prefix]


def mounts(interpreter: Interpreter) -> list[Mount]:
    """Return where the program mounts resources, in the order of its files."""
    return [
        Mount(module_of(file.path), prefixes)
        for file in interpreter.program.with_words("java", MARKS)
        for cls in classes_in(file.scope)
        for function in cls.node.body
        if isinstance(function, nodes.Function)
        for prefixes in _Function(interpreter, cls, function).mounts()
    ]


def mount_for(cls: ClassValue, known: list[Mount]) -> list[Prefix]:
    """Return what stands before a resource: what its module says, else the one place of the program that does."""
    own = [mount for mount in known if mount.module == module_of(cls.scope.file.path)] or known
    ways = {tuple(prefix.value for prefix in mount.prefixes) for mount in own}
    return own[0].prefixes if len(ways) == 1 else []


class _Function:
    """A function that may map a servlet to a path."""

    def __init__(self, interpreter: Interpreter, cls: ClassValue, function: nodes.Function) -> None:
        self.interpreter = interpreter
        self.body = function.body
        self.file = cls.scope.file
        self.scope = Scope(self.file, cls.scope, function)
        self.scope.declare(function.body, lazily=True)
        self.variables = {
            item.target.id: item.value
            for item in nodes_in(list(function.body))
            if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name)
        }

    def mounts(self) -> Iterator[list[Prefix]]:
        """Yield what each mapping says, with the context that it is in."""
        calls = [node for node in nodes_in(list(self.body)) if isinstance(node, nodes.Call)]
        mapped = [said for said in map(self._mapping, calls) if said is not None]
        context = list(self._context(calls)) if mapped else []
        for said in mapped:
            yield [prefix for prefix in (*context, said) if prefix.value.strip("/")]

    def _mapping(self, call: nodes.Call) -> Prefix | None:
        name = nodes.last_name(call.function)
        given = [argument.value for argument in call.arguments]
        if name == "setUrlPattern" and given:
            return self._pattern(given[0], call)
        if name in _SERVERS and given:
            return self._address(given[0], call)
        if name in ("addServlet", "ServletRegistrationBean") and len(given) > 1 and self._is_servlet(given[0]):
            return self._pattern(given[1], call)
        before = call.function.of if isinstance(call.function, nodes.Member) else None
        if name == "addMapping" and given and before is not None and self._is_servlet(before):
            return self._pattern(given[0], call)
        if name == "with" and isinstance(before, nodes.Call) and nodes.last_name(before.function) == "serve":
            is_servlet = any(self._is_servlet(item) for item in given)
            return self._pattern(before.arguments[0].value, before) if is_servlet and before.arguments else None
        return None

    def _is_servlet(self, node: nodes.Expression, depth: int = 0) -> bool:
        """Tell whether an expression is one of the servlets, or a variable with one: `new ServletHolder(servlet)`."""
        for inner in nodes_in(node):
            name = nodes.last_name(inner)
            if name in _SERVLETS:
                return True
            known = self.variables.get(name) if isinstance(inner, nodes.Name) and depth == 0 else None
            if known is not None and self._is_servlet(known, depth + 1):
                return True
        return False

    def _context(self, calls: list[nodes.Call]) -> Iterator[Prefix]:
        """Yield the context path that the function sets or makes a context with."""
        for call in calls:
            given = [argument.value for argument in call.arguments]
            if nodes.last_name(call.function) == "setContextPath" or nodes.last_name(call.function) in _CONTEXTS:
                texts = [item for item in given if isinstance(self.interpreter.evaluate(item, self.scope), str)]
                found = self._pattern(texts[0], call) if texts else None
                if found is not None:
                    yield found
                    return

    def _pattern(self, node: nodes.Expression, call: nodes.Call) -> Prefix | None:
        value = self.interpreter.evaluate(node, self.scope)
        if not isinstance(value, str) or not value.startswith(("/", "{?")):
            return None
        return self._prefix(value.removesuffix("*").rstrip("/"), call)

    def _address(self, node: nodes.Expression, call: nodes.Call) -> Prefix | None:
        """`URI.create("http://localhost:8080/shop/")`, or a variable with it."""
        while isinstance(node, nodes.Name) and self.variables.get(node.id) is not None:
            node = self.variables.pop(node.id) or node
        inner = node.arguments[0].value if isinstance(node, nodes.Call) and node.arguments else node
        value = self.interpreter.evaluate(inner, self.scope)
        found = _ADDRESS.match(value) if isinstance(value, str) else None
        path = (found.group(1) or "").rstrip("/") if found else ""
        return self._prefix(path, call) if path and is_known(path) else None

    def _prefix(self, value: str, call: nodes.Call) -> Prefix:
        place = Place(self.file.path, call.line)
        return Prefix(value=value, file=place.file, line=place.line, how=nodes.last_name(call.function))
