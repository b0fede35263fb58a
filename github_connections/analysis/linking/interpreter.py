"""Carries out the set-up of a program with unknown input: what is imported, built, registered and mounted.

It walks the lowered trees: assignments bind values, calls of the program's functions run their bodies, calls of a
library's objects go to the behaviour that a framework declared for them. Whatever nobody declared is `Unknown` or
`External`, and a callback handed to it is run once, since set-up often hides in callbacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any

from github_connections.analysis.linking import (
    attributes,
    binding,
    classes,
    evaluation,
    extensions,
    functions,
    naming,
    statements,
    unknown_calls,
)
from github_connections.analysis.linking.conventions import Conventions
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import Lazy, Scope
from github_connections.analysis.linking.steps import MAXIMUM_SECONDS_PER_FILE, OutOfSteps, Steps
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    Native,
    ObjectValue,
    Thing,
    Unknown,
    Value,
    source_of,
    text_of,
)
from github_connections.analysis.report import Place
from github_connections.analysis.shares import OutOfTime, share
from github_connections.analysis.syntax import nodes

# Languages in which a bare name is never a member of the object at hand.
FAMILIES_WITHOUT_IMPLICIT_RECEIVER = frozenset({"go", "rust"})
# Languages in which a class sees the members of its bases by their bare names.
FAMILIES_OF_CLASSES = frozenset({"csharp", "java"})


class Interpreter(Steps):
    """One run over one program."""

    def __init__(self, program: Program, registry: Registry) -> None:
        super().__init__()
        self.program = program
        self.registry = registry
        self.state: dict[str, Any] = {}  # what a framework remembers from one call to the next
        self.things: list[Thing] = []  # what else frameworks want to find again, in the order they were made
        self.routers: list[Router] = []  # every router that a call made, in the order they were made
        self.cut: set[str] = set()  # files whose set-up was left before its end
        self.settings: dict[str, Value] = {}  # what the program configures, by the name it is asked for
        self.made: dict[int, Value] = {}  # the first object of each class that was given something
        self.singletons: dict[int, Value] = {}  # the one object per class whose methods nobody calls
        self.extensions: dict[str, dict[str, list[FunctionValue]]] = {}
        self.words_of_set_up: dict[str, frozenset[str]] = {}  # of each file, those that it uses
        self.speaking: dict[int, bool] = {}  # of Go's functions, whether one speaks of routes
        self.called: Counter[int] = Counter()  # how often each function was, by the id of its node
        self._ran: list[nodes.Function] = []  # each of those once
        # The routers made while running functions that nobody had called, by function.
        self.alone: dict[int, list[Router]] = {}
        self.forced: set[int] = set()  # assignments whose name somebody asked for before they were reached
        self.stack: list[nodes.Function] = []  # the functions that run, each called by the one before
        # The functions that are called, each with the call and the scope that it is written in.
        self.calls: list[tuple[nodes.Function, nodes.Call | None, Scope | None]] = []
        self.returned: list[list[Value]] = []  # what each function on the stack has returned so far
        self._plain = Names()
        self.conventions = Conventions(program, registry)

    # --- running files ------------------------------------------------------------------------------------------

    def run_file(self, file: File) -> None:
        """Run what stands at the top of a file, once, with as many steps as one file may take."""
        if not file.ran:
            file.ran = True
            self.within_limits(file, lambda: self.run_body(file.module.body, file.scope))

    def within_limits(self, file: File, work: Callable[[], Any]) -> None:
        """Give a file its own share of steps; what it imports has shares too and takes nothing of this one."""
        depth = len(self.stack)
        try:
            with share(MAXIMUM_SECONDS_PER_FILE), self.share_of_a_file():
                work()
        except (OutOfSteps, OutOfTime, RecursionError):
            self.cut.add(file.path)
        finally:
            del self.stack[depth:]

    def singleton(self, owner: ClassValue) -> Value:
        """Return the object that stands for all objects of a class, made with unknown arguments."""
        known = self.singletons.get(id(owner.node))
        if known is None:
            self.singletons[id(owner.node)] = ObjectValue(owner, {}, owner.place)
            known = self.singletons[id(owner.node)] = self.instantiate(owner, [], {}, None, owner.scope)
        return known

    # --- running statements -------------------------------------------------------------------------------------

    def run_body(self, body: Iterable[nodes.Statement], scope: Scope) -> None:
        """Run statements in order."""
        for statement in body:
            statements.run(self, statement, scope)

    def run_function(self, function: nodes.Function, scope: Scope) -> None:
        """Run a function's body; of one that lies aside no more than it is worth."""
        is_aside = scope.file.path in self.registry.aside
        if is_aside is self.is_aside:
            is_counted = scope.file.family in FAMILIES_WITHOUT_IMPLICIT_RECEIVER and not is_aside
            share = self.share_of_what_is_left(lambda: self.cut.add(scope.file.path)) if is_counted else nullcontext()
        else:
            share = self.share_aside() if is_aside else self.share_back()
        with share:
            self.run_body(function.body, scope)

    # --- names --------------------------------------------------------------------------------------------------

    def names(self, file: File) -> Names:
        """Return the rules for names in this file's language."""
        return self.registry.names.get(file.family, self._plain)

    def lookup(self, name: str, scope: Scope) -> Value:
        """Return what a name means here; External for one that nobody declares."""
        if name.endswith("::"):
            return naming.item_named(self, name, scope)
        holder = scope.holder_of(name)
        if holder is not None:
            return naming.on_receiver(self.force(holder, name), scope)
        if scope.this is not None and scope.file.family not in FAMILIES_WITHOUT_IMPLICIT_RECEIVER:
            value = naming.of_receivers(self, name, scope)
            if value is not NOTHING:
                return value
        if scope.file.family in FAMILIES_OF_CLASSES:
            value = naming.inherited_name(self, name, scope)
            if value is not NOTHING:
                return value
        return naming.on_receiver(self.names(scope.file).missing(self, scope.file, name), scope)

    def force(self, scope: Scope, name: str) -> Value:
        """Return the value of a name that this very scope has."""
        value = scope.names[name]
        if not isinstance(value, Lazy):
            return value
        if value.busy:
            return Unknown(name)
        value.busy = True
        statement = value.statement
        if isinstance(statement, nodes.Import):
            result = self.names(scope.file).imported(self, scope.file, statement)
            scope.names[name] = result
            return result
        return self._force_assignment(statement, scope, name)

    def _force_assignment(self, statement: nodes.Assign, scope: Scope, name: str) -> Value:
        if statement.value is None:
            value = scope.names[name] = statements.declared(self, statement, scope)
            return value
        self.forced.add(id(statement))
        binding.bind(self, statement.target, self.evaluate(statement.value, scope), scope)
        bound = scope.names[name]
        return Unknown(name) if isinstance(bound, Lazy) else bound

    def own_name(self, file: File, name: str) -> Value:
        """Return a name declared at the top of a file, after running the file; NOTHING where there is none."""
        self.run_file(file)
        return self.force(file.scope, name) if name in file.scope.names else NOTHING

    def exported(self, file: File, name: str) -> Value:
        """Return what another file sees as this name of a file, by the rules of its language."""
        return self.names(file).attribute(self, file, name)

    def get(self, value: Value, name: str, scope: Scope) -> Value:
        """Return `value.name`; Unknown where it cannot be known."""
        return attributes.get(self, value, name, scope)

    def environment(self, name: str, file: File) -> str | None:
        """Return what an example of the environment that lies in the repository says of a variable, if it is a path."""
        return self.program.environment(file.project_root).get(name)

    # --- expressions --------------------------------------------------------------------------------------------

    def evaluate(self, expression: nodes.Expression | None, scope: Scope) -> Value:
        """Return the value of an expression; never raises for what it says."""
        self.step()
        if expression is None:
            return None
        return evaluation.EVALUATORS[type(expression)](self, expression, scope)

    def text(self, expression: nodes.Expression | None, scope: Scope) -> str:
        """Return an expression as text, with holes where it is not known."""
        value = self.evaluate(expression, scope)
        return text_of(Unknown(source_of(expression)) if isinstance(value, Unknown | Thing | ObjectValue) else value)

    def qualified_name(self, expression: nodes.Expression, scope: Scope) -> str:
        """Return the whole name of something out of a library (`fastapi.APIRouter`); empty for anything else."""
        target = expression.function if isinstance(expression, nodes.Call) else expression
        value = self.evaluate(target, scope)
        return value.name if isinstance(value, External) else ""

    # --- calls --------------------------------------------------------------------------------------------------

    def call(
        self,
        function: Value,
        positional: list[Value],
        named: dict[str, Value] | None = None,
        *,
        this: Value = None,
        node: nodes.Call | None = None,
        scope: Scope | None = None,
        line: int = 0,
        name: str = "",
    ) -> Value:
        """Call a value; `this` is the implicit receiver inside, where it has none of its own."""
        named = named or {}
        if isinstance(function, FunctionValue):
            self.calls.append((function.node, node, scope))
            return functions.call(self, function, positional, named, function.this if this is None else this)
        where = scope or getattr(function, "scope", None)
        if where is None:
            return Unknown(name)
        if isinstance(function, ClassValue):
            return self.instantiate(function, positional, named, node, where)
        receiver = function.receiver if isinstance(function, Native) else None
        called = getattr(function, "name", name)
        line = line or (node.line if node else 0)
        invocation = Invocation(self, receiver, called, positional, named, node, where, line)
        if isinstance(function, Native):
            return function.behaviour(invocation)
        return unknown_calls.call(self, function, invocation)

    def note_call(self, function: nodes.Function) -> None:
        """Count a call of a function. It is kept: one that were gone would leave its id to another."""
        if id(function) not in self.called:
            self._ran.append(function)
        self.called[id(function)] += 1

    def run_callback(self, callback: FunctionValue) -> None:
        """Run a function that was handed to something unknown, once, with nothing known of its arguments.

        Only one that is written on the spot, or speaks of a framework: a function by name is more often a handler.
        """
        unknown_calls.run_callback(self, callback)

    def extension(self, owner: str, name: str, file: File) -> Value:
        """Return a function declared outside the type that it extends; NOTHING where there is none.

        `owner` is the type's name; empty for an object of a library, where any function of that name will do.
        """
        return extensions.find(self, owner, name, file)

    def instantiate(
        self, cls: ClassValue, positional: list[Value], named: dict[str, Value], node: nodes.Call | None, scope: Scope
    ) -> Value:
        """Make an object of a class of the program; one of a framework where the class is derived from it."""
        return classes.instantiate(self, cls, positional, named, node, scope)

    def inherited(self, scope: Scope, name: str) -> Value:
        """Return what `super.name` means here, bound to the object at hand; NOTHING where no base has it."""
        return classes.inherited(self, scope, name)

    def bases(self, cls: ClassValue) -> list[Value]:
        """Return the classes a class is derived from, nearest first, those of libraries too; cycles end."""
        return classes.bases(self, cls)

    def member(self, cls: ClassValue, name: str) -> Value:
        """Return what a class or its bases declare under a name; NOTHING where none does."""
        return classes.member(self, cls, name)

    def made_since(self, before: list[Router]) -> list[Router]:
        """Return the routers that were not there before, in the order they were made.

        By what they are and not by their number: a call may take routers away that it makes better ones of. Whoever
        asks has kept those before, so that none of them has its id taken by another.
        """
        known = {id(router) for router in before}
        return [router for router in self.routers if id(router) not in known]

    def new_router(self, kind: Kind, place: Place, **said: Any) -> Router:
        """Make a router and remember it."""
        made = Router(kind, place, **said)
        self.routers.append(made)
        return made
