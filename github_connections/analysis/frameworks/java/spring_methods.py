"""What the parameters of a Spring controller's method say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from msgspec.structs import replace

from github_connections.analysis.frameworks.java.annotations import (
    Annotation,
    Annotations,
    is_optional,
    model_of,
)
from github_connections.analysis.frameworks.java.jvm_methods import (
    PRIMITIVE,
    SAYING_NOTHING,
    SIMPLE,
    header_name,
    names_of,
)
from github_connections.analysis.linking.values import ClassValue, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes

SOURCES: dict[str, ParameterPlace] = {
    "PathVariable": "path",
    "RequestParam": "query",
    "RequestBody": "body",
    "RequestHeader": "header",
    "CookieValue": "cookie",
    "RequestPart": "file",
    "ModelAttribute": "form",
}
_SIMPLE = SIMPLE | {"MultipartFile"}
# Of a class that a query fills: more than anybody would ask for one by one.
MAXIMUM_FIELDS = 60
_SEVERAL = frozenset({"Array", "Collection", "List", "Set"})
_FILES = frozenset({"FilePart", "MultipartFile", "Part"})
_WHOLE = frozenset({"ModelAttribute", "RequestBody"})
_SORT = ("sort", "String")
_PAGES = {"Pageable": (("page", "int"), ("size", "int"), _SORT), "Sort": (_SORT,)}
_MAPS = frozenset({"HttpHeaders", "Map", "MultiValueMap"})
# By which headers it is agreed what is sent and answered.
_NEGOTIATED = frozenset({"accept", "content-type"})
_CALLERS = frozenset({"Authentication", "Principal"})


def parameters_of(
    annotations: Annotations, owner: ClassValue, function: nodes.Function, method: str
) -> tuple[list[Parameter], str]:
    """Return a method's inputs, and the model of its body; of what a form would send with GET, the query has fields."""
    found: list[Parameter] = []
    body = ""
    for parameter in function.parameters:
        sources = [item for item in annotations.of(parameter.decorators, owner.scope) if item.name in SOURCES]
        made = [_parameter(parameter, annotation) for annotation in sources if not _is_of_all(parameter, annotation)]
        if not sources and names_of(parameter.decorators) <= SAYING_NOTHING:
            made = list(_unannotated(annotations, parameter, owner))
        if method in ("GET", "HEAD"):
            made = [field for one in made for field in _in_query(annotations, one, owner)]
        found.extend(made)
        body = next((one.model for one in made if one.model), body)
    return found, body


def _is_of_all(parameter: nodes.Parameter, annotation: Annotation) -> bool:
    """`@RequestParam Map<String, String> all` is handed everything there is, and asks for nothing by name."""
    kind = parameter.type.of if isinstance(parameter.type, nodes.Item) else parameter.type
    by_name = annotation.name in ("RequestParam", "RequestHeader", "PathVariable", "MatrixVariable")
    return by_name and nodes.last_name(kind) in _MAPS and annotation.texts("value", "name") is None


def _in_query(annotations: Annotations, parameter: Parameter, owner: ClassValue) -> Iterator[Parameter]:
    if parameter.place != "form":
        yield parameter
        return
    value = annotations.interpreter.evaluate(nodes.Name(parameter.type.rstrip("?")), owner.scope)
    fields = _fields_of(annotations, value) if isinstance(value, ClassValue) else []
    yield from fields or [replace(parameter, place="query", model="")]


def _fields_of(annotations: Annotations, cls: ClassValue) -> list[Parameter]:
    known = annotations.fields.get(id(cls.node))
    if known is None:
        known = annotations.fields[id(cls.node)] = list(islice(_filled_by_texts(annotations, cls), MAXIMUM_FIELDS))
    return known


def _filled_by_texts(annotations: Annotations, cls: ClassValue) -> Iterator[Parameter]:
    """Yield the fields of a class that a text of the query fills."""
    for part in annotations.lineage(cls):
        constructor = [(item.name, item.type) for item in part.node.parameters]
        written = [
            (item.target.id, item.type)
            for item in part.node.body
            if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name) and "static" not in item.modifiers
        ]
        for name, of in (*constructor, *written):
            kind = type_name(of.index if isinstance(of, nodes.Item) and nodes.last_name(of.of) in _SEVERAL else of)
            known = annotations.interpreter.evaluate(nodes.Name(kind), part.scope) if kind[:1].isupper() else None
            if kind.rstrip("?") in _SIMPLE or (isinstance(known, ClassValue) and known.node.kind == "enum"):
                yield Parameter(name=name, place="query", type=type_name(of), required=False)


def _unannotated(annotations: Annotations, parameter: nodes.Parameter, owner: ClassValue) -> Iterator[Parameter]:
    """A simple type is an argument of the query that may be missing; a class of the program has one for each field."""
    kind = type_name(parameter.type).rstrip("?")
    listed = isinstance(parameter.type, nodes.Item) and nodes.last_name(parameter.type.of) == "Array"
    if kind in _PAGES:
        for name, of in _PAGES[kind]:
            yield Parameter(name=name, place="query", type=of, required=False)
    elif kind in _SIMPLE or (listed and kind[len("Array[") : -1] in _SIMPLE):
        place: ParameterPlace = "file" if "MultipartFile" in kind else "query"
        optional = kind not in PRIMITIVE or parameter.default is not None
        yield Parameter(name=parameter.name, place=place, type=kind, required=not optional)
    elif kind and kind[:1].isupper():
        value = annotations.interpreter.evaluate(nodes.Name(kind), owner.scope)
        if isinstance(value, ClassValue) and value.node.kind in ("class", "record", "enum"):
            is_one_text = value.node.kind == "enum"
            place = "query" if is_one_text else "form"
            model = "" if is_one_text else kind
            yield Parameter(name=parameter.name, place=place, type=kind, required=False, model=model)


def _parameter(parameter: nodes.Parameter, annotation: Annotation) -> Parameter:
    place = SOURCES[annotation.name]
    named = annotation.texts("value", "name") or [""]
    model = model_of(parameter.type)
    if place == "query" and "MultipartFile" in type_name(parameter.type):
        place = "file"
    elif annotation.name == "RequestPart" and model and model not in _FILES:
        place = "form"  # a part that is read as a class, mostly of JSON
    missing = annotation.arguments.get("required") is False or "defaultValue" in annotation.arguments
    optional = missing or is_optional(parameter.type) or parameter.default is not None
    return Parameter(
        name=parameter.name if annotation.name in _WHOLE else header_name(named[0]) or parameter.name,
        place=place,
        type=type_name(parameter.type),
        required=not optional,
        model=model if place in ("body", "form") else "",
    )


def conditions_of(mapping: Annotation) -> list[Parameter]:
    """`params = "state=open"`, `headers = "X-Version"`: what a request must have for a mapping to be the one."""
    found = []
    conditions: tuple[tuple[str, ParameterPlace], ...] = (("params", "query"), ("headers", "header"))
    for argument, place in conditions:
        for text in mapping.texts(argument) or []:
            name = text.partition("=")[0]
            if name and not name.startswith("!") and not name.endswith("!") and name.lower() not in _NEGOTIATED:
                found.append(Parameter(name=header_name(name), place=place, type="String"))
    return found


def asks_for_caller(function: nodes.Function) -> bool:
    """Tell whether a method is given who calls, or nothing where nobody is known."""
    names = names_of(decorator for parameter in function.parameters for decorator in parameter.decorators)
    types = [type_name(parameter.type).rstrip("?") for parameter in function.parameters]
    return "AuthenticationPrincipal" in names or not _CALLERS.isdisjoint(types)
