"""Attributes of C# classes and methods, and who may call these."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from github_connections.analysis.frameworks.csharp.aspnet_filters import asks_who_calls
from github_connections.analysis.frameworks.csharp.aspnet_own_attributes import said_by
from github_connections.analysis.http_statuses import SUCCESSFUL, status_written
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import ClassValue, External, ListValue, Value, text_of, type_name
from github_connections.analysis.report import Auth, AuthSource, Parameter, ParameterPlace, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import items_written

VERBS = {
    "HttpGet": "GET",
    "HttpPost": "POST",
    "HttpPut": "PUT",
    "HttpPatch": "PATCH",
    "HttpDelete": "DELETE",
    "HttpHead": "HEAD",
    "HttpOptions": "OPTIONS",
}
SOURCES: dict[str, ParameterPlace] = {
    "FromRoute": "path",
    "FromQuery": "query",
    "FromBody": "body",
    "FromForm": "form",
    "FromHeader": "header",
}
SIMPLE = frozenset(
    {
        "bool", "byte", "char", "DateOnly", "DateTime", "DateTimeOffset", "decimal", "double", "float", "Guid",
        "int", "Int32", "long",
        "short", "string", "String", "TimeOnly", "TimeSpan", "uint", "ulong", "Uri",
    }
)  # fmt: skip
_WRAPPING = frozenset({"Task", "ValueTask", "ActionResult", "IEnumerable", "List", "IList", "ICollection", "Array", "Ok", "IReadOnlyList", "Created", "CreatedAtRoute", "Accepted", "AcceptedAtRoute", "JsonHttpResult"})  # fmt: skip  # noqa: E501
_FILTERING = frozenset({"ServiceFilter", "TypeFilter"})
_NO_MODEL = frozenset({"IActionResult", "IResult", "void", "ActionResult", "Task", "object", "dynamic", "ViewResult"})


class Attribute(Struct):
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


class Attributes(Struct):
    """Reads the attributes of classes and methods."""

    interpreter: Interpreter
    _lineages: dict[int, list[ClassValue]] = field(default_factory=dict)
    # What classes bring with them as parameters, by their nodes: asked for by every method that takes one.
    fields: dict[int, list[Parameter]] = field(default_factory=dict)

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
        name = nodes.last_name(node.function)
        evaluate = self.interpreter.evaluate
        positional = [evaluate(argument.value, scope) for argument in node.arguments if not argument.name]
        named = {argument.name: evaluate(argument.value, scope) for argument in node.arguments if argument.name}
        made = Attribute(name, positional, named, Place(scope.file.path, node.line), node)
        if name in _FILTERING:
            return self._of_filter(made)
        own = evaluate(nodes.Name(f"{name}Attribute"), scope) if name not in KNOWN else None
        return self._derived(own, made, scope) if isinstance(own, ClassValue) else made

    def _of_filter(self, made: Attribute) -> Attribute:
        """`[ServiceFilter(typeof(LogInFilter))]`, `[TypeFilter<LogInFilter>]`."""
        given = made.positional[0] if made.positional else made.named.get("<>")
        asks = asks_who_calls(self.interpreter, given)
        return Attribute("Authorize", [], {}, made.place, made.node) if asks else made

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
        if asks_who_calls(self.interpreter, cls):
            return Attribute("Authorize", positional, made.named, made.place, made.node)
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


def answer_of(attributes: Iterable[Attribute]) -> str:
    """Return what `[ProducesResponseType(typeof(Order), 200)]` or `[ProducesResponseType<Order>(200)]` says."""
    for attribute in attributes:
        given = [argument.value for argument in attribute.node.arguments]
        if attribute.name == "ProducesResponseType" and any(status_written(item) in SUCCESSFUL for item in given):
            found = next(
                filter(None, (model_of(item) for item in given if isinstance(item, nodes.Name | nodes.Item))), ""
            )
            if found:
                return found
    return ""


def status_codes(attributes: Iterable[Attribute]) -> list[int]:
    """Return the statuses that `[ProducesResponseType(404)]` and its kin say."""
    given = [one.value for item in attributes if item.name == "ProducesResponseType" for one in item.node.arguments]
    return sorted({status for one in given if (status := status_written(one)) is not None})


# --- types ------------------------------------------------------------------------------------------------------------


def model_of(kind: nodes.Expression | None) -> str:
    """Return the class inside a type: `User` for `Task<ActionResult<List<User>>>` and `Results<Ok<User>, NotFound>`."""
    while True:
        if isinstance(kind, nodes.Operation) and len(kind.operands) == 1:  # `User?`
            kind = kind.operands[0]
        elif isinstance(kind, nodes.Item) and getattr(kind.of, "id", "") in _WRAPPING:
            kind = kind.index
        else:
            break
    if isinstance(kind, nodes.Item) and getattr(kind.of, "id", "") == "Results":
        several = items_written(kind.index)
        return next((model_of(item) for item in several if isinstance(item, nodes.Item)), "")
    name = type_name(kind) if isinstance(kind, nodes.Name | nodes.Member | nodes.Item) else ""
    last = name.partition("[")[0].rpartition(".")[2]  # of `Create.Command`, a class inside another
    return "" if name in SIMPLE or last in SIMPLE or last in _NO_MODEL else name


def texts(value: Value) -> list[str]:
    """Return the texts of a list, or of one."""
    items = value.items if isinstance(value, ListValue) else [] if value is None else [value]
    return [text_of(item) for item in items]
