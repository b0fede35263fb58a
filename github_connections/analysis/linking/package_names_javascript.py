"""Names by which a package.json has modules of the program found: `imports`, module-alias, and the directories in
which Node.js looks beside `node_modules` (NODE_PATH, app-module-path)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

_NODE_PATH = re.compile(r"\bNODE_PATH=[\"']?\.?/?([\w./-]*)")
_SCRIPT = re.compile(r"\.[cm]?[jt]sx?$")
_GROUPS = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")


def names_in_manifest(manifest: dict[str, Any], root: str, paths: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return the patterns of names with their targets: `#routes/*` of `imports`, aliases, what is on a path."""
    imports, shortcuts = manifest.get("imports"), manifest.get("_moduleAliases")
    found = []
    for pattern, target in imports.items() if isinstance(imports, dict) else ():
        targets = [target] if isinstance(target, str) else list(_texts(target))
        found.append((pattern, [posixpath.normpath(posixpath.join(root, text)) for text in targets]))
    for name, target in shortcuts.items() if isinstance(shortcuts, dict) else ():
        place = posixpath.normpath(posixpath.join(root, str(target)))
        found += [(name, [place]), (f"{name}/*", [f"{place}/*"])]
    return found + _names_on_path(manifest, root, paths)


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value of JSON: the targets for each condition."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)


def _names_on_path(manifest: dict[str, Any], root: str, paths: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return a name for each file and directory that is looked for so; a dependency's name is its own."""
    groups = [group for name in _GROUPS if isinstance(group := manifest.get(name), dict)]
    dependencies = {name for group in groups for name in group}
    found: dict[str, str] = {}
    for base in _directories(manifest, dependencies):
        place = posixpath.normpath(posixpath.join(root, base))
        start = "" if place == "." else f"{place}/"
        for path in paths:
            if path.startswith(start) and _SCRIPT.search(path):
                name, is_directory, _ = path[len(start) :].partition("/")
                stem = name if is_directory else _SCRIPT.sub("", name)
                found.setdefault(stem, f"{start}{stem}")
    named = [(name, place) for name, place in found.items() if name not in dependencies]
    return [(name, [place]) for name, place in named] + [(f"{name}/*", [f"{place}/*"]) for name, place in named]


def _directories(manifest: dict[str, Any], dependencies: set[str]) -> list[str]:
    scripts = manifest.get("scripts")
    written = [text for text in scripts.values() if isinstance(text, str)] if isinstance(scripts, dict) else []
    said = [match.group(1) or "." for text in written for match in _NODE_PATH.finditer(text)]
    return list(dict.fromkeys([*said, *(["src", "."] if "app-module-path" in dependencies else [])]))
