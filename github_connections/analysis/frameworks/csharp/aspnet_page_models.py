"""The models of Razor Pages: classes whose methods handle a page's verbs, and whose properties are filled from its
forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.csharp.aspnet_attributes import (
    SIMPLE,
    Attributes,
    auth_of,
    model_of,
)
from github_connections.analysis.frameworks.csharp.aspnet_parameters import parameters_of, path_types
from github_connections.analysis.frameworks.csharp.aspnet_requests import read_by
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.values import ClassValue, text_of, type_name
from github_connections.analysis.report import Auth, Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes

_HANDLER = re.compile(r"^On(Get|Post|Put|Delete|Patch)(Async|[A-Z]\w*)?$")
_BINDING = frozenset({"BindProperty", "BindProperties"})


class PageModel(Struct):
    """What stands behind a page: its class, and the methods of each verb."""

    cls: ClassValue
    attributes: Attributes
    handlers: dict[str, list[nodes.Function]]

    @property
    def auth(self) -> Auth:
        """Return what the attributes of the class and of those it is derived from ask of callers."""
        lineage = self.attributes.lineage(self.cls)
        return auth_of([self.attributes.of(owner.node.decorators, owner.scope) for owner in lineage])

    def name_of(self, method: str) -> str:
        """Return who answers a verb; of several the one without a name of its own."""
        functions = sorted(self.handlers.get(method, []), key=lambda one: len(one.name.removesuffix("Async")))
        return f"{self.cls.node.name}.{functions[0].name}" if functions else ""

    def params_of(self, method: str, path: str) -> list[Parameter]:
        """Return what the methods of a verb take, the properties that are filled, and which of several is meant."""
        found = rows.path_parameters(path, self._types(method))
        in_path = {name.lower() for name, _ in paths.variables(path)}
        of_models: ParameterPlace = "query" if method == "GET" else "form"
        for function in self.handlers.get(method, []):
            taken = parameters_of(self.attributes, function, self.cls.scope, in_path, of_models)[0]
            found += taken
            found += read_by(self.attributes.interpreter, function, self.cls.scope, found)
        found += [one for one in self._bound(method) if one.name.lower() not in in_path]
        if any(_is_named(function.name) for function in self.handlers.get(method, [])):
            found.append(Parameter(name="handler", place="query", type="string", required=False))
        return rows.each_once(found)

    def _types(self, method: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for function in self.handlers.get(method, []):
            found |= path_types(function, self.attributes, self.cls.scope)
        return found

    def _bound(self, method: str) -> Iterator[Parameter]:
        """`[BindProperty] public Order Order { get; set; }`, and for what is read `SupportsGet = true` too."""
        for owner in self.attributes.lineage(self.cls):
            whole = [item for item in self.attributes.of(owner.node.decorators, owner.scope) if item.name in _BINDING]
            for item in owner.node.body:
                if (
                    isinstance(item, nodes.Assign)
                    and isinstance(item.target, nodes.Name)
                    and "property" in item.modifiers
                ):
                    said = self.attributes.of(item.decorators, owner.scope)
                    binding = next((one for one in [*said, *whole] if one.name in _BINDING), None)
                    if binding is not None and (method != "GET" or binding.named.get("SupportsGet") is True):
                        name = text_of(binding.named.get("Name", item.target.id))
                        yield _property(name, item.type, "query" if method == "GET" else "form")


def _property(name: str, kind: nodes.Expression | None, place: ParameterPlace) -> Parameter:
    held = type_name(kind.index) if isinstance(kind, nodes.Item) else type_name(kind)
    if held.startswith("IFormFile"):
        place = "file"
    model = "" if held in SIMPLE or place == "file" else model_of(kind)
    return Parameter(name=name, place=place, type=type_name(kind), required=False, model=model)


def _is_named(handler: str) -> bool:
    """`OnPostDeleteAsync` is asked for by `?handler=Delete`."""
    match = _HANDLER.match(handler)
    return match is not None and (match.group(2) or "Async").removesuffix("Async") != ""


def model_in(attributes: Attributes, file: File) -> PageModel | None:
    """Return the first class of a file that has methods of verbs, its own or of a class that it is derived from."""
    for cls in classes_in(file.scope):
        handlers: dict[str, list[nodes.Function]] = {}
        for owner in attributes.lineage(cls):
            for member in owner.node.body:
                match = _HANDLER.match(member.name) if isinstance(member, nodes.Function) else None
                if match and isinstance(member, nodes.Function):
                    handlers.setdefault(match.group(1).upper(), []).append(member)
        if handlers or any(isinstance(base, nodes.Name) and base.id == "PageModel" for base in cls.node.bases):
            return PageModel(cls, attributes, handlers)
    return None
