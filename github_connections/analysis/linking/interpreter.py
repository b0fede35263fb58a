"""Carries out the set-up of a program with unknown input: what is imported, built, registered and mounted.

It walks the lowered trees: assignments bind values, calls of the program's functions run their bodies, calls of a
library's objects go to the behaviour that a framework declared for them. Whatever nobody declared is `Unknown` or
`External`, and a callback handed to it is run once, since set-up often hides in callbacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from github_connections.analysis.linking import attributes, evaluation, sequences
from github_connections.analysis.linking.conventions import Conventions
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names import Names, PlainNames
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.scopes import Lazy, Scope, class_value
from github_connections.analysis.linking.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    Kind,
    ListValue,
    MapValue,
    ModuleValue,
    Native,
    ObjectValue,
    Thing,
    Unknown,
    Value,
    source_of,
    text_of,
)
from github_connections.analysis.linking.words import words_of
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

# Set-up is small; a program made to run for ever is not. Counted in evaluated nodes, for one file and for all.
MAXIMUM_STEPS_PER_FILE = 300_000
MAXIMUM_STEPS = 20_000_000
# Functions that call functions.
MAXIMUM_CALLS_DEEP = 25
# A function that walks a tree of routes calls itself once a level.
MAXIMUM_TREE_DEEP = 8
# A helper that everybody calls says nothing new the hundredth time.
MAXIMUM_RUNS_OF_A_FUNCTION = 100
# Languages in which a bare name is never a member of the object at hand.
FAMILIES_WITHOUT_IMPLICIT_RECEIVER = frozenset({"go", "rust"})
# Languages in which a class sees the members of its bases by their bare names.
FAMILIES_OF_CLASSES = frozenset({"csharp", "java"})
# Languages in which a function may be declared outside the type it belongs to.
FAMILIES_WITH_EXTENSIONS = frozenset({"csharp", "go", "java", "rust"})


# In a file that has nothing to do with a server, what is longer than a helper is business and no set-up.
SHORT_BODY = 3
# Of a value and a default the last is taken, and not of more.
A_CHOICE = 3
MAXIMUM_RUNS_BESIDE_SET_UP = 3
# What a server is set up with, in a file that imports its library.
WORDS_OF_SET_UP = frozenset({"Router", "express", "listen", "register", "route", "use"})
# What registers a route, or hands on who does.
WORDS_OF_ROUTES = WORDS_OF_SET_UP | {"all", "delete", "get", "patch", "post", "put"}
WORDS_OF_SET_UP_IN_RUST = frozenset(
    {
        *("route", "routes", "route_service", "route_layer", "api_route", "nest", "nest_service", "merge", "serve"),
        *("service", "scope", "resource", "configure", "mount", "attach", "at"),
    }
)


class OutOfSteps(Exception):
    """The set-up of a file goes on for too long; what was found until then stands."""


class Interpreter:
    """One run over one program."""

    def __init__(self, program: Program, registry: Registry) -> None:
        self.program = program
        self.registry = registry
        self.state: dict[str, Any] = {}  # what a framework remembers from one call to the next
        self.things: list[Thing] = []  # what else frameworks want to find again, in the order they were made
        self.routers: list[Router] = []  # every router that a call made, in the order they were made
        self.cut: set[str] = set()  # files whose set-up was left before its end
        self.settings: dict[str, Value] = {}  # what the program configures, by the name it is asked for
        self._made: dict[int, Value] = {}  # the first object of each class that was given something
        self.singletons: dict[int, Value] = {}  # the one object per class whose methods nobody calls
        self._extensions_by_family: dict[str, dict[str, list[FunctionValue]]] = {}
        self._called: Counter[int] = Counter()
        # The routers made while running functions that nobody had called, by function.
        self._alone: dict[int, list[Router]] = {}
        self._forced: set[int] = set()
        self._steps = 0
        self._limit = MAXIMUM_STEPS_PER_FILE
        self._stack: list[nodes.Function] = []
        self._returned: list[list[Value]] = []  # what each function on the stack has returned so far
        self._plain = PlainNames()
        self._conventions = Conventions(program, registry)

    # --- running files ------------------------------------------------------------------------------------------

    def run_file(self, file: File) -> None:
        """Run what stands at the top of a file, once, with as many steps as one file may take."""
        if not file.ran:
            file.ran = True
            self._within_limits(file, lambda: self.run_body(file.module.body, file.scope))

    def run_uncalled(self, file: File) -> None:
        """Run those functions of a file that nobody called and that speak of a framework, with made-up arguments."""
        for function, owner in _functions_of(file.scope):
            if id(function.node) not in self._called and self._speaks_of_a_framework(function):
                self._within_limits(file, partial(self._run_alone, function, owner))

    def _within_limits(self, file: File, work: Callable[[], Any]) -> None:
        """Give a file its own share of steps; what it imports has shares too and takes nothing of this one."""
        left = self._limit - self._steps
        depth = len(self._stack)
        self._limit = min(self._steps + MAXIMUM_STEPS_PER_FILE, MAXIMUM_STEPS)
        try:
            work()
        except (OutOfSteps, RecursionError):
            self.cut.add(file.path)
        finally:
            del self._stack[depth:]
            self._limit = min(self._steps + left, MAXIMUM_STEPS)

    def finish(self) -> None:
        """Leave the running behind: what rows are made of may be evaluated with all steps that are left."""
        self._limit = MAXIMUM_STEPS + MAXIMUM_STEPS_PER_FILE

    def _speaks_of_a_framework(self, function: FunctionValue) -> bool:
        node = function.node
        words = words_of(node)
        if node.name == "main" or not self.registry.words.isdisjoint(words):
            return True
        if function.scope.file.path in self.registry.serving and not WORDS_OF_SET_UP.isdisjoint(words):
            return True
        if function.scope.file.family == "rust":
            return not WORDS_OF_SET_UP_IN_RUST.isdisjoint(words) or self._takes_a_router(function)
        if any(self._is_known_by_convention(parameter, function) for parameter in node.parameters):
            return True
        typed = [parameter.type for parameter in node.parameters] + [node.receiver]
        if function.scope.file.family == "java":
            typed.append(node.returns)  # a bean's method: what it returns is what it is for
        return any(self.made_for_type(kind, function.scope, node.line) is not None for kind in typed if kind)

    def _takes_a_router(self, function: FunctionValue) -> bool:
        """Tell whether a parameter's type, or the type that is extended, is one of a framework's."""
        typed = [parameter.type for parameter in function.node.parameters] + [function.node.receiver]
        kinds = (_without_arguments(kind) for kind in typed)
        named = (
            self.qualified_name(kind, function.scope) for kind in kinds if isinstance(kind, nodes.Name | nodes.Member)
        )
        return any(name in self.registry.types for name in named)

    def _run_alone(self, function: FunctionValue, owner: ClassValue | None) -> None:
        known = len(self.routers)
        alone = self.registry.alone.get(function.scope.file.family, Interpreter.object_at_hand)
        this = alone(self, owner) if owner is not None and function.node.name != "constructor" else None
        made = self.call(function, [], this=this)
        if function.scope.file.family == "javascript":
            self._run_held(made)
        self._alone[id(function.node)] = [router for router in self.routers[known:] if not router.data.get("shared")]

    def _run_held(self, made: Value) -> None:
        """Run what an uncalled function gives back to be called: `(app) => ({ start() { app.get("/") } })`."""
        held = made.entries if isinstance(made, MapValue) else made.fields if isinstance(made, ObjectValue) else {}
        for function in [value for value in held.values() if isinstance(value, FunctionValue)]:
            words = words_of(function.node)
            if id(function.node) not in self._called and not WORDS_OF_ROUTES.isdisjoint(words):
                self.call(function, [], this=made)

    def object_at_hand(self, owner: ClassValue) -> Value:
        """Return an object of a class that the program made with what it gave, else the one made of nothing known."""
        return self._made.get(id(owner.node)) or self.singleton(owner)

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
            self._run(statement, scope)

    def _run(self, statement: nodes.Statement, scope: Scope) -> None:
        self.step()
        match statement:
            case nodes.Assign():
                self._assign(statement, scope)
            case nodes.Import():
                self._bind(statement, scope)
            case nodes.Export():
                self.exported_value(statement, scope)
            case nodes.Return():
                self._return(self.evaluate(statement.value, scope))
            case nodes.Loop():
                self._loop(statement, scope)
            case nodes.Function():
                self._define_function(statement, scope)
            case nodes.Class():
                self._define_class(statement, scope)
            case _:
                self.evaluate(statement, scope)

    def _bind(self, statement: nodes.Import, scope: Scope) -> None:
        if statement.local:
            scope.names.setdefault(statement.local, Lazy(statement))

    def _return(self, value: Value) -> None:
        """Note what is returned and go on: a `return` may stand in a branch, whose condition nobody knows."""
        if self._returned:
            self._returned[-1].append(value)

    def step(self) -> None:
        """Count one step; OutOfSteps when the file at hand has had its share."""
        self._steps += 1
        if self._steps > self._limit:
            raise OutOfSteps

    def _define_function(self, node: nodes.Function, scope: Scope) -> None:
        value = scope.names.get(node.name) if node.name else None
        if not isinstance(value, FunctionValue) or value.node is not node:
            value = FunctionValue(node, scope)
            if node.name and node.receiver is None:
                scope.names[node.name] = value
        if scope.file.family == "python":
            self._decorate(node.decorators, value, scope)

    def _define_class(self, node: nodes.Class, scope: Scope) -> None:
        value = scope.names.get(node.name)
        if not isinstance(value, ClassValue) or value.node is not node:
            value = scope.names[node.name] = class_value(node, scope)
        if scope.file.family == "python":
            for member in node.body:
                if isinstance(member, nodes.Function) and member.decorators:
                    self._define_function(member, value.scope)
            self._decorate(node.decorators, value, scope)

    def _decorate(self, decorators: list[nodes.Expression], value: Value, scope: Scope) -> None:
        """Apply decorators: in Python they are calls, and often register what they decorate."""
        for decorator in reversed(decorators):
            function = self.evaluate(decorator, scope)
            if isinstance(function, Native | FunctionValue):
                self.call(function, [value], scope=scope, line=getattr(decorator, "line", 0))

    def _loop(self, statement: nodes.Loop, scope: Scope) -> None:
        items = sequences.items_of(self.evaluate(statement.iterable, scope))
        for item in items if items is not None else [Unknown(source_of(statement.target))]:
            self.bind(statement.target, item, scope)
            self.run_body(statement.body, scope)

    # --- assignments --------------------------------------------------------------------------------------------

    def _assign(self, statement: nodes.Assign, scope: Scope) -> None:
        if id(statement) in self._forced:
            return  # somebody asked for this name before its file came to it; the same object must not be made twice
        if statement.value is None:
            if isinstance(statement.target, nodes.Name):
                scope.names[statement.target.id] = self._declared(statement, scope)
            return
        value = self.evaluate(statement.value, scope)
        if isinstance(value, External | Unknown) and scope.file.family == "javascript":
            value = self._known_otherwise(statement, value, scope)
        if statement.operator == "+=":
            place = Place(scope.file.path, statement.line)
            value = sequences.add(self.evaluate(statement.target, scope), value, place)
        self.bind(statement.target, value, scope, declares=bool(statement.modifiers))

    def _known_otherwise(self, statement: nodes.Assign, value: Value, scope: Scope) -> Value:
        """Return what a variable holds by its type, or by its name where a library made it; else the value."""
        made = self.made_for_type(statement.type, scope, statement.line)
        if made is not None:
            return made
        kind = self._conventions.kind_of_variable(statement.target, value, scope.file)
        return value if kind is None else self._assumed(kind, Place(scope.file.path, statement.line))

    def _declared(self, statement: nodes.Assign, scope: Scope) -> Value:
        """Return the value of a variable that is declared with its type only."""
        made = self.made_for_type(statement.type, scope, statement.line)
        return Unknown(source_of(statement.target)) if made is None else made

    def bind(self, target: nodes.Expression, value: Value, scope: Scope, *, declares: bool = True) -> None:
        """Assign a value to a target, taken apart where the target is a pattern.

        Without `declares` (a bare `x = …`) a name of an enclosing scope is assigned to, in languages that do so.
        """
        match target:
            case nodes.Name(id=name):
                self._bind_name(name, value, scope, declares=declares)
            case nodes.Member(of=of, name=name):
                attributes.assign(self.evaluate(of, scope), name, value)
            case nodes.Item(of=of, index=index):
                attributes.assign(self.evaluate(of, scope), text_of(self.evaluate(index, scope)), value)
            case nodes.Sequence(items=items):
                self._bind_positions(items, value, scope)
            case nodes.Mapping(entries=entries):
                self._bind_entries(entries, value, scope)
            case nodes.Spread(value=inner):
                self.bind(inner, value, scope)
            case nodes.Choice(options=options):
                self._bind_with_default(options, value, scope)

    def _bind_entries(self, entries: list[nodes.Entry], value: Value, scope: Scope) -> None:
        for entry in entries:
            self.bind(entry.value, self.get(value, text_of(self.evaluate(entry.key, scope)), scope), scope)

    def _bind_with_default(self, options: list[nodes.Expression], value: Value, scope: Scope) -> None:
        """`const { prefix = "/api" } = options`: what is not known is what it would be without being said.

        An empty default says nothing: who writes `routes = {}` expects some.
        """
        target, default = options
        otherwise = self.evaluate(default, scope) if value is None or isinstance(value, Unknown) else value
        is_empty = (isinstance(otherwise, MapValue) and not otherwise.entries) or (
            isinstance(otherwise, ListValue) and not otherwise.items
        )
        self.bind(target, value if is_empty else otherwise, scope)

    @staticmethod
    def _bind_name(name: str, value: Value, scope: Scope, *, declares: bool) -> None:
        outer = None if declares or scope.file.family == "python" else scope.holder_of(name)
        holder = outer or scope
        if not declares and scope.file.family == "javascript":
            _join(holder.names.get(name), value)
        holder.names[name] = value

    def _bind_positions(self, items: list[nodes.Expression], value: Value, scope: Scope) -> None:
        parts = sequences.items_of(value)
        for position, item in enumerate(items):
            if parts is not None and position < len(parts):
                part = parts[position]
            else:
                # Go's `router, err := New()` where one value is known: the first name has it.
                part = value if position == 0 and parts is None else Unknown(source_of(item))
            self.bind(item, part, scope)

    # --- names --------------------------------------------------------------------------------------------------

    def names(self, file: File) -> Names:
        """Return the rules for names in this file's language."""
        return self.registry.names.get(file.family, self._plain)

    def lookup(self, name: str, scope: Scope) -> Value:
        """Return what a name means here; External for one that nobody declares."""
        if name.endswith("::"):
            return self._item_named(name, scope)
        holder = scope.holder_of(name)
        if holder is not None:
            return _on_receiver(self.force(holder, name), scope)
        if scope.this is not None and scope.file.family not in FAMILIES_WITHOUT_IMPLICIT_RECEIVER:
            value = attributes.implicit(self, scope.this, name, scope)
            if value is not NOTHING:
                return value
        if scope.file.family in FAMILIES_OF_CLASSES:
            value = self._inherited_name(name, scope)
            if value is not NOTHING:
                return value
        return _on_receiver(self.names(scope.file).missing(self, scope.file, name), scope)

    def _item_named(self, name: str, scope: Scope) -> Value:
        """Return what a Rust path begins with: a module, a type or a function, never a variable of that name."""
        bare = name.removesuffix("::")
        inner: Scope | None = scope
        while inner is not None:
            if bare in inner.names:
                value = self.force(inner, bare)
                if _is_item(value):
                    return value
            inner = inner.parent
        return self.names(scope.file).missing(self, scope.file, name if bare in ("self", "super") else bare)

    def _inherited_name(self, name: str, scope: Scope) -> Value:
        """Return a constant of a base of the classes around; NOTHING where none has it."""
        inner: Scope | None = scope
        while inner is not None:
            if isinstance(inner.owner, nodes.Class) and inner.owner.bases:
                value = self.member(ClassValue(inner.owner, inner), name)
                if value is not NOTHING:
                    return value
            inner = inner.parent
        return NOTHING

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
            value = scope.names[name] = self._declared(statement, scope)
            return value
        self._forced.add(id(statement))
        self.bind(statement.target, self.evaluate(statement.value, scope), scope)
        bound = scope.names[name]
        return Unknown(name) if isinstance(bound, Lazy) else bound

    def own_name(self, file: File, name: str) -> Value:
        """Return a name declared at the top of a file, after running the file; NOTHING where there is none."""
        self.run_file(file)
        return self.force(file.scope, name) if name in file.scope.names else NOTHING

    def exported_value(self, statement: nodes.Export, scope: Scope) -> Value:
        """Return what an export hands out; an expression is worked out once, however often it is imported."""
        if isinstance(statement.value, nodes.Name):
            return self.evaluate(statement.value, scope)
        key = f"export {statement.name}"
        if key not in scope.names:
            scope.names[key] = self.evaluate(statement.value, scope)
        return scope.names[key]

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
            if node is not None and node.new and function.scope.file.family == "javascript":
                return self._built_by(function, positional, named)
            return self._run_function(function, positional, named, this if this is not None else function.this)
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
        return self.call_unknown(function, invocation)

    def _built_by(self, function: FunctionValue, positional: list[Value], named: dict[str, Value]) -> Value:
        """`new App()` of a plain function: the object it fills, unless it returns another."""
        made = ObjectValue(None, {}, function.place)
        returned = self._run_function(function, positional, named, made)
        return returned if isinstance(returned, ObjectValue | MapValue | Thing) else made

    def call_unknown(self, function: Value, invocation: Invocation) -> Value:
        """Call something of a library: by what a framework declared, else running the callbacks it is handed."""
        if isinstance(function, External):
            behaviour = self.registry.call_of(function.name)
            if behaviour is not None:
                return behaviour(invocation)
        elif isinstance(function, ObjectValue | MapValue | Thing):
            inner = self.get(function, "__call__", invocation.scope)
            if not isinstance(inner, Unknown):
                return self.call(inner, invocation.positional, invocation.named, scope=invocation.scope)
        elif isinstance(function, Unknown) and invocation.scope.file.family == "csharp":
            self._call_on_every_class(invocation)
        for callback in invocation.functions():
            self.run_callback(callback)
        return (
            External(f"{function.name}()", invocation) if isinstance(function, External) else Unknown(_called(function))
        )

    def run_callback(self, callback: FunctionValue) -> None:
        """Run a function that was handed to something unknown, once, with nothing known of its arguments.

        Only one that is written on the spot, or speaks of a framework: a function by name is more often a handler.
        """
        if id(callback.node) not in self._called and (not callback.node.name or self._speaks_of_a_framework(callback)):
            self.call(callback, [], this=callback.this)

    def _call_on_every_class(self, invocation: Invocation) -> None:
        """`foreach (var endpoint in found) endpoint.Map(app)`: what reflection finds are all classes with that
        method."""
        function = invocation.node.function if invocation.node else None
        if not isinstance(function, nodes.Member) or not any(
            isinstance(item, Router) for item in invocation.positional
        ):
            return
        for file in self.program.with_words("csharp", self.registry.words):
            for method, owner in _functions_of(file.scope):
                is_meant = method.node.name == function.name and "abstract" not in method.node.modifiers
                if is_meant and owner is not None and len(method.node.parameters) == len(invocation.positional):
                    self.call(method, invocation.positional, this=self.singleton(owner))

    def extension(self, owner: str, name: str, file: File) -> Value:
        """Return a function declared outside the type that it extends; NOTHING where there is none.

        `owner` is the type's name; empty for an object of a library, where any function of that name will do.
        """
        found = []
        for function in self._extensions(file.family).get(name, []):
            receiver = _without_arguments(function.node.receiver)
            if not owner or getattr(receiver, "id", getattr(receiver, "name", "")) == owner:
                found.append(function)
        # Types of one name are many; a Go method, or an impl, lies in the package of its own.
        beside = [function for function in found if function.scope.file.directory == file.directory]
        defaults = self._extensions(file.family).get(f"trait {name}", []) if file.family == "rust" else []
        return next(iter([*beside, *found, *defaults]), NOTHING)

    def _extensions(self, family: str) -> dict[str, list[FunctionValue]]:
        known = self._extensions_by_family.get(family)
        if known is None:
            known = self._extensions_by_family[family] = {}
            for file in self.program.of_family(family) if family in FAMILIES_WITH_EXTENSIONS else ():
                for function, owner in _functions_of(file.scope):
                    if function.node.receiver is not None:
                        known.setdefault(function.node.name, []).append(function)
                    elif owner is not None and owner.node.kind == "trait" and function.node.body:
                        known.setdefault(f"trait {function.node.name}", []).append(function)  # what it does by default
        return known

    def instantiate(
        self, cls: ClassValue, positional: list[Value], named: dict[str, Value], node: nodes.Call | None, scope: Scope
    ) -> Value:
        """Make an object of a class of the program; one of a framework where the class is derived from it."""
        line = node.line if node else cls.node.line
        for base in self.bases(cls):
            behaviour = self.registry.base_of(base.name) if isinstance(base, External) else None
            if behaviour is not None:
                made = behaviour(Invocation(self, cls, cls.node.name, positional, named, node, scope, line))
                self._construct(cls, made, positional, named)
                return made
        made = ObjectValue(cls, {}, Place(scope.file.path, line))
        if cls.scope.file.family == "javascript" and positional:
            self._made.setdefault(id(cls.node), made)
        self._construct(cls, made, positional, named)
        return made

    def _construct(self, cls: ClassValue, made: Value, positional: list[Value], named: dict[str, Value]) -> None:
        """Run the constructor and bind what a class's head or fields declare."""
        if isinstance(made, ObjectValue):
            for position, parameter in enumerate(cls.node.parameters):
                value = named.get(parameter.name, positional[position] if position < len(positional) else NOTHING)
                made.fields[parameter.name] = self._argument(parameter, value, cls.scope, cls.node.line)
            if not cls.node.parameters and self._constructor(cls) is None:
                made.fields.update(named)
        if cls.scope.file.family == "javascript":
            self._set_fields(cls, made)
        for constructor in self._constructors(cls):
            self.call(constructor, positional, named, this=made)
            break

    def _set_fields(self, cls: ClassValue, made: Value) -> None:
        """Give an object fields of its own, those of the bases first: two objects of a class have two routers."""
        owners = [owner for owner in (cls, *self.bases(cls)) if isinstance(owner, ClassValue)]
        for owner in reversed(owners):
            scope = Scope(owner.scope.file, owner.scope, owner.node, made)
            for field in owner.node.body:
                if isinstance(field, nodes.Assign) and field.value is not None and "static" not in field.modifiers:
                    attributes.assign(made, source_of(field.target), self.evaluate(field.value, scope))

    def inherited(self, scope: Scope, name: str) -> Value:
        """Return what `super.name` means here, bound to the object at hand; NOTHING where no base has it."""
        owner = _class_around(scope)
        for base in self.bases(owner) if owner is not None else ():
            if isinstance(base, ClassValue) and name in base.scope.names:
                found = self.force(base.scope, name)
                return FunctionValue(found.node, found.scope, scope.this) if isinstance(found, FunctionValue) else found
        return NOTHING

    def _constructor(self, cls: ClassValue) -> FunctionValue | None:
        return next(self._constructors(cls), None)

    def _constructors(self, cls: ClassValue) -> Iterator[FunctionValue]:
        for owner in [cls, *self.bases(cls)]:
            if isinstance(owner, ClassValue):
                for name in ("constructor", "__init__", "initialize", "__construct", owner.node.name):
                    value = owner.scope.names.get(name)
                    if isinstance(value, FunctionValue):
                        yield value

    def bases(self, cls: ClassValue) -> list[Value]:
        """Return the classes a class is derived from, nearest first, those of libraries too; cycles end."""
        found: list[Value] = []
        seen = {id(cls.node)}
        waiting = [cls]
        while waiting:
            current = waiting.pop(0)
            for base in current.node.bases:
                value = self.evaluate(_without_arguments(base), current.scope.parent or current.scope)
                if isinstance(value, FunctionValue) and isinstance(base, nodes.Call):
                    value = self.evaluate(base, current.scope.parent or current.scope)  # a mixin: it makes the class
                if isinstance(value, ClassValue) and id(value.node) not in seen:
                    seen.add(id(value.node))
                    waiting.append(value)
                    found.append(value)
                elif isinstance(value, External):
                    found.append(value)
        return found

    def member(self, cls: ClassValue, name: str) -> Value:
        """Return what a class or its bases declare under a name; NOTHING where none does."""
        for owner in [cls, *self.bases(cls)]:
            if isinstance(owner, ClassValue) and name in owner.scope.names:
                return self.force(owner.scope, name)
        return NOTHING

    def _run_function(
        self, function: FunctionValue, positional: list[Value], named: dict[str, Value], this: Value
    ) -> Value:
        node = function.node
        self._called[id(node)] += 1
        before = self._alone.pop(id(node), [])
        known = {id(router) for router in self.routers} if before else set()
        if len(self._stack) >= MAXIMUM_CALLS_DEEP or self._is_tired_of(function, [this, *positional]):
            return Unknown(node.name or "function")
        if node.receiver is not None and function.scope.file.family == "csharp":
            this, positional = _extended_statically(this, positional)
        scope = Scope(function.scope.file, function.scope, node, this)
        if node.receiver is not None:
            scope.names[node.receiver_name] = self._receiver(node, this, function.scope)
            if scope.file.family == "java":
                scope.this = scope.names[node.receiver_name]
        self._bind_parameters(function, positional, named, scope)
        if "<>" in named:
            _bind_type_parameters(node, named["<>"], scope)
        scope.declare(node.body, lazily=False)
        self._stack.append(node)
        self._returned.append([])
        try:
            self.run_body(node.body, scope)
        finally:
            self._stack.pop()
            returned = self._returned.pop()
            self._supersede(before, [router for router in self.routers if before and id(router) not in known])
        return _last_known(returned, node.name)

    def _supersede(self, before: list[Router], after: list[Router]) -> None:
        """Forget the routers of a function that ran alone: somebody calls it after all, and makes or hands over others.

        One of its own stays where the call, of which less was known, found less.
        """
        found = sum(len(router.routes) for router in after)
        for router in before:
            if router in self.routers and (router.assumed or found >= len(router.routes)):
                self.routers.remove(router)

    def _is_tired_of(self, function: FunctionValue, given: list[Value]) -> bool:
        """Tell whether a function has run often enough, or calls itself; one that registers routes may run longer."""
        node, file = function.node, function.scope.file
        registers = any(isinstance(value, Thing) or (isinstance(value, str) and value[:1] == "/") for value in given)
        if registers:
            runs = 10 * MAXIMUM_RUNS_OF_A_FUNCTION
        elif file.family == "javascript" and len(node.body) > SHORT_BODY and file.path not in self.registry.serving:
            runs = MAXIMUM_RUNS_BESIDE_SET_UP
        else:
            runs = MAXIMUM_RUNS_OF_A_FUNCTION
        is_route = any(isinstance(value, MapValue) and "path" in value.entries for value in given)
        deep = MAXIMUM_TREE_DEEP if is_route else 1
        return self._called[id(node)] > runs or self._stack.count(node) > deep

    def _receiver(self, node: nodes.Function, this: Value, scope: Scope) -> Value:
        if this is not None:
            return this
        made = self.made_for_type(node.receiver, scope, node.line)
        return Unknown(node.receiver_name) if made is None else made

    def _bind_parameters(
        self, function: FunctionValue, positional: list[Value], named: dict[str, Value], scope: Scope
    ) -> None:
        parameters = function.node.parameters
        if parameters and parameters[0].name in ("self", "cls") and function.scope.file.family == "python":
            scope.names[parameters[0].name] = scope.this if scope.this is not None else Unknown("self")
            parameters = parameters[1:]
        if function.scope.file.family == "elixir":
            positional = _aligned(parameters, positional)
        for position, parameter in enumerate(parameters):
            if parameter.kind == "*":
                value: Value = ListValue(positional[position:], function.place)
            elif parameter.kind == "**":
                value = MapValue(dict(named), function.place)
            else:
                given = named.get(parameter.name, positional[position] if position < len(positional) else NOTHING)
                value = self._argument(parameter, given, function.scope, function.node.line, function)
            scope.names[parameter.name] = value
            if parameter.pattern is not None:
                self.bind(parameter.pattern, value, scope)
        if not parameters and positional:
            scope.names.setdefault("it", positional[0])  # the one parameter that Kotlin's and Groovy's blocks imply

    def _argument(
        self, parameter: nodes.Parameter, given: Value, scope: Scope, line: int, function: FunctionValue | None = None
    ) -> Value:
        """Return a parameter's value: what was given, else what its type makes, else its default, else Unknown."""
        of_a_library = isinstance(given, External) and scope.file.family == "javascript"
        if given is not NOTHING and not isinstance(given, Unknown) and not of_a_library:
            return given
        made = self.made_for_type(parameter.type, scope, line)
        kind = self._conventions.kind_of(parameter, scope.file) if made is None else None
        if kind is not None:
            made = self._assumed(kind, Place(scope.file.path, line))
        if made is not None or of_a_library:
            return given if made is None else made
        if parameter.default is not None:
            return self.evaluate(parameter.default, scope)
        held = self._conventions.held_by(parameter, function.node, scope.file) if function is not None else {}
        if held:
            place = Place(scope.file.path, line)
            return ObjectValue(None, {name: self._assumed(kind, place) for name, kind in held.items()}, place)
        return Unknown(parameter.name)

    def _is_known_by_convention(self, parameter: nodes.Parameter, function: FunctionValue) -> bool:
        file = function.scope.file
        known = self._conventions.kind_of(parameter, file)
        return known is not None or bool(self._conventions.held_by(parameter, function.node, file))

    def made_for_type(self, expression: nodes.Expression | None, scope: Scope, line: int) -> Value:
        """Return the value that a parameter or variable of this type holds; None where the type says nothing."""
        expression = _without_arguments(expression)
        if not isinstance(expression, nodes.Name | nodes.Member):
            return None
        value = self.evaluate(expression, scope)
        if isinstance(value, ClassValue):
            return self._object_of(value)
        kind = self.registry.types.get(value.name) if isinstance(value, External) else None
        return None if kind is None else self._assumed(kind, Place(scope.file.path, line))

    def _assumed(self, kind: Kind, place: Place) -> Value:
        """Make up an object for a parameter of this type, since nobody is seen to hand one over."""
        return self.new_router(kind, place, assumed=True) if kind.is_router else Thing(kind, place)

    def new_router(self, kind: Kind, place: Place, **said: Any) -> Router:
        """Make a router and remember it."""
        made = Router(kind, place, **said)
        self.routers.append(made)
        return made

    def _object_of(self, cls: ClassValue) -> Value:
        if cls.node.kind in ("class", "struct", "object", "record") and cls.scope.file.family != "python":
            return self.singleton(cls)
        return None


