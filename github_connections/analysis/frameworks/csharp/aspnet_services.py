"""Application services of ABP and of ASP.NET Boilerplate, which become controllers by convention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.csharp.aspnet_applications import Applications
from github_connections.analysis.frameworks.csharp.aspnet_attributes import (
    VERBS,
    Attribute,
    Attributes,
    auth_of,
    model_of,
)
from github_connections.analysis.frameworks.csharp.aspnet_parameters import parameters_of
from github_connections.analysis.frameworks.inflection import hyphenated
from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.values import ClassValue, is_known
from github_connections.analysis.report import Place, Prefix, Route
from github_connections.analysis.syntax import nodes

WORDS = frozenset({"AbpModule"})
_ABP = re.compile(r"ConventionalControllers\s*\.\s*Create\(\s*typeof\((\w+)\)\.Assembly([^;]*)")
_BOILERPLATE = re.compile(r"CreateControllersForAppServices\(\s*typeof\((\w+)\)")
_ROOT = re.compile(r"RootPath\s*=\s*\"([^\"]+)\"")
_ENDING = re.compile(r"(?<=.)(?:AppService|ApplicationService|IntegrationService|Service)$")
_SERVICES = frozenset({"IApplicationService", "ApplicationService", "IRemoteService"})
# What the bases of libraries answer, and with which parameters in the path.
_READING = (("Get", True), ("GetList", False))
_CHANGING = (("Create", False), ("Update", True), ("Delete", True))
_BASES = {
    **dict.fromkeys(("ReadOnlyAppService", "AbstractKeyReadOnlyAppService"), _READING),
    **dict.fromkeys(("CrudAppService", "AbstractKeyCrudAppService", "AsyncCrudAppService"), (*_READING, *_CHANGING)),
}
# The first beginning of a method's name decides; the rest of the name is what is left in an address.
_VERBS: dict[str, tuple[str, ...]] = {
    "GET": ("GetList", "GetAll", "Get"),
    "PUT": ("Put", "Update"),
    "DELETE": ("Delete", "Remove"),
    "POST": ("Create", "Add", "Insert", "Post"),
    "PATCH": ("Patch",),
}


class Convention(Struct, frozen=True):
    """How the services of one assembly are served: below which path, and whether by ABP's newer rules."""

    prefix: Prefix
    is_abp: bool


def routes_of_services(interpreter: Interpreter, applications: Applications) -> Iterator[Route]:
    """Yield the rows of every service of the assemblies that a program serves by convention."""
    attributes = Attributes(interpreter)
    conventions = dict(_conventions(interpreter))
    for file in interpreter.program.of_family("csharp") if conventions else ():
        convention = conventions.get(file.project_root)
        for cls in classes_in(file.scope) if convention is not None else ():
            bases = _bases(interpreter, cls)
            if convention is not None and _is_served(attributes, cls, bases):
                yield from _Service(attributes, cls, bases, convention, applications).rows()


def _conventions(interpreter: Interpreter) -> Iterator[tuple[str, Convention]]:
    """Yield each assembly's directory with how its services are served."""
    program = interpreter.program
    for file in program.with_words("csharp", WORDS):
        text = program.text(file.path)
        for match in _ABP.finditer(text):
            root = _ROOT.search(match.group(2))
            for home in _homes(interpreter, match.group(1)):
                yield home, _convention(file, text, match, f"api/{root.group(1) if root else 'app'}", is_abp=True)
        for match in _BOILERPLATE.finditer(text):
            for home in _homes(interpreter, match.group(1)):
                yield home, _convention(file, text, match, "api/services/app", is_abp=False)


def _convention(file: File, text: str, match: re.Match[str], path: str, *, is_abp: bool) -> Convention:
    line = text.count("\n", 0, match.start()) + 1
    return Convention(Prefix(value=path, file=file.path, line=line, how="convention"), is_abp)


def _homes(interpreter: Interpreter, name: str) -> set[str]:
    return {file.project_root for file in interpreter.program.declaring("csharp", name)}


def _bases(interpreter: Interpreter, cls: ClassValue) -> set[str]:
    return {name.rpartition(".")[2] for name in library_bases(interpreter, cls)}


