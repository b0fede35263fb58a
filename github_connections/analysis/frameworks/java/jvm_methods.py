"""What Java's and Kotlin's frameworks share: types of path variables, and who may call a method."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from github_connections.analysis.frameworks.java.annotations import Annotation, Annotations
from github_connections.analysis.linking.values import ClassValue, text_of, type_name
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee

_ROLE = re.compile(r"has(?:Any)?(?:Role|Authority)\(([^)]*)\)")
_HEADER = re.compile(r"\{\?(?:[\w.]*\.)?HttpHeaders\.([A-Z][A-Z0-9_]*)\}")
_OPEN = frozenset({"PermitAll", "RequiresGuest", "SaIgnore"})
_CLOSED = frozenset(
    {
        "RolesAllowed", "Secured", "PreAuthorize", "DenyAll", "Authenticated", "PostAuthorize",
        "RequiresAuthentication", "RequiresPermissions", "RequiresRoles", "RequiresUser",
        "SaCheckLogin", "SaCheckPermission", "SaCheckRole",
    }
)  # fmt: skip
AUTH = _OPEN | _CLOSED
PRIMITIVE = frozenset({"boolean", "byte", "char", "double", "float", "int", "long", "short"})
# Types of what a text of a query fills.
SIMPLE = PRIMITIVE | {
    "BigDecimal", "BigInteger", "Boolean", "Byte", "Date", "Double", "Duration", "Float", "Instant", "Int", "Integer",
    "LocalDate", "LocalDateTime", "LocalTime", "Long", "OffsetDateTime", "Short", "String", "URI", "UUID", "Year",
    "YearMonth", "ZonedDateTime",
}  # fmt: skip
# Annotations that say nothing of where a parameter comes from.
SAYING_NOTHING = frozenset(
    {
        "ApiParam", "DateTimeFormat", "Email", "Format", "Max", "Min", "NotBlank", "NotEmpty", "NotNull", "Nullable",
        "PageableDefault", "Parameter", "ParameterObject", "Pattern", "Positive", "PositiveOrZero", "Range", "Size",
        "SortDefault", "Valid", "Validated",
    }
)  # fmt: skip


def path_types(function: nodes.Function) -> dict[str, str]:
    """Return the types of a method's parameters by their names."""
    return {parameter.name: type_name(parameter.type) for parameter in function.parameters}


def auth_of(own: Iterable[Annotation], around: Iterable[Annotation]) -> Auth:
    """Return what a method's annotations say of its callers, else what those of its class say."""
    for annotated in (own, around):
        for annotation in annotated:
            if annotation.name in AUTH:
                return _auth(annotation)
    return Auth()


def _auth(annotation: Annotation) -> Auth:
    said = annotation.texts("value") or []
    if annotation.name in _OPEN or any(text in ("permitAll()", "permitAll", "isAnonymous()") for text in said):
        return Auth(state="none")
    if annotation.name == "Secured" and any("isAnonymous" in text_of(text) for text in said):
        return Auth(state="none")
    place = annotation.place
    by = [AuthSource(name=annotation.name, file=place.file, line=place.line)]
    return Auth(state="required", by=by, roles=_roles(annotation.name, said))


def _roles(name: str, said: list[str]) -> list[str]:
    if name in ("PreAuthorize", "PostAuthorize"):
        return roles_in(said)
    return [text for text in said if not text.startswith(("isAuthenticated", "is_authenticated"))]


def names_of(decorators: Iterable[nodes.Expression]) -> set[str]:
    """Return the last names of annotations."""
    functions = [callee(item) for item in decorators]
    return {type_name(function).rpartition(".")[2] for function in functions}


def fields_of(cls: nodes.Class) -> Iterator[nodes.Parameter]:
    """Yield what a class is made with and what it has, as parameters with their annotations."""
    yield from cls.parameters
    for item in cls.body:
        if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name):
            yield nodes.Parameter(item.target.id, item.type, item.value, item.decorators)
        elif isinstance(item, nodes.Function) and item.name == "constructor":
            yield from item.parameters


def is_enum(annotations: Annotations, name: str, owner: ClassValue) -> bool:
    """Tell whether a type is an enumeration of the program, which a text of a query stands for."""
    value = annotations.interpreter.evaluate(nodes.Name(name), owner.scope) if name[:1].isupper() else None
    return isinstance(value, ClassValue) and value.node.kind == "enum"


def header_name(text: str) -> str:
    """Return the name of a header; of a library's constant, `HttpHeaders.IF_MATCH`, what it is called after."""
    constant = _HEADER.fullmatch(text)
    return "-".join(part.capitalize() for part in constant.group(1).split("_")) if constant else text


def roles_in(expressions: Iterable[str]) -> list[str]:
    """Return the roles and authorities that Spring's expressions name: `hasAnyRole('CLERK', 'OWNER')`."""
    listed = [part for text in expressions for match in _ROLE.finditer(text) for part in match.group(1).split(",")]
    return [role.strip(" '\"") for role in listed]
