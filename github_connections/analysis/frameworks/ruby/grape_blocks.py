"""The blocks of Grape's APIs: namespaces, versions, parameters, what is asked before, and what is mounted."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks.ruby import grape_parameters
from github_connections.analysis.frameworks.ruby.rails_guards import asks_for_a_log_in
from github_connections.analysis.frameworks.ruby.ruby_classes import (
    NamedClass,
    RubyClasses,
    classes_of,
    included,
    written_name,
)
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import text_of, texts_of
from github_connections.analysis.report import ANY_METHOD, AuthSource, Parameter, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import without_return
from github_connections.analysis.syntax.walking import nodes_in

_SPACES = frozenset({"namespace", "resource", "resources", "group", "segment"})
_LIBRARY = ("Grape::API", "Grape::API::Instance")
MAXIMUM_MOUNTS = 5_000  # of APIs in each other, in one program: each may be there in many ways
_DEEPEST = 16  # of APIs mounted in, and derived from, each other

Prefix = tuple[str, Place, str]


class Endpoint(Struct, frozen=True):
    """One endpoint, with the prefixes on its way and what it takes."""

    api: str
    methods: list[str]
    path: str
    place: Place
    prefixes: list[Prefix]
    asked: list[AuthSource]
    declared: list[Parameter]

    def parameters(self, method: str, in_path: list[Parameter]) -> list[Parameter]:
        """Return the variables of the path with their types, and what else is declared."""
        return grape_parameters.parameters_of(method, in_path, self.declared)


class _Around(Struct, frozen=True):
    """What holds where a statement stands. Grape's order of a path: mounts, prefix, versions, namespaces."""

    api: NamedClass
    mounts: tuple[Prefix, ...] = ()
    prefix: tuple[Prefix, ...] = ()
    versions: tuple[Prefix, ...] = ()
    spaces: tuple[Prefix, ...] = ()
    asked: tuple[AuthSource, ...] = ()
    declared: tuple[Parameter, ...] = ()
    above: tuple[str, ...] = ()  # the APIs that this one is mounted in

    def prefixes(self) -> list[list[Prefix]]:
        """Return the ways to here: one for each version."""
        ways = [[version] for version in self.versions] or [[]]
        return [[*self.mounts, *self.prefix, *way, *self.spaces] for way in ways]


class _Body(Struct):
    """What the statements of one body have said so far."""

    around: _Around
    waiting: list[Parameter] = field(default_factory=list)  # of a `params` block, for what follows it

    def taken(self) -> tuple[Parameter, ...]:
        """Return the parameters for what follows, once."""
        waiting, self.waiting = self.waiting, []
        return (*self.around.declared, *waiting)