def _is_served(attributes: Attributes, cls: ClassValue, bases: set[str]) -> bool:
    if cls.node.kind != "class" or {"abstract", "static"} & set(cls.node.modifiers):
        return False
    if not bases & (_SERVICES | _BASES.keys()):
        return False
    return not any(_is_closed(said) for said in attributes.of(cls.node.decorators, cls.scope))


def _is_closed(said: Attribute) -> bool:
    """`[RemoteService(false)]`, `[RemoteService(IsEnabled = false)]`."""
    return said.name == "RemoteService" and False in (*said.positional, *said.named.values())


class _Service:
    """One service with its methods."""

    def __init__(
        self,
        attributes: Attributes,
        cls: ClassValue,
        bases: set[str],
        convention: Convention,
        applications: Applications,
    ) -> None:
        self._attributes = attributes
        self._cls = cls
        self._bases = bases
        self._convention = convention
        self._before = [*applications.of(cls.scope.file).prefixes, convention.prefix]
        name = _ENDING.sub("", cls.node.name)
        self._path = hyphenated(name) if convention.is_abp else name

    def rows(self) -> Iterator[Route]:
        """Yield the rows of what it and the program's bases declare, then those of a library's base."""
        seen: set[str] = set()
        for owner in self._attributes.lineage(self._cls):
            for method in owner.node.body:
                if isinstance(method, nodes.Function) and method.name not in seen and "public" in method.modifiers:
                    row = self._declared(method, owner)
                    if row is not None:
                        seen.add(method.name.removesuffix("Async"))
                        yield row
        for base, answered in _BASES.items():
            for name, has_id in answered if base in self._bases else ():
                if name not in seen:
                    seen.add(name)
                    yield self._row(name, ["id"] if has_id else [], self._cls.place)

    def _declared(self, method: nodes.Function, owner: ClassValue) -> Route | None:
        said = self._attributes.of(method.decorators, owner.scope)
        is_passed_by = any(item.name == "NonAction" or _is_closed(item) for item in said)
        if method.name == "constructor" or "static" in method.modifiers or is_passed_by:
            return None
        place = Place(owner.scope.file.path, method.line)
        names = [parameter.name for parameter in method.parameters]
        row = self._row(method.name.removesuffix("Async"), names, place, said)
        known = {name.lower() for name, _ in paths.variables(row.path)}
        params, body = parameters_of(self._attributes, method, owner.scope, known)
        own = self._attributes.of(self._cls.node.decorators, self._cls.scope)
        return replace(
            row,
            params=[*row.params, *params],
            request_model=body,
            response_model=model_of(method.returns),
            auth=auth_of([said, own]),
        )

    def _row(self, name: str, parameters: list[str], place: Place, said: list[Attribute] | None = None) -> Route:
        verb = next((item for item in said or [] if item.name in VERBS), None)
        method = VERBS[verb.name] if verb is not None else _verb_of(name)
        template = verb.template if verb is not None else None
        pieces = self._pieces(name, _without_verb(name, method), parameters)
        before = [*self._before] if template is None else self._before[:-1]
        joined = paths.join([*(prefix.value for prefix in before), *(pieces if template is None else [template])])
        path = paths.from_braces(joined.rstrip("/"))
        return Route(
            method=method,
            path=path,
            file=place.file,
            line=place.line,
            framework="aspnet",
            handler=f"{self._cls.node.name}.{name}",
            prefixes=before,
            params=rows.path_parameters(path),
            confidence="exact" if is_known(path) else "partial",
        )

    def _pieces(self, name: str, rest: str, parameters: list[str]) -> list[str]:
        if not self._convention.is_abp:
            return [self._path, "GetAll" if name == "GetList" else name]
        pieces = [self._path, *(["{id}"] if "id" in parameters else [])]
        if rest:
            others = [parameter for parameter in parameters if parameter.endswith("Id")]
            pieces += [hyphenated(rest), *([f"{{{others[0]}}}"] if len(others) == 1 else [])]
        return pieces


def _verb_of(name: str) -> str:
    return next((method for method, beginnings in _VERBS.items() if name.startswith(beginnings)), "POST")


def _without_verb(name: str, method: str) -> str:
    found = next((beginning for beginning in _VERBS.get(method, ()) if name.startswith(beginning)), "")
    return name.removeprefix(found)
