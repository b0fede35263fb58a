"""Attributes of C# classes and methods, and what controllers' methods take and who may call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from github_connections.analysis.frameworks.aspnet_own_attributes import said_by
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, External, ListValue, Value, text_of, type_name
from github_connections.analysis.report import Auth, AuthSource, Parameter, ParameterPlace, Place
from github_connections.analysis.syntax import nodes

VERBS = {
    "HttpGet": "GET",
    "HttpPost": "POST",
    "HttpPut": "PUT",
    "HttpPatch": "PATCH",
    "HttpDelete": "DELETE",
    "HttpHead": "HEAD",
    "HttpOptions": "OPTIONS",
}
_SOURCES: dict[str, ParameterPlace] = {
    "FromRoute": "path",
    "FromQuery": "query",
    "FromBody": "body",
    "FromForm": "form",
    "FromHeader": "header",
}
_HANDED_IN = frozenset({"FromServices", "FromKeyedServices", "AsParameters"})
SIMPLE = frozenset(
    {
        "bool", "byte", "char", "DateOnly", "DateTime", "DateTimeOffset", "decimal", "double", "float", "Guid",
        "int", "Int32", "long",
        "short", "string", "String", "TimeOnly", "TimeSpan", "uint", "ulong", "Uri",
    }
)  # fmt: skip
_GIVEN = frozenset({"CancellationToken", "HttpContext", "HttpRequest", "HttpResponse", "ClaimsPrincipal"})
_WRAPPING = frozenset({"Task", "ValueTask", "ActionResult", "IEnumerable", "List", "IList", "ICollection", "Array", "Ok", "IReadOnlyList"})  # fmt: skip  # noqa: E501
_NO_MODEL = frozenset({"IActionResult", "IResult", "void", "ActionResult", "Task", "object", "dynamic", "ViewResult"})


@dataclass(slots=True)
class Attribute:
    """One attribute: the library's name of it, what it was given, and where it is written."""

    name: str
    positional: list[Value]
    named: dict[str, Value]
    place: Place
    node: nodes.Call

    @property
    def template(self) -> str | None:
        """The template of a route, where it says one."""
        value = self.positional[0] if self.positional else self.named.get("template", self.named.get("Template"))
        return None if value is None else text_of(value)


@dataclass
class Attributes:
    """Reads the attributes of classes and methods."""

    interpreter: Interpreter
    _lineages: dict[int, list[ClassValue]] = field(default_factory=dict)

    def lineage(self, cls: ClassValue) -> list[ClassValue]:
        """Return a class and the classes of the program it is derived from, nearest first; no interfaces."""
        known = self._lineages.get(id(cls.node))
        if known is None:
            parts = self.parts(cls)
            bases = [base for part in [cls, *parts] for base in self.interpreter.bases(part)]
            known = [cls, *(base for base in bases if isinstance(base, ClassValue) and base.node.kind != "interface")]
            self._lineages[id(cls.node)] = known
        return known

    def parts(self, cls: ClassValue) -> list[ClassValue]:
        """Return the other parts of a partial class."""
        if "partial" not in cls.node.modifiers:
            return []
        file, name = cls.scope.file, cls.node.name
        declaring = self.interpreter.program.declaring("csharp", name)
        beside = [other for other in declaring if other.head.package == file.head.package]
        found = [self.interpreter.own_name(other, name) for other in beside if other is not file]
        return [part for part in found if isinstance(part, ClassValue) and "partial" in part.node.modifiers]

    def of(self, decorators: Iterable[nodes.Expression], scope: Scope) -> list[Attribute]:
        """Return attributes with their arguments; one of the program counts as what it is derived from."""
        return [self._read(node, scope) for node in decorators if isinstance(node, nodes.Call)]

    def _read(self, node: nodes.Call, scope: Scope) -> Attribute:
        name = getattr(node.function, "name", "") or getattr(node.function, "id", "")
        evaluate = self.interpreter.evaluate
        positional = [evaluate(argument.value, scope) for argument in node.arguments if not argument.name]
        named = {argument.name: evaluate(argument.value, scope) for argument in node.arguments if argument.name}
        made = Attribute(name, positional, named, Place(scope.file.path, node.line), node)
        own = evaluate(nodes.Name(f"{name}Attribute"), scope) if name not in KNOWN else None
        return self._derived(own, made, scope) if isinstance(own, ClassValue) else made

    def _derived(self, cls: ClassValue, made: Attribute, scope: Scope) -> Attribute:
        """`class ApiRouteAttribute(string t) : RouteAttribute("api/" + t)`, and what is derived from that."""
        positional = made.positional
        for base in [cls, *self.interpreter.bases(cls)]:
            if isinstance(base, ClassValue):
                positional = self._handed_to_base(base, positional)
                continue
            name = base.name.rpartition(".")[2].removesuffix("Attribute") if isinstance(base, External) else ""
            if name in KNOWN:
                return Attribute(name, positional, made.named, made.place, made.node)
        said = said_by(self.interpreter, cls, made.positional, made.named, scope)
        if said is None:
            return made
        if said.methods:
            given = {} if said.template is None else {"Route": said.template}
            return Attribute("AcceptVerbs", said.methods, given, made.place, made.node)
        return Attribute("Route", [said.template], {}, made.place, made.node)

    def _handed_to_base(self, cls: ClassValue, positional: list[Value]) -> list[Value]:
        for member in cls.node.body:
            if isinstance(member, nodes.Function) and member.name == "constructor" and member.body:
                first = member.body[0]
                if isinstance(first, nodes.Call) and first.function == nodes.Name("super"):
                    scope = Scope(cls.scope.file, cls.scope, member)
                    scope.names.update(zip([item.name for item in member.parameters], positional, strict=False))
                    return [self.interpreter.evaluate(argument.value, scope) for argument in first.arguments]
        return []