class Apis(RubyClasses):
    """The APIs of a program."""

    def __init__(self, interpreter: Interpreter) -> None:
        super().__init__(interpreter.program)
        self._interpreter = interpreter
        self._shared: dict[str, dict[str, list[Parameter]]] = {}
        self._visits = 0

    def declared(self) -> list[NamedClass]:
        """Return the classes that are derived from Grape's own, by place."""
        files = [file for file in self._program.of_family("ruby") if file.is_parsed and "API" in file.head.words]
        found = [cls for file in files for cls in classes_of(file)]
        return [cls for cls in found if any(written_name(base).lstrip(":") in _LIBRARY for base in cls.node.bases)]

    def found(self, name: str, inside: NamedClass | None = None) -> NamedClass | None:
        """Return the API of a name; None for what is another class, or not of the program."""
        return next((cls for cls in self.named(name, inside) if self._is_api(cls, 0)), None)

    def _is_api(self, cls: NamedClass, depth: int) -> bool:
        names = [written_name(base) for base in cls.node.bases]
        if any(name.lstrip(":") in _LIBRARY for name in names):
            return True
        return depth < _DEEPEST and any(self._is_api(base, depth + 1) for base in self._bases(cls))

    def mounted_in_others(self) -> set[str]:
        """Return the names of APIs that one of the declared mounts."""
        return {
            mounted.name
            for api in self.declared()
            for item in nodes_in(api.node.body)
            if isinstance(item, nodes.Call) and getattr(item.function, "id", "") == "mount"
            for name, _at in _mounted(item)
            for mounted in [self.found(name, api)]
            if mounted is not None
        }

    def endpoints(self, api: NamedClass, seen: set[str]) -> Iterator[Endpoint]:
        """Yield the endpoints of an API and of those that it mounts, whose names are added to `seen`."""
        yield from self._of(api, _Around(api), seen)

    def _of(self, api: NamedClass, around: _Around, seen: set[str]) -> Iterator[Endpoint]:
        self._visits += 1
        if api.name in around.above or len(around.above) > _DEEPEST or self._visits > MAXIMUM_MOUNTS:
            return
        seen.add(api.name)
        around = replace(around, above=(*around.above, api.name))
        around = self._inherited(api, around, 0)
        for part in self.every_part(api):
            yield from self._in(part.node.body, _Body(replace(around, api=api)), seen)

    def _inherited(self, api: NamedClass, around: _Around, depth: int) -> _Around:
        """Return what holds in an API by those of the program that it is derived from: versions, what is asked."""
        for base in (base for one in self._bases(api) for base in self.every_part(one) if depth < _DEEPEST):
            said = _Body(replace(self._inherited(base, around, depth + 1), api=base))
            for call in _calls(base.node.body):
                self._set(call, said)
            around = said.around
        return around

    def _bases(self, api: NamedClass) -> list[NamedClass]:
        names = [written_name(base) for base in api.node.bases]
        found = [base for name in names if name for base in self.named(name, api)[:1]]
        return [base for base in found if base is not api]

    def _in(self, body: list[nodes.Statement], said: _Body, seen: set[str]) -> Iterator[Endpoint]:
        calls = _calls(body)
        for call in calls:
            self._set(call, said)
        for call in calls:
            yield from self._on(call, said, seen)

    def _set(self, call: nodes.Call, said: _Body) -> None:
        """Settings hold for a whole body: a prefix, a version, what is done before, and those of a concern."""
        word, around = getattr(call.function, "id", ""), said.around
        place = around.api.place(call.line)
        texts = self._texts(call, around)
        if word == "prefix" and texts:
            said.around = replace(around, prefix=((texts[0], place, "prefix"),))
        elif word == "version" and texts and _block(call) is None:
            said.around = replace(around, versions=self._versions(call, around))
        elif word == "before" and (block := _block(call)) is not None:
            said.around = replace(around, asked=(*around.asked, *_asked(block, around.api)))
        for name in included(call):
            for module in self.named(name, around.api)[:1]:
                self._set_by(module, said)

    def _set_by(self, module: NamedClass, said: _Body) -> None:
        for item in module.node.body:
            block = _block(item) if isinstance(item, nodes.Call) else None
            if block is not None and getattr(item.function, "id", "") == "included":  # type: ignore[union-attr]
                for statement in block.body:
                    node = without_return(statement)
                    if isinstance(node, nodes.Call):
                        self._set(node, said)

    def _versions(self, call: nodes.Call, around: _Around) -> tuple[Prefix, ...]:
        using = next((item.value for item in call.arguments if item.name == "using"), None)
        if isinstance(using, nodes.Text) and using.value != "path":
            return ()
        return tuple((text, around.api.place(call.line), "version") for text in self._texts(call, around))

    def _on(self, call: nodes.Call, said: _Body, seen: set[str]) -> Iterator[Endpoint]:
        word, around, block = getattr(call.function, "id", ""), said.around, _block(call)
        if word == "params" and block is not None:
            said.waiting = list(grape_parameters.read(block, self._shared_around(around)))
        elif word in http_verbs.OF_BROWSERS or word == "route":
            yield from self._endpoint(call, said)
        elif (word in _SPACES or word == "route_param") and block is not None:
            text = "".join(self._texts(call, around)[:1])
            space = (
                ((f":{text}" if word == "route_param" else text, around.api.place(call.line), word),) if text else ()
            )
            inner = replace(around, spaces=(*around.spaces, *space), declared=said.taken())
            yield from self._in(block.body, _Body(inner), seen)
        elif word == "version" and block is not None:
            yield from self._in(block.body, _Body(replace(around, versions=self._versions(call, around))), seen)
        elif word == "mount":
            yield from self._mounts(call, around, seen)

    def _mounts(self, call: nodes.Call, around: _Around, seen: set[str]) -> Iterator[Endpoint]:
        for name, at in _mounted(call):
            api = self.found(name, around.api)
            if api is not None:
                prefix = ((text_of(self._value(at, around)), around.api.place(call.line), "mount"),) if at else ()
                inner = replace(around, mounts=(*around.mounts, *prefix))
                yield from self._of(api, inner, seen)

    def _endpoint(self, call: nodes.Call, said: _Body) -> Iterator[Endpoint]:
        around, block = said.around, _block(call)
        texts, methods = self._texts(call, around), [getattr(call.function, "id", "").upper()]
        if methods == ["ROUTE"]:
            written = self._value(call.arguments[0].value, around) if call.arguments else None
            methods = [text.upper() for text in texts_of(written)]
            texts = texts[len(methods) :]
            methods = [ANY_METHOD] if not methods or "ANY" in methods else methods
        asked = [*around.asked, *(_asked(block, around.api) if block is not None else ())]
        declared = list(said.taken())
        for prefixes in around.prefixes():
            for path in texts or [""]:
                place = around.api.place(call.line)
                yield Endpoint(around.api.name, methods, path, place, prefixes, asked, declared)

    def _texts(self, call: nodes.Call, around: _Around) -> list[str]:
        values = [item.value for item in call.arguments if not item.name and not isinstance(item.value, nodes.Function)]
        return [text for value in values for text in texts_of(self._value(value, around))]

    def _value(self, written: nodes.Expression, around: _Around) -> object:
        return self._interpreter.evaluate(written, around.api.scope)

    def _shared_around(self, around: _Around) -> dict[str, list[Parameter]]:
        """Return what an API's helpers declare for `use`, and those of what it is derived from and mounted in."""
        found = dict(self._shared_of(around.api))
        above = [self.found(name) for name in reversed(around.above)]
        for api in [*self._bases(around.api), *above]:
            for name, declared in self._shared_of(api).items() if api is not None else ():
                found.setdefault(name, declared)
        return found

    def _shared_of(self, api: NamedClass) -> dict[str, list[Parameter]]:
        """Return the parameters that the helpers of an API declare under a name, for `use :paging`."""
        if api.name not in self._shared:
            bodies = [api, *(one for name in _helpers(api.node) for one in self.named(name, api)[:1])]
            self._shared[api.name] = {
                name: found for one in bodies for name, found in grape_parameters.shared(one.node).items()
            }
        return self._shared[api.name]


