"""What a parameter holds that nobody is seen to give, by the names everybody uses: `app`, `args.app`, `{ app }`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from github_connections.analysis.linking.values import External, Kind, Value
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

if TYPE_CHECKING:
    from github_connections.analysis.linking.program import File, Program
    from github_connections.analysis.linking.registry import Registry

_MAKES_ONE = re.compile(r"(app|App|router|Router)\w*\(\)$")


class Conventions:
    """The kinds of objects that go by certain names in projects that depend on certain packages."""

    def __init__(self, program: Program, registry: Registry) -> None:
        self._program = program
        self._registry = registry
        self._used: dict[str, set[str]] = {}
        self._imported: dict[tuple[str, str], int] = {}
        self._members: dict[int, dict[str, set[str]]] = {}

    def kind_of(self, parameter: nodes.Parameter, file: File) -> Kind | None:
        """Return what a parameter without a type holds by its name."""
        return self._named(parameter.name, file) if parameter.type is None else None

    def kind_of_variable(self, target: nodes.Expression, value: Value, file: File) -> Kind | None:
        """Return what a variable holds by its name, where what made it says so too: `router = makeRouter()`."""
        if not isinstance(target, nodes.Name) or not isinstance(value, External) or value.made_by is None:
            return None
        node = value.made_by.node
        made = node is not None and not node.new and _MAKES_ONE.search(value.name)
        return self._named(target.id, file) if made else None

    def held_by(self, parameter: nodes.Parameter, function: nodes.Function, file: File) -> dict[str, Kind]:
        """Return what is taken out of a parameter without a type, by name: `app` of `args.app.get("/")`."""
        if file.family != "javascript" or parameter.type is not None:
            return {}
        kinds = {name: self._named(name, file) for name in self._taken(parameter, function)}
        return {name: kind for name, kind in kinds.items() if kind is not None}

    def _named(self, name: str, file: File) -> Kind | None:
        kinds = self._registry.parameters.get(name)
        if not kinds:
            return None
        used = self._used.get(file.project_root)
        if used is None:
            roots = ("", file.project_root)
            used = {name for one in self._program.projects if one.root in roots for name in one.dependencies}
            self._used[file.project_root] = used
        likely = {package: kind for package, kind in kinds.items() if not package or package in used}
        if len(likely) < 2:  # nothing to choose between
            return next(iter(likely.values()), None)
        return likely[max(likely, key=lambda package: self._importers(package, file.project_root))]

    def _importers(self, package: str, root: str) -> int:
        """Return how many files of a sub-project import a package, or a part of it."""
        known = self._imported.get((package, root))
        if known is None:
            files = (file for file in self._program.of_family("javascript") if file.project_root == root)
            known = sum(any(f"{one}/".startswith(f"{package}/") for one in file.sketch.imports) for file in files)
            self._imported[package, root] = known
        return known

    def _taken(self, parameter: nodes.Parameter, function: nodes.Function) -> Iterator[str]:
        if isinstance(parameter.pattern, nodes.Mapping):
            yield from (entry.key.value for entry in parameter.pattern.entries if isinstance(entry.key, nodes.Text))
        elif parameter.name and not parameter.kind:
            known = self._members.get(id(function))
            if known is None:
                known = self._members[id(function)] = _members_in(function)
            yield from sorted(known.get(parameter.name, ()))


def _members_in(function: nodes.Function) -> dict[str, set[str]]:
    """Return the members of each name that methods are called on in a function: `{"args": {"app"}}`."""
    found: dict[str, set[str]] = {}
    for node in nodes_in(function.body):
        match node:
            case nodes.Member(of=nodes.Member(of=nodes.Name(id=holder), name=name)):
                found.setdefault(holder, set()).add(name)
    return found