KNOWN = frozenset(
    {
        *VERBS, "Route", "AcceptVerbs", "ApiController", "Area", "ApiVersion", "Authorize", "AllowAnonymous",
        "NonAction",
        "ActionName", "NonController", "Controller",
    }
)  # fmt: skip


# --- who may call ---------------------------------------------------------------------------------------------------


def auth_of(groups: Iterable[list[Attribute]]) -> Auth:
    """Return what attributes say, the nearest ones first; being open to everyone wins wherever it stands."""
    listed = [list(group) for group in groups]
    if any(attribute.name == "AllowAnonymous" for group in listed for attribute in group):
        return Auth(state="none")
    by = [
        AuthSource(name="Authorize", file=attribute.place.file, line=attribute.place.line)
        for group in listed
        for attribute in group
        if attribute.name == "Authorize"
    ]
    roles = [
        role.strip()
        for group in listed
        for attribute in group
        if attribute.name == "Authorize" and "Roles" in attribute.named
        for role in text_of(attribute.named["Roles"]).split(",")
    ]
    return Auth(state="required", by=by, roles=roles) if by else Auth()


# --- what methods take ------------------------------------------------------------------------------------------------


def path_types(function: nodes.Function) -> dict[str, str]:
    """Return the types of a method's parameters by their names in small letters, as paths do not tell them apart."""
    return {parameter.name.lower(): plain_type(parameter.type) for parameter in function.parameters}


def parameters_of(
    attributes: Attributes,
    function: nodes.Function,
    scope: Scope,
    in_path: set[str],
    of_models: ParameterPlace = "body",
) -> tuple[list[Parameter], str]:
    """Return a method's inputs beside those of its path, and the model of its body; `of_models` is where a class comes
    from of which nothing is said."""
    found = [
        made
        for parameter in function.parameters
        for made in _parameter(attributes, parameter, scope, in_path, of_models)
        if made.place != "path"
    ]
    return found, next((made.model for made in found if made.model), "")


def _parameter(
    attributes: Attributes, parameter: nodes.Parameter, scope: Scope, in_path: set[str], of_models: ParameterPlace
) -> Iterator[Parameter]:
    said = attributes.of(parameter.decorators, scope)
    if any(attribute.name in _HANDED_IN for attribute in said) or parameter.name.lower() in in_path:
        return
    kind = plain_type(parameter.type)
    source = next((attribute for attribute in said if attribute.name in _SOURCES), None)
    place = _SOURCES[source.name] if source else _inferred(attributes, parameter, scope, of_models)
    if place is None:
        return
    name = text_of(source.named["Name"]) if source and "Name" in source.named else parameter.name
    optional = isinstance(parameter.type, nodes.Operation) or parameter.default is not None
    model = "" if kind in SIMPLE or place not in ("body", "form") else kind
    yield Parameter(name=name, place=place, type=kind, required=not optional, model=model)


def _inferred(
    attributes: Attributes, parameter: nodes.Parameter, scope: Scope, of_models: ParameterPlace
) -> ParameterPlace | None:
    """A simple type comes from the query, a form's file from the form, a class of the program from where models do."""
    kind = plain_type(parameter.type)
    if kind in SIMPLE:
        return "query"
    if kind.startswith("IFormFile"):
        return "file"
    if kind in _GIVEN or not isinstance(parameter.type, nodes.Name | nodes.Operation):
        return None
    value = attributes.interpreter.evaluate(nodes.Name(kind), scope)
    made_from: dict[str, ParameterPlace] = {
        "class": of_models,
        "record": of_models,
        "struct": of_models,
        "enum": "query",
    }
    return made_from.get(value.node.kind) if isinstance(value, ClassValue) else None


def plain_type(kind: nodes.Expression | None) -> str:
    """Return a type as it is written, without the mark that it may be missing."""
    return type_name(kind)


def model_of(kind: nodes.Expression | None) -> str:
    """Return the class inside a type: `User` for `Task<ActionResult<List<User>>>`."""
    while isinstance(kind, nodes.Item) and getattr(kind.of, "id", "") in _WRAPPING:
        kind = kind.index
    name = type_name(kind) if isinstance(kind, nodes.Name | nodes.Item) else ""
    return "" if name in _NO_MODEL or name in SIMPLE or name.partition("[")[0] in _NO_MODEL else name


def texts(value: Value) -> list[str]:
    """Return the texts of a list, or of one."""
    items = value.items if isinstance(value, ListValue) else [] if value is None else [value]
    return [text_of(item) for item in items]
