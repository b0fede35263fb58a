"""From a directory to a report: inventory, sub-projects, parsing, linking, rows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec

from github_connections.analysis import cache as caching
from github_connections.analysis import inventory as inventories
from github_connections.analysis.components import all_components
from github_connections.analysis.documents import MAXIMUM_BYTES as MAXIMUM_MANIFEST_BYTES
from github_connections.analysis.frameworks import all_frameworks
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.limits import Limits
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.link import link
from github_connections.analysis.linking.program import FAMILIES, Program
from github_connections.analysis.parser_process import Answer, Job
from github_connections.analysis.parsing import ParsedFile, parse_all
from github_connections.analysis.projects import Project, Roots, find_projects
from github_connections.analysis.report import (
    Analyzer,
    Component,
    FoundFramework,
    Model,
    Reached,
    Report,
    Route,
    Skipped,
    TestFile,
)
from github_connections.analysis.test_files import read_tests

T = TypeVar("T")
VERSION = "1"
Progress = Callable[[str, int, int], None]
ENDPOINT_KINDS = frozenset({"api", "websocket", "graphql", "rpc"})
MAXIMUM_SKIPPED = 1_000


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass
class _Work:
    """What one analysis collects on its way."""

    inventory: inventories.Inventory
    limits: Limits
    answers: dict[str, Answer] = field(default_factory=dict)  # by content
    keys: dict[str, str] = field(default_factory=dict)  # path → content
    skipped: list[Skipped] = field(default_factory=list)
    parsed_bytes: int = 0


def analyze_here(
    checkout: Path,
    limits: Limits,
    *,
    known: Path | None = None,
    keep: Path | None = None,
    progress: Progress = _silent,
    commit: str = "",
) -> Report:
    """Analyse in this very process (parsing still happens in its children); what `analyze` runs in a child."""
    progress("listing", 0, 0)
    inventory = inventories.take(checkout, limits)
    work = _Work(inventory, limits)
    earlier = caching.load(known)
    digest = _digest(work, commit)
    if earlier is not None and earlier.digest == digest:
        caching.save(keep, earlier)
        return msgspec.json.decode(earlier.report, type=Report)
    projects, unreadable = find_projects(inventory.paths, lambda path: inventory.read(path, MAXIMUM_MANIFEST_BYTES))
    work.skipped += unreadable
    files = _parse(work, projects, earlier, progress)
    progress("linking", 0, 0)
    program = Program(files, projects, inventory.paths, lambda path: inventory.read(path, limits.bytes_per_file))
    report = _report(work, program, projects, files, commit)
    caching.save(keep, caching.stored(digest, msgspec.json.encode(report), work.answers))
    return report


def _digest(work: _Work, commit: str) -> str:
    """Return what changes when anything changes that a report is made of."""
    digest = hashlib.sha256(f"{commit}\0{work.limits}".encode())
    inventory = work.inventory
    for source in [*inventory.sources, *inventory.tests]:
        content = inventory.read(source.path, work.limits.bytes_per_file)
        work.keys[source.path] = caching.key_of(source.language, content) if content is not None else ""
        digest.update(f"{source.path}\0{work.keys[source.path]}\0".encode())
    for path, size in sorted(inventory.others.items()):
        content = inventory.read(path, work.limits.bytes_per_file) if size <= work.limits.bytes_per_file else None
        digest.update(f"{path}\0{size}\0".encode() + hashlib.sha256(content or b"").digest())
    return digest.hexdigest()


# --- parsing --------------------------------------------------------------------------------------------------------


def _parse(work: _Work, projects: list[Project], known: caching.Stored | None, progress: Progress) -> list[ParsedFile]:
    """Return the parsed files by path, from the cache where their content was parsed before."""
    total = len(work.inventory.sources)
    found: dict[str, Answer] = {}
    for source in work.inventory.sources:
        earlier = known.answers.get(work.keys[source.path]) if known else None
        if earlier is not None:
            found[source.path] = earlier
    for answer in parse_all(
        _jobs(work, found), work.limits, lambda count: progress("parsing", len(found) + count, total)
    ):
        found[answer.path] = answer
    return list(_parsed(work, projects, found))


def _jobs(work: _Work, found: dict[str, Answer]) -> Iterator[Job]:
    for source in list(work.inventory.sources):
        if source.path in found:
            continue
        content = work.inventory.read(source.path, work.limits.bytes_per_file)
        if content is None:
            work.skipped.append(Skipped(file=source.path, reason="could not be read"))
        elif inventories.is_minified(content):
            work.skipped.append(Skipped(file=source.path, reason="minified or generated: a line nobody wrote"))
        elif b"\0" in content[:1024]:
            work.skipped.append(Skipped(file=source.path, reason="binary"))
        else:
            yield Job(source.path, source.language, content)


def _parsed(work: _Work, projects: list[Project], found: dict[str, Answer]) -> Iterator[ParsedFile]:
    roots = Roots(projects)
    for source in work.inventory.sources:
        answer = found.get(source.path)
        if answer is None:
            continue
        work.answers[work.keys[source.path]] = answer
        if answer.failure or answer.head is None:
            work.skipped.append(Skipped(file=source.path, reason=answer.failure))
            continue
        if answer.cut:
            work.skipped.append(Skipped(file=source.path, reason="nested or chained too deep; the rest of it was read"))
        work.parsed_bytes += source.size
        family = FAMILIES.get(source.language, source.language)
        root = roots.of(source.path, family)
        yield ParsedFile(source.path, source.language, root, answer.head, answer.encoded)


# --- the report -----------------------------------------------------------------------------------------------------


def _report(work: _Work, program: Program, projects: list[Project], files: list[ParsedFile], commit: str) -> Report:
    interpreter = link(program, [item for item in all_frameworks() if _concerns(item, program)])
    routes: list[Route] = []
    frameworks: list[FoundFramework] = []
    for framework in all_frameworks():
        found = _rows(work, framework.name, lambda framework=framework: framework.routes(interpreter))
        routes += found
        frameworks += _found(framework, program, projects, found)
    components, models = _components(work, interpreter)
    routes = _identified(routes)
    inventory = work.inventory
    skipped = [*inventory.skipped, *work.skipped, *_left_unfinished(interpreter)]
    return Report(
        framework=_main_framework(frameworks, routes),
        frameworks=frameworks,
        languages=inventory.languages(),
        routes=routes,
        endpoints=[route for route in routes if route.kind in ENDPOINT_KINDS],
        components=components,
        models=models,
        test_files=_tests(work),
        limits=Reached(
            files_seen=inventory.files_seen,
            files_parsed=len(files),
            bytes=work.parsed_bytes,
            truncated=inventory.truncated or len(skipped) > MAXIMUM_SKIPPED,
            skipped=sorted(skipped, key=lambda item: (item.file, item.reason))[:MAXIMUM_SKIPPED],
        ),
        analyzer=Analyzer(version=VERSION, commit=commit),
    )


def _concerns(framework: Framework, program: Program) -> bool:
    return next(program.of_family(framework.family), None) is not None


def _rows(work: _Work, name: str, make: Callable[[], Iterable[T]]) -> list[T]:
    """Collect rows; whatever goes wrong in one framework costs its own rows only, and is said."""
    found: list[T] = []
    try:
        for row in make():
            found.append(row)  # noqa: PERF402  # those before a failure are kept
    except Exception as error:  # noqa: BLE001  # one framework's fault must not take the others' rows
        reason = f"the analysis of {name} ended early: {type(error).__name__}: {error}"
        work.skipped.append(Skipped(file="", reason=reason[:300]))
    return found


def _components(work: _Work, interpreter: Interpreter) -> tuple[list[Component], list[Model]]:
    components: dict[tuple[str, int, str], Component] = {}
    for finder in all_components():
        for row in _rows(work, finder.name, lambda finder=finder: finder.components(interpreter)):
            components.setdefault((row.file, row.line, row.name), row)
    return [components[key] for key in sorted(components)], []


def _identified(routes: list[Route]) -> list[Route]:
    """Sort the rows, keep one of each, and give each an id that stays while its method, path and file do."""
    kept: dict[tuple[str, str, str, str], Route] = {}
    for route in sorted(routes, key=lambda row: (row.path, row.method, row.file, row.line, row.framework)):
        key = (route.method, route.path, route.file, route.framework)
        if key not in kept:
            name = hashlib.sha256("\0".join(key).encode()).hexdigest()[:16]
            kept[key] = msgspec.structs.replace(route, id=name)
    return list(kept.values())


def _found(
    framework: Framework, program: Program, projects: list[Project], routes: list[Route]
) -> list[FoundFramework]:
    """Return a framework once for each sub-project that depends on it or has rows of it."""
    roots: dict[str, FoundFramework] = {}
    for project in projects:
        for package in framework.packages:
            if package in project.dependencies and project.root not in roots:
                roots[project.root] = _entry(
                    framework, project.root, project.dependencies[package], [project.evidence(package)]
                )
    for route in routes:
        root = program.by_path[route.file].project_root if route.file in program.by_path else ""
        if root not in roots:
            evidence = [{"file": route.file, "line": route.line, "why": f"declares {route.method} {route.raw_path}"}]
            roots[root] = _entry(framework, root, "", evidence)
    return [roots[root] for root in sorted(roots)]


def _entry(framework: Framework, root: str, version: str, evidence: list[dict[str, object]]) -> FoundFramework:
    return FoundFramework(
        name=framework.name,
        language=framework.language,
        kind=framework.kind,
        root=root,
        version=version,
        evidence=evidence,
    )


def _main_framework(frameworks: list[FoundFramework], routes: list[Route]) -> str:
    """Name the framework with most routes, a server's before a client's; one that is only depended on at last."""
    counted = Counter(route.framework for route in routes)
    servers = {found.name for found in frameworks if found.kind != "client"}
    ranked = sorted(frameworks, key=lambda found: (found.name not in servers, -counted[found.name], found.name))
    return ranked[0].name if ranked else "unknown"


def _tests(work: _Work) -> list[TestFile]:
    rows = []
    for source in work.inventory.tests:
        content = work.inventory.read(source.path, work.limits.bytes_per_file)
        family = FAMILIES.get(source.language, source.language)
        row = read_tests(source.path, family, content) if content else None
        if row is not None:
            rows.append(row)
    return rows


def _left_unfinished(interpreter: Interpreter) -> list[Skipped]:
    return [
        Skipped(file=path, reason="its set-up goes on for too long; what was found until then stands")
        for path in sorted(interpreter.cut)
    ]
