"""From a program to its rows: linking, then each framework's routes and each kind of component, sorted and named."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TypeVar

import msgspec
from msgspec import Struct

from github_connections.analysis.components import components_of
from github_connections.analysis.components.kinds import Library
from github_connections.analysis.frameworks import NAMES, frameworks_of
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.link import link
from github_connections.analysis.linking.program import FAMILIES, Program
from github_connections.analysis.linking.values import is_known
from github_connections.analysis.models import models_of
from github_connections.analysis.projects import ECOSYSTEMS, Project
from github_connections.analysis.report import (
    Analyzer,
    Component,
    FoundFramework,
    Model,
    Report,
    Route,
    Skipped,
)
from github_connections.analysis.shares import OutOfTime, share
from github_connections.analysis.sketches import REGISTERING_IN_PYTHON, Wanted, names_of
from github_connections.analysis.specifications import Described, beside

T = TypeVar("T")
VERSION = "1"
ENDPOINT_KINDS = frozenset({"api", "websocket", "graphql", "rpc"})
MAXIMUM_REASON_LENGTH = 300
# Of one framework.
MAXIMUM_ROWS = 100_000


@cache
def sought(language: str) -> Wanted:
    """Return what has a file of a language parsed at once."""
    family = FAMILIES.get(language, language)
    frameworks = frameworks_of(family)
    words = {word for framework in frameworks for word in framework.words | framework.marks}
    words.update(word for kind in components_of(family) for word in kind.marks)
    return Wanted(
        names_of(words),
        _modules_of(framework for framework in frameworks if not framework.signs),
        _modules_of(framework for framework in frameworks if framework.signs),
        names_of(sign for framework in frameworks for sign in framework.signs),
        REGISTERING_IN_PYTHON if family == "python" else (),
        is_script=family == "javascript",
    )


def _modules_of(frameworks: Iterable[Framework]) -> tuple[bytes, ...]:
    return tuple(module.encode() for module in sorted({module for one in frameworks for module in one.imports}))


class Part(Struct, frozen=True):
    """What one language family has to say: the rows of each framework by its name, and what else came of linking."""

    family: str
    routes: dict[str, list[Route]]
    components: list[Component]
    models: list[Model]
    skipped: list[Skipped]


def part_of(family: str, make_program: Callable[[], Program]) -> Part:
    """Return the rows of the files of a language family, which `make_program` makes a program of.

    What goes wrong in one framework costs its own rows only, and is in `skipped`.
    """
    skipped: list[Skipped] = []
    routes: dict[str, list[Route]] = {}
    interpreter = None
    for chosen, interpreter in _linked(family, make_program, skipped):
        for framework in chosen:
            rows = _rows(skipped, framework.name, lambda f=framework, i=interpreter: f.routes(i))  # type: ignore[misc]
            routes[framework.name] = rows
        skipped += _left_unfinished(interpreter)
    if interpreter is None:
        return Part(family, routes, [], [], skipped)
    components = _components(family, skipped, interpreter)
    shown = [row for rows in routes.values() for row in rows]
    return Part(family, routes, components, _rows(skipped, "models", lambda: models_of(interpreter, shown)), skipped)


def report_of(
    parts: Iterable[Part], projects: list[Project], roots: Mapping[str, str], described: list[Described], commit: str
) -> Report:
    """Return the report that these parts make, and what the OpenAPI documents say beside them.

    `roots` has the directory of its sub-project for each file.
    """
    found = sorted(parts, key=lambda part: [*NAMES].index(part.family))
    rows = {name: rows for part in found for name, rows in part.routes.items()}
    known = [framework for part in found for framework in frameworks_of(part.family)]
    components = sorted(
        (row for part in found for row in part.components), key=lambda row: (row.file, row.line, row.name)
    )
    where = _Where(projects, roots)
    frameworks = [entry for framework in known for entry in where.of(framework, rows.get(framework.name, []))]
    kinds = (kind for part in found for kind in components_of(part.family))
    for library in (library for kind in kinds for library in kind.libraries):
        frameworks += where.of(library, [row for row in components if row.framework == library.name])
    routes = [row for framework in known for row in rows.get(framework.name, [])]
    also, their_models = beside(described, routes, projects)
    models = [*(model for part in found for model in part.models), *their_models]
    routes = _identified([*routes, *also], roots)
    return Report(
        framework=_main_framework(frameworks, routes, components),
        frameworks=frameworks,
        routes=routes,
        endpoints=[route for route in routes if route.kind in ENDPOINT_KINDS],
        components=components,
        models=sorted(models, key=lambda model: (model.file, model.line, model.name)),
        specs=[one.specification for one in described],
        analyzer=Analyzer(version=VERSION, commit=commit),
    )


def _linked(
    family: str, make_program: Callable[[], Program], skipped: list[Skipped]
) -> Iterator[tuple[list[Framework], Interpreter]]:
    """Yield the frameworks with the run that holds what they found: one for all, or one each where that fails.

    Where none can be run it is not the frameworks, and the analysis has failed.
    """
    frameworks = list(frameworks_of(family))
    try:
        with share():
            interpreter = link(make_program(), frameworks)
    except Exception as error:  # noqa: BLE001  # who is to blame is found out below
        skipped.append(_failure(f"all frameworks of {family} together", error))
        link(make_program(), [])
    else:
        yield frameworks, interpreter
        return
    for framework in frameworks:
        try:
            with share():
                interpreter = link(make_program(), [framework])
        except Exception as error:  # noqa: BLE001  # it costs its own rows only
            skipped.append(_failure(framework.name, error))
        else:
            yield [framework], interpreter


def _rows(skipped: list[Skipped], name: str, make: Callable[[], Iterable[T]]) -> list[T]:
    found: list[T] = []
    try:
        with share():
            for row in make():
                if len(found) >= MAXIMUM_ROWS:
                    skipped.append(Skipped(file="", reason=f"{name}: more than {MAXIMUM_ROWS} rows; no more are told"))
                    break
                found.append(row)  # those before a failure are kept
    except Exception as error:  # noqa: BLE001  # one framework's fault must not take the others' rows
        skipped.append(_failure(name, error))
    return found


def _failure(name: str, error: Exception) -> Skipped:
    if isinstance(error, OutOfTime):
        return Skipped(file="", reason=f"analysis of {name} took too long; what was found until then stands")
    reason = f"analysis of {name} failed: {type(error).__name__}: {error}"
    return Skipped(file="", reason=reason[:MAXIMUM_REASON_LENGTH])


def _left_unfinished(interpreter: Interpreter) -> list[Skipped]:
    reason = "its set-up goes on for too long; what was found until then stands"
    routers = {router.place.file for router in interpreter.routers if router.cut}
    ways = "so many ways lead to the routes of its routers that not all are told"
    return [
        *(Skipped(file=path, reason=reason) for path in sorted(interpreter.cut)),
        *(Skipped(file=path, reason=ways) for path in sorted(routers)),
    ]


# --- rows -----------------------------------------------------------------------------------------------------------


def _components(family: str, skipped: list[Skipped], interpreter: Interpreter) -> list[Component]:
    components: dict[tuple[str, int, str], Component] = {}
    for finder in components_of(family):
        for row in _rows(skipped, finder.name, lambda finder=finder: finder.components(interpreter)):  # type: ignore[misc]
            components.setdefault((row.file, row.line, row.name), row)
    return list(components.values())


def _identified(routes: list[Route], roots: Mapping[str, str]) -> list[Route]:
    """Sort the rows, keep one of each, name the sub-project, and give an id that stays while method, path and file do.

    The operations of GraphQL share one path: there the operation belongs to what a row is known by. So does the line
    where a part of the path is not known: two such rows need not be one.
    """
    kept: dict[tuple[str, ...], Route] = {}
    for route in sorted(routes, key=lambda row: (row.path, row.method, row.file, row.line, row.framework)):
        operation = (route.handler,) if route.kind == "graphql" else () if is_known(route.path) else (str(route.line),)
        key = (route.method, route.path, route.file, route.framework, *operation)
        if key not in kept:
            name = hashlib.sha256("\0".join(key).encode("utf-8", "replace")).hexdigest()[:16]
            kept[key] = msgspec.structs.replace(route, id=name, project=roots.get(route.file, route.project))
    return list(kept.values())


# --- frameworks -----------------------------------------------------------------------------------------------------


class _Where(Struct):
    """The sub-projects in which something is used."""

    projects: list[Project]
    roots: Mapping[str, str]

    def of(
        self, framework: Framework | Library, rows: Sequence[Route] | Sequence[Component]
    ) -> Iterator[FoundFramework]:
        """Yield a framework once for each sub-project that depends on it or has rows of it."""
        found: dict[str, FoundFramework] = {}
        for project in self.projects:
            package = _package(framework, project)
            if package and project.root not in found:
                evidence = [project.evidence(package)]
                found[project.root] = _entry(framework, project.root, project.dependencies[package], evidence)
        for row in rows:
            root = self.roots.get(row.file, "")
            if root not in found:
                declared = f"{row.method} {row.raw_path}" if isinstance(row, Route) else row.name
                evidence = [{"file": row.file, "line": row.line, "why": f"declares {declared}"}]
                found[root] = _entry(framework, root, "", evidence)
        return (found[root] for root in sorted(found))


def _package(framework: Framework | Library, project: Project) -> str:
    if project.ecosystem != ECOSYSTEMS.get(framework.family, framework.family):
        return ""
    return next((package for package in framework.packages if package in project.dependencies), "")


def _entry(
    framework: Framework | Library, root: str, version: str, evidence: list[dict[str, object]]
) -> FoundFramework:
    return FoundFramework(
        name=framework.name,
        language=framework.language,
        kind=framework.kind,
        root=root,
        version=version,
        evidence=evidence,
    )


def _main_framework(frameworks: list[FoundFramework], routes: list[Route], components: list[Component]) -> str:
    """Name the server with most routes; without one the client with most rows; at last one only depended on.

    Where there is none at all, rows can only come from an OpenAPI document.
    """
    rows = Counter([*(route.framework for route in routes), *(component.framework for component in components)])
    ranked = sorted(
        frameworks, key=lambda found: (not rows[found.name], found.kind == "client", -rows[found.name], found.name)
    )
    return ranked[0].name if ranked else next(iter(rows), "unknown")