def _calls(body: list[nodes.Statement]) -> list[nodes.Call]:
    """Return the calls of a body that say something of an API."""
    return [
        node
        for statement in body
        for node in [without_return(statement)]
        if isinstance(node, nodes.Call) and isinstance(node.function, nodes.Name)
    ]


def _block(call: nodes.Call) -> nodes.Function | None:
    last = call.arguments[-1] if call.arguments else None
    return last.value if last is not None and not last.name and isinstance(last.value, nodes.Function) else None


def _asked(block: nodes.Function, api: NamedClass) -> Iterator[AuthSource]:
    """Yield what a block asks for in its first place: `authenticate!`."""
    for statement in block.body:
        node = without_return(statement)
        name = getattr(node.function, "id", "") if isinstance(node, nodes.Call) else ""
        if isinstance(node, nodes.Call) and name and asks_for_a_log_in(name):
            yield AuthSource(name=name, file=api.file, line=node.line)


def _mounted(call: nodes.Call) -> Iterator[tuple[str, nodes.Expression | None]]:
    """`mount Users`, `mount Users => '/users'`, `mount({ Users => '/users' })`."""
    for argument in call.arguments:
        if isinstance(argument.value, nodes.Mapping):
            for entry in argument.value.entries:
                yield written_name(entry.key), entry.value
        elif not argument.name:
            yield written_name(argument.value), None


def _helpers(node: nodes.Class) -> Iterator[str]:
    for item in nodes_in(node.body):
        if isinstance(item, nodes.Call) and getattr(item.function, "id", "") == "helpers":
            for argument in item.arguments:
                name = written_name(argument.value)
                if name:
                    yield name
