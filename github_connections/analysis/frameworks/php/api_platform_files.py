"""API Platform's resources in YAML and XML files, of its second version and of later ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from github_connections.analysis.documents import Element, read_xml, read_yaml
from github_connections.analysis.frameworks.php.api_platform_arrays import OF_ALL, OF_ONE, TAKEN
from github_connections.analysis.linking.program import Program
from github_connections.analysis.report import Place
from github_connections.analysis.unreadable import Unreadable

_FILES = re.compile(r"(^|/)(api_platform|api_resources?|api-platform)/(.*/)?[^/]+\.(ya?ml|xml)$")
_WRITTEN_AS = frozenset((*OF_ALL.values(), *OF_ONE.values()))


class Written(Struct):
    """A resource as it is written: what it says of all its operations, and these; none where it names none."""

    name: str
    place: Place
    said: dict[str, str] = field(default_factory=dict)
    operations: list[tuple[str, dict[str, str], int]] = field(default_factory=list)


def resources_in(program: Program, *, has_patch: bool) -> Iterator[Written]:
    """Yield the resources that files declare."""
    usual = {"collectionOperations": ["get", "post"], "itemOperations": ["get", "put", "delete"]}
    if has_patch:
        usual["itemOperations"].append("patch")
    for path in program.all_paths:
        if _FILES.search(path):
            content = program.read(path) or b""
            try:
                if path.endswith(".xml"):
                    found = _of_xml(read_xml(content), usual)
                else:
                    found = _of_yaml(read_yaml(content), usual)
                yield from (made.at(path, content) for made in list(found))
            except Unreadable:
                continue


class _Found(Struct):
    """A resource of a file that is not told yet where in it it stands."""

    whole: str
    said: dict[str, str]
    operations: list[tuple[str, dict[str, str]]]

    def at(self, path: str, content: bytes) -> Written:
        """Return it with its place: the line that names its class."""
        before = content.find(self.whole.encode())
        line = content.count(b"\n", 0, max(before, 0)) + 1
        operations = [(name, said, line) for name, said in self.operations]
        return Written(self.whole.rpartition("\\")[2], Place(path, line), self.said, operations)


def _texts(said: Any) -> dict[str, str]:
    found = said.items() if isinstance(said, dict) else ()
    return {TAKEN.get(str(key), str(key)): str(value) for key, value in found if isinstance(value, str | int)}


def _named(name: str, said: dict[str, str], of: str) -> str | None:
    """Return how later versions write an operation of the second; None where its route is said elsewhere."""
    if "route_name" in said:
        return None
    return (OF_ALL if of == "collectionOperations" else OF_ONE).get(said.get("method", name).upper())


# --- YAML -----------------------------------------------------------------------------------------------------------


def _of_yaml(whole: Any, usual: dict[str, list[str]]) -> Iterator[_Found]:
    listed = whole.get("resources", whole) if isinstance(whole, dict) else None
    for name, said in listed.items() if isinstance(listed, dict) else ():
        if "\\" not in str(name) and "%" not in str(name):  # no class
            continue
        for one in said if isinstance(said, list) else [said]:
            made = _Found(str(name), _texts(one), [])
            if isinstance(one, dict):
                made.said = {**_texts(one.get("attributes")), **made.said}
                made.operations = list(_operations_of_yaml(one, usual))
                if not made.operations and not {"operations", *usual}.isdisjoint(one):
                    continue
            yield made


def _operations_of_yaml(said: dict[str, Any], usual: dict[str, list[str]]) -> Iterator[tuple[str, dict[str, str]]]:
    later = said.get("operations")
    for key, options in later.items() if isinstance(later, dict) else ():
        kind = str(options.get("class", key)) if isinstance(options, dict) else str(key)
        name = kind.rpartition("\\")[2]
        if name in _WRITTEN_AS:
            yield name, _texts(options)
    if later is not None or set(usual).isdisjoint(said):
        return
    for of, names in usual.items():
        listed = said.get(of, names)
        pairs = listed.items() if isinstance(listed, dict) else [(name, {}) for name in listed or ()]
        for name, options in pairs:
            written = _named(str(name), _texts(options), of)
            if written is not None:
                yield written, _texts(options)


# --- XML ------------------------------------------------------------------------------------------------------------


def _of_xml(root: Element, usual: dict[str, list[str]]) -> Iterator[_Found]:
    for element in root.children if root.tag == "resources" else ():
        if element.tag != "resource":
            continue
        said = {**_attributes(element), **_texts(element.attributes)}
        made = _Found(element.attributes.get("class", ""), said, list(_operations_of_xml(element, usual)))
        if made.operations or not any(child.tag in ("operations", *usual) for child in element.children):
            yield made


def _operations_of_xml(element: Element, usual: dict[str, list[str]]) -> Iterator[tuple[str, dict[str, str]]]:
    groups = {child.tag: child for child in element.children if child.tag in ("operations", *usual)}
    for child in groups["operations"].children if "operations" in groups else ():
        name = child.attributes.get("class", "").rpartition("\\")[2]
        if name in _WRITTEN_AS:
            yield name, _texts(child.attributes)
    if "operations" in groups or not groups:
        return
    for of, names in usual.items():
        if of in groups:
            pairs = [(child.attributes.get("name", ""), _attributes(child)) for child in groups[of].children]
        else:
            pairs = [(name, {}) for name in names]
        for name, said in pairs:
            written = _named(name, said, of)
            if written is not None:
                yield written, said


def _attributes(element: Element) -> dict[str, str]:
    """Return what `<attribute name="path">/x</attribute>` elements say."""
    found = {child.attributes["name"]: child.text.strip() for child in element.children if "name" in child.attributes}
    return _texts({name: text for name, text in found.items() if text})