def _join(before: Value | Lazy, after: Value) -> None:
    """A variable is one router or another, by branches that nobody can tell: what mounts the one mounts both."""
    if not isinstance(before, Router) or not isinstance(after, Router) or before.kind is not after.kind:
        return
    if before is not after and not before.parents and not after.prefix:
        after.mount("", before, before.place, "assigned")


def _last_known(values: list[Value], name: str) -> Value:
    """Return the last value of which something is known, else the last one that is there at all.

    A function that returns one of many texts chooses by what nobody knows here: none of them is taken for the one.
    """
    said = [value for value in values if value is not None]
    known = [value for value in said if not isinstance(value, Unknown | External)]
    if len({value for value in known if isinstance(value, str)}) >= A_CHOICE:
        return Unknown(f"{name}()")
    return (known or said or [None])[-1]


def _aligned(parameters: list[nodes.Parameter], given: list[Value]) -> list[Value]:
    """Give each parameter its argument where those with a default stand before those without, as in Elixir."""
    spare = len(given) - sum(parameter.default is None for parameter in parameters)
    rest = iter(given)
    aligned = []
    for parameter in parameters:
        takes = parameter.default is None or spare > 0
        spare -= parameter.default is not None
        aligned.append(next(rest, NOTHING) if takes else NOTHING)
    return aligned


