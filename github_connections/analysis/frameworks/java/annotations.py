"""Annotations of Java's and Kotlin's libraries, written on a class or method itself or on an annotation of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, External, ListValue, Value, text_of, type_name
from github_connections.analysis.report import Parameter, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as

FAMILY = "java"
# Annotations on annotations on annotations.
_MAXIMUM_COMPOSED_DEEP = 5


class Annotation(Struct):
    """A library's annotation with its arguments by name; `place` is where the program writes it, or its own for it."""

    name: str
    whole: str
    arguments: dict[str, Value]
    place: Place

    def texts(self, *names: str) -> list[str] | None:
        """Return the texts of the first of these arguments that is given; None where none is."""
        value = next((self.arguments[name] for name in names if name in self.arguments), None)
        return None if value is None else [text_of(item) for item in items_of(value)]

    def words(self, name: str) -> list[str]:
        """Return the last names of what an argument lists: GET for `RequestMethod.GET`."""
        return [simple_name(item) for item in items_of(self.arguments.get(name))]


def declare_annotations(registry: Registry, packages: Iterable[str], names: Iterable[str]) -> None:
    """Add the annotations of some packages, so that wildcard imports find them."""
    for whole in (f"{package}.{name}" for package in packages for name in names):
        registry.values.setdefault(whole, External(whole))


def items_of(value: Value) -> list[Value]:
    """Return a list's items, lists inside it laid out; one alone stands for itself."""
    if value is None:
        return []
    if isinstance(value, ListValue):
        return [inner for item in value.items for inner in items_of(item)]
    return [value]


def simple_name(value: Value) -> str:
    """Return the last name of a library's or the program's class or constant."""
    if isinstance(value, ClassValue):
        return value.node.name
    whole = value.name if isinstance(value, External) else text_of(value)
    return whole.removesuffix(".class").removesuffix(".java").removesuffix(".class").rpartition(".")[2].strip("{?}")


class Annotations(Struct):
    """Reads the annotations of some libraries, by the beginnings of their packages; `names` are those of interest."""

    interpreter: Interpreter
    libraries: tuple[str, ...]
    names: frozenset[str]
    _own: frozenset[str] | None = field(default=None)
    _bases: dict[int, list[ClassValue]] = field(default_factory=dict)
    # What classes bring with them as parameters, by their nodes: asked for by every method that takes one.
    fields: dict[int, list[Parameter]] = field(default_factory=dict)

    @property
    def own(self) -> frozenset[str]:
        """The names of the program's own annotations."""
        if self._own is None:
            classes = self.interpreter.program.classes_with(FAMILY, self.names | {"AliasFor"})
            self._own = frozenset(cls.node.name for cls in classes if cls.node.kind == "annotation")
        return self._own

    def classes(self, words: frozenset[str]) -> Iterator[ClassValue]:
        """Yield the classes of files in which one of these annotations, or one of the program's own, is used."""
        return self.interpreter.program.classes_with(FAMILY, words | self.own)

    def lineage(self, cls: ClassValue) -> list[ClassValue]:
        """Return a class and those of the program that it is derived from, nearest first."""
        known = self._bases.get(id(cls.node))
        if known is None:
            known = self._bases[id(cls.node)] = lineage(self.interpreter, cls)
        return known

    def on_class(self, cls: ClassValue) -> list[Annotation]:
        """Return the annotations of a class."""
        return list(self.of(cls.node.decorators, cls.scope))

    def of(self, decorators: Iterable[nodes.Expression], scope: Scope, depth: int = 0) -> Iterator[Annotation]:
        """Yield the libraries' annotations among these, then those that annotations of the program stand for: what is
        written itself comes before them, and counts."""
        composed: list[Annotation] = []
        for decorator in decorators:
            if isinstance(decorator, nodes.Call):
                name = nodes.last_name(decorator.function)
                if name in self.own:
                    composed.extend(self._read(decorator, name, scope, depth))
                elif name in self.names:
                    yield from self._read(decorator, name, scope, depth)
        yield from composed

    def _read(self, node: nodes.Call, name: str, scope: Scope, depth: int) -> Iterator[Annotation]:
        value = self.interpreter.evaluate(node.function, scope)
        place = Place(scope.file.path, node.line)
        if isinstance(value, ClassValue):
            if depth < _MAXIMUM_COMPOSED_DEEP and value.node.kind == "annotation":
                yield from self._composed(value, self._arguments(node, scope), place, depth)
        elif isinstance(value, External) and name in self.names and self._is_of_library(value.name, scope):
            yield Annotation(name, value.name, self._arguments(node, scope), place)

    def _is_of_library(self, whole: str, scope: Scope) -> bool:
        """A name without a package may come from any of the file's wildcard imports."""
        if "." in whole:
            return whole.startswith(self.libraries)
        return scope.file.imports(self.libraries)

    def _arguments(self, node: nodes.Call, scope: Scope) -> dict[str, Value]:
        given = {
            argument.name: self.interpreter.evaluate(argument.value, scope)
            for argument in node.arguments
            if argument.name
        }
        unnamed = [self.interpreter.evaluate(item.value, scope) for item in node.arguments if not item.name]
        if unnamed:
            given["value"] = unnamed[0] if len(unnamed) == 1 else ListValue(unnamed, Place(scope.file.path, node.line))
        return given

    def _composed(self, cls: ClassValue, given: dict[str, Value], place: Place, depth: int) -> Iterator[Annotation]:
        """What stands on an annotation of the program holds where it is used, with what is said there put in."""
        elements = list(_elements(cls))
        for inner in self.of(cls.node.decorators, cls.scope, depth + 1):
            arguments = dict(inner.arguments)
            for name, decorators, default in elements:
                value = given.get(name)
                if value is None and default is not None:
                    value = self.interpreter.evaluate(default, cls.scope)
                for target in _aliased(name, decorators, inner.name) if items_of(value) else ():
                    arguments[target] = value
            yield Annotation(inner.name, inner.whole, arguments, place)


