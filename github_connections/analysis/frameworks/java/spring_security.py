"""Spring Security: who may call a route, by the rules over paths that an application's `HttpSecurity` is given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from github_connections.analysis.frameworks.java.jvm_methods import roles_in
from github_connections.analysis.frameworks.java.spring_matchers import Matcher, matcher_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, text_of
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

FAMILY = "java"
_BEGINNINGS = frozenset({"authorizeRequests", "authorizeHttpRequests", "authorizeExchange"})
WORDS = _BEGINNINGS | {"ignoring"}
_MATCHERS = frozenset({"requestMatchers", "antMatchers", "mvcMatchers", "pathMatchers", "regexMatchers"})
_SCOPES = frozenset({"securityMatcher", "securityMatchers", "antMatcher", "mvcMatcher", "requestMatcher"})
_ANY = frozenset({"anyRequest", "anyExchange"})
_OPEN = frozenset({"permitAll", "anonymous"})
_ROLES = frozenset({"hasRole", "hasAnyRole", "hasAuthority", "hasAnyAuthority"})
_CLOSED = _ROLES | {"authenticated", "fullyAuthenticated", "denyAll", "rememberMe"}
_OUTCOMES = _OPEN | _CLOSED | {"access", "hasIpAddress"}
_ASKS_FOR_A_LOG_IN = re.compile(r"^\s*(?:isAuthenticated\(\)|isFullyAuthenticated\(\)|has(?:Any)?(?:Role|Authority)\()")
# More rules than people write: what comes after them is not known.
_MAXIMUM_RULES = 300
# A chain without @Order comes after those with one.
_LAST = 1_000_000


class Rule(Struct):
    """Who may call the requests that are meant."""

    matcher: Matcher
    auth: Auth


class Chain(Struct):
    """The rules that one `HttpSecurity` is given, the first that holds counts; `scope` is None where it is for all.

    There are several lists of them where one is complete and another follows: each stands in a branch of its own.
    """

    root: str
    order: int = _LAST
    scope: Matcher | None = None
    lists: list[list[Rule]] = field(default_factory=lambda: [[]])

    def holds_for(self, method: str, path: str) -> bool | None:
        """Tell whether the chain is about a route; None where that is not known."""
        return True if self.scope is None else self.scope.holds_for(method, path)

    def auth_of(self, method: str, path: str) -> Auth:
        """Return what the rules say of a route, `unknown` where they do not tell."""
        return _agreed([_first(rules, method, path) for rules in self.lists if rules])


def _first(rules: list[Rule], method: str, path: str) -> Auth:
    possible = []
    for rule in rules:
        holds = rule.matcher.holds_for(method, path)
        if holds is not False:
            possible.append(rule.auth)
        if holds:
            return _agreed(possible[::-1])
    return Auth()


def _agreed(found: list[Auth]) -> Auth:
    return found[0] if found and all(auth.state == found[0].state for auth in found) else Auth()


class Security:
    """The chains of a program."""

    def __init__(self, interpreter: Interpreter) -> None:
        program = interpreter.program
        files = list(program.with_words(FAMILY, WORDS))
        self._chains = [chain for file in files for chain in _chains_in(file, interpreter)]
        self._by_root: dict[str, list[Chain]] = {}
        started = program.with_words(FAMILY, frozenset({"SpringBootApplication"})) if self._chains else ()
        self._applications = {file.project_root for file in started}

    def auth_of(self, file: File, method: str, path: str) -> Auth | None:
        """Return what the chains of a file's application say of a route of it; None where it has none.

        `path` is without what the settings put before the whole application.
        """
        root = file.project_root
        chains = self._by_root.get(root)
        if chains is None:
            chains = sorted(self._of(root), key=lambda chain: (chain.scope is None, chain.order))
            self._by_root[root] = chains
        found = []
        for chain in chains:
            holds = chain.holds_for(method, path)
            if holds is not False:
                found.append(chain.auth_of(method, path))
            if holds and chain.scope is not None:
                break
        return _agreed(found) if chains else None

    def _of(self, root: str) -> list[Chain]:
        """Return the chains of a sub-project; else those of a library, or of the one application that there is."""
        own = [chain for chain in self._chains if chain.root == root]
        shared = own or [chain for chain in self._chains if chain.root not in self._applications]
        is_part = root not in self._applications and len(self._applications) == 1
        return shared or (self._chains if is_part else [])


def combined(own: Auth, around: Auth | None, *, knows_caller: bool = False) -> Auth:
    """Return what holds for a method whose annotations and whose application's rules both say something."""
    if around is None or own.state == "required":
        return own
    if around.state == "none":
        return Auth(state="optional", by=around.by) if knows_caller else around
    return around if around.state == "required" else own