def _functions_of(scope: Scope) -> Iterator[tuple[FunctionValue, ClassValue | None]]:
    """Yield the functions declared in a scope and the methods of its classes, with their class."""
    owner = ClassValue(scope.owner, scope) if isinstance(scope.owner, nodes.Class) else None
    body = getattr(scope.owner, "body", [])
    for statement in body:
        function = (
            getattr(statement, "value", None) if isinstance(statement, nodes.Assign | nodes.Export) else statement
        )
        if isinstance(function, nodes.Function):
            yield FunctionValue(function, scope), owner
        elif isinstance(function, nodes.Mapping):  # `module.exports = { init() {…} }`
            held = [entry.value for entry in function.entries if isinstance(entry.value, nodes.Function)]
            yield from ((FunctionValue(one, scope), owner) for one in held)
    for value in list(scope.names.values()):
        if isinstance(value, ClassValue) and value.scope.parent is scope:
            yield from _functions_of(value.scope)


def _class_around(scope: Scope | None) -> ClassValue | None:
    """Return the innermost class that a scope is inside of."""
    while scope is not None:
        if isinstance(scope.owner, nodes.Class):
            outer = scope.parent if scope.parent is not None and scope.parent.owner is scope.owner else scope
            return ClassValue(scope.owner, outer)
        scope = scope.parent
    return None