def _elements(cls: ClassValue) -> Iterator[tuple[str, list[nodes.Expression], nodes.Expression | None]]:
    """Yield name, annotations and default of what an annotation can be given."""
    for member in cls.node.body:
        if isinstance(member, nodes.Function):
            returned = member.body[-1] if member.body else None
            yield member.name, member.decorators, returned.value if isinstance(returned, nodes.Return) else None
    for parameter in cls.node.parameters:
        yield parameter.name, parameter.decorators, parameter.default


def _aliased(name: str, decorators: list[nodes.Expression], annotation: str) -> Iterator[str]:
    """Yield which argument of a library's annotation an element stands for."""
    for decorator in decorators:
        if isinstance(decorator, nodes.Call) and type_name(decorator.function).endswith("AliasFor"):
            said = arguments_as(decorator, "value")
            target = said.get("annotation")
            wanted = type_name(target).removesuffix(".class").rpartition(".")[2] if target else ""
            alias = said.get("attribute", said.get("value"))
            if wanted == annotation:
                yield alias.value if isinstance(alias, nodes.Text) else name
            return
    if name != "value":
        yield name


# --- methods --------------------------------------------------------------------------------------------------------


class Action(Struct):
    """A method that answers: where it is declared, the mapping that counts for it, and all that is said of it."""

    function: nodes.Function
    owner: ClassValue
    mapping: Annotation
    annotations: list[Annotation]

    def get(self, name: str) -> Annotation | None:
        """Return the annotation of this name."""
        return next((annotation for annotation in self.annotations if annotation.name == name), None)


def actions_of(annotations: Annotations, cls: ClassValue, mappings: frozenset[str]) -> Iterator[Action]:
    """Yield the methods of a class and of what it is derived from; of one that is overridden the nearest mapping."""
    seen: set[tuple[str, int]] = set()
    nearer: dict[tuple[str, int], list[Annotation]] = {}
    for owner in annotations.lineage(cls):
        found = []
        for method in owner.node.body:
            if not isinstance(method, nodes.Function):
                continue
            key = (method.name, len(method.parameters))
            said = list(annotations.of(method.decorators, owner.scope))
            mapping = next((annotation for annotation in said if annotation.name in mappings), None)
            if mapping is not None and key not in seen:
                found.append(key)
                yield Action(method, owner, mapping, [*nearer.get(key, []), *said])
            elif mapping is None and said:
                nearer.setdefault(key, []).extend(said)
        seen.update(found)


# --- what methods give and take -------------------------------------------------------------------------------------

_WRAPPING = frozenset(
    {
        "Array", "Callable", "Collection", "CollectionModel", "CompletableFuture", "CompletionStage",
        "DeferredResult", "EntityModel", "Flow", "Flowable", "Flux", "HttpEntity", "HttpResponse",
        "Iterable", "List", "Maybe", "Mono", "Multi", "Optional", "Page", "PagedModel", "Publisher",
        "ResponseEntity", "RestResponse", "Set", "Single", "Slice", "Stream", "Uni",
    }
)  # fmt: skip
PLAIN = frozenset(
    {
        "?", "Any", "Boolean", "Byte", "Double", "File", "Float", "HttpStatus", "InputStream", "Int",
        "Integer", "JsonNode", "Long", "Map", "ModelAndView", "MultiValueMap", "MultipartFile", "Nothing",
        "Object", "Resource", "Response", "Short", "String", "UUID", "Unit", "Void", "boolean", "byte",
        "double", "float", "int", "long", "short", "void",
    }
)  # fmt: skip


def model_of(kind: nodes.Expression | None) -> str:
    """Return the class inside a type: `UserDto` for `ResponseEntity<List<UserDto>>`; empty for a plain one."""
    while kind is not None:
        if isinstance(kind, nodes.Operation) and len(kind.operands) == 1:
            kind = kind.operands[0]
        elif isinstance(kind, nodes.Item) and nodes.last_name(kind.of) in _WRAPPING:
            kind = kind.index
        else:
            break
    name = type_name(kind) if isinstance(kind, nodes.Name | nodes.Member | nodes.Item) else ""
    is_plain = name in PLAIN or name.partition("[")[0] in PLAIN - {"Response"}  # with an argument it is the program's
    return "" if name in _WRAPPING or is_plain else name


def is_optional(kind: nodes.Expression | None) -> bool:
    """Tell whether a type says that there may be nothing: `String?`, `Optional<String>`."""
    if isinstance(kind, nodes.Operation):
        return kind.operator == "?"
    return isinstance(kind, nodes.Item) and nodes.last_name(kind.of) == "Optional"