# --- reading --------------------------------------------------------------------------------------------------------


def _chains_in(file: File, interpreter: Interpreter) -> Iterator[Chain]:
    for cls in classes_in(file.scope):
        for function in cls.node.body:
            if isinstance(function, nodes.Function) and _says_something(function):
                reader = _Reader(interpreter, cls, function)
                reader.read(function.body)
                yield from reader.ignored
                if any(reader.chain.lists):
                    yield reader.chain


def _says_something(function: nodes.Function) -> bool:
    return any(
        isinstance(node, nodes.Call) and nodes.last_name(node.function) in WORDS for node in nodes_in(function.body)
    )


class _Reader:
    """Goes through the calls of a function in the order in which they are made."""

    def __init__(self, interpreter: Interpreter, cls: ClassValue, function: nodes.Function) -> None:
        self.interpreter = interpreter
        self.file = cls.scope.file
        self.scope = Scope(self.file, cls.scope, function)
        self.scope.declare(function.body, lazily=True)
        order = _order_of(function.decorators) or _order_of(cls.node.decorators) or _LAST
        self.chain = Chain(self.file.project_root, order)
        self.ignored: list[Chain] = []
        self._waiting: Matcher | None = None
        self._is_ignoring = False
        self._log_in_page = ""
        self._class = cls.node.name
        self._own = {item.name: item for item in cls.node.body if isinstance(item, nodes.Function)}
        self._known = {function.name}

    def read(self, statements: list[nodes.Statement]) -> None:
        for statement in statements:
            if isinstance(statement, nodes.Loop):
                self.read(statement.body)
                continue
            value = statement.value if isinstance(statement, nodes.Return | nodes.Assign) else statement
            self._calls(value)

    def _calls(self, node: object) -> None:
        if isinstance(node, nodes.Function):
            self.read(node.body)
        if not isinstance(node, nodes.Call):
            return
        if isinstance(node.function, nodes.Member):
            self._calls(node.function.of)
        name = nodes.last_name(node.function)
        self._begins(name)
        for argument in node.arguments:
            if isinstance(argument.value, nodes.Function):
                self._calls(argument.value)
            elif name in _BEGINNINGS:
                self._hands_on(argument.value)
        if node.arguments:
            self._hands_on(node.function)
        self._matches(name, node)
        self._ends(name, node)

    def _hands_on(self, function: nodes.Expression) -> None:
        """`authorizeHttpRequests(this::rules)`, `rules(registry)`: what a method of the class says is said here."""
        is_own = isinstance(function, nodes.Name) or (
            isinstance(function, nodes.Member) and function.of in (nodes.Name("this"), nodes.Name(self._class))
        )
        method = self._own.get(nodes.last_name(function)) if is_own else None
        if method is not None and method.name not in self._known and not _says_something(method):
            self._known.add(method.name)
            self.read(method.body)

    def _begins(self, name: str) -> None:
        if name in _BEGINNINGS:
            self._is_ignoring = False
            if self.chain.lists[-1] and self.chain.lists[-1][-1].matcher == Matcher():
                self.chain.lists.append([])
        elif name == "ignoring":
            self._is_ignoring = True

    def _matches(self, name: str, node: nodes.Call) -> None:
        if name in _ANY:
            self._waiting = Matcher()
        elif name in _MATCHERS:
            matcher = matcher_of(node.arguments, self.interpreter, self.scope)
            self._waiting = matcher if name != "regexMatchers" else Matcher(is_partial=True)
            if self._is_ignoring:
                by = [AuthSource(name="ignoring", file=self.file.path, line=node.line)]
                rules = [Rule(Matcher(), Auth(state="none", by=by))]
                self.ignored.append(Chain(self.chain.root, -1, self._waiting, [rules]))
        elif name in _SCOPES and node.arguments and not any(self.chain.lists):
            self.chain.scope = self._scope_of(node)
            self._waiting = None
        elif name == "loginPage" and node.arguments:
            self._log_in_page = text_of(self.interpreter.evaluate(node.arguments[0].value, self.scope))

    def _scope_of(self, node: nodes.Call) -> Matcher:
        """`securityMatcher("/shop/**")`, `securityMatchers(matchers -> matchers.requestMatchers("/shop/**"))`."""
        calls = [
            inner
            for argument in node.arguments
            if isinstance(argument.value, nodes.Function)
            for inner in nodes_in(list(argument.value.body))
            if isinstance(inner, nodes.Call) and nodes.last_name(inner.function) in _MATCHERS
        ]
        given = [argument for call in calls for argument in call.arguments] or node.arguments
        return matcher_of(given, self.interpreter, self.scope)

    def _ends(self, name: str, node: nodes.Call) -> None:
        if name == "authorize" and node.arguments:
            self._kotlin(node)
        elif name in _OUTCOMES and self._waiting is not None:
            self._add(Rule(self._waiting, self._auth(name, node)))
            self._waiting = None
        elif name == "permitAll" and self._log_in_page:
            self.chain.lists[0].insert(0, Rule(Matcher(patterns=(self._log_in_page,)), self._auth(name, node)))
            self._log_in_page = ""

    def _kotlin(self, node: nodes.Call) -> None:
        """`authorize("/shop/**", hasRole("CLERK"))`, `authorize(anyRequest, authenticated)`."""
        *asked, last = [argument.value for argument in node.arguments]
        is_any = any(getattr(item, "id", "") in _ANY for item in asked) or not asked
        matcher = Matcher() if is_any else matcher_of(node.arguments[:-1], self.interpreter, self.scope)
        call = last if isinstance(last, nodes.Call) else nodes.Call(last, [], node.line)
        self._add(Rule(matcher, self._auth(nodes.last_name(call.function), call)))

    def _add(self, rule: Rule) -> None:
        known = sum(len(rules) for rules in self.chain.lists)
        if known < _MAXIMUM_RULES:
            self.chain.lists[-1].append(rule)
        elif known == _MAXIMUM_RULES:
            self.chain.lists[-1].append(Rule(Matcher(is_partial=True), Auth()))

    def _auth(self, name: str, node: nodes.Call) -> Auth:
        said = [text_of(self.interpreter.evaluate(argument.value, self.scope)) for argument in node.arguments]
        by = [AuthSource(name=name, file=self.file.path, line=node.line)]
        if name in _OPEN or (name == "access" and said[:1] in (["permitAll"], ["permitAll()"])):
            return Auth(state="none", by=by)
        if name in _CLOSED:
            return Auth(state="required", by=by, roles=said if name in _ROLES else [])
        if name == "access" and _ASKS_FOR_A_LOG_IN.match("".join(said[:1])):
            return Auth(state="required", by=by, roles=roles_in(said[:1]))
        return Auth()


def _order_of(decorators: list[nodes.Expression]) -> int:
    for decorator in decorators:
        if isinstance(decorator, nodes.Call) and nodes.last_name(decorator.function) == "Order" and decorator.arguments:
            value = decorator.arguments[0].value
            return value.value if isinstance(value, nodes.Constant) and isinstance(value.value, int) else 0
    return 0