def _without_arguments(expression: nodes.Expression | None) -> nodes.Expression | None:
    """Return a type or base without its arguments: `List<User>` is `List`, `Base(x)` is `Base`."""
    while isinstance(expression, nodes.Item | nodes.Call):
        expression = expression.of if isinstance(expression, nodes.Item) else expression.function
    return expression


def _extended_statically(this: Value, positional: list[Value]) -> tuple[Value, list[Value]]:
    """C#'s `Endpoints.MapUsers(app)` is `app.MapUsers()`."""
    if isinstance(this, ClassValue | None) and positional:
        return positional[0], positional[1:]
    return this if not isinstance(this, ClassValue) else None, positional


def _bind_type_parameters(node: nodes.Function, given: Value, scope: Scope) -> None:
    """`Map<T>()` called as `Map<Users>()`: inside, T is that class."""
    names = [word[1:-1] for word in node.modifiers if word.startswith("<")]
    values = given.items if isinstance(given, ListValue) else [given]
    scope.names.update(zip(names, values, strict=False))


def _on_receiver(value: Value, scope: Scope) -> Value:
    """A bare call of one of Kotlin's extension functions, or of an Elixir macro, is on the receiver at hand."""
    if not isinstance(value, FunctionValue) or value.this is not None:
        return value
    is_extension = value.node.receiver is not None and scope.file.family == "java"
    is_macro = scope.file.family == "elixir"
    return FunctionValue(value.node, value.scope, scope.this) if is_extension or is_macro else value


def _is_item(value: Value) -> bool:
    if isinstance(value, External):
        return value.made_by is None
    return isinstance(value, ModuleValue | ClassValue) or (isinstance(value, FunctionValue) and bool(value.node.name))


def _called(function: Value) -> str:
    return f"{function.source}()" if isinstance(function, Unknown) else "…"
