"""The files of a checkout that a pattern means: `glob`, `fast-glob` and their like."""

from __future__ import annotations

import posixpath
import re

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_javascript import CHECKOUT
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    FunctionValue,
    ListValue,
    Value,
    entries_of,
    text_of,
    texts_of,
)

# A pattern with more stars than this takes its time, and nobody writes one.
MAXIMUM_STARS = 5
# `!(*.spec|index).ts`: every name but those.
_ANYTHING_BUT = re.compile(r"!\(([^()]*)\)")
_GLOBS = (
    "glob.sync",
    "glob.globSync",
    "glob.glob",
    "glob",
    "fast-glob.sync",
    "fast-glob",
    "globby.sync",
    "globby",
    "globby.globby",
    "globby.globbySync",
    "tinyglobby.glob",
    "tinyglobby.globSync",
    "tiny-glob/sync",
)


def declare(registry: Registry) -> None:
    """Add what lists files by a pattern."""
    for name in _GLOBS:
        registry.calls[name] = _matching_files


def _matching_files(call: Invocation) -> Value:
    """Return the files of the checkout that match a pattern, or several, of `glob`; from `cwd`, if one is said."""
    found: list[Value] = []
    said = entries_of(call.value(1))
    start = text_of(said["cwd"]) if "cwd" in said else ""
    others = [_pattern_at(text, start, call) for text in texts_of(said["ignore"])] if "ignore" in said else []
    for text in texts_of(call.value(0)):
        pattern = _pattern_at(text, start, call)
        candidates = [*call.interpreter.program.all_paths, *_directories_for(text, call)]
        matching = (path for path in candidates if pattern.fullmatch(path))
        found += [_as_found(path, start) for path in matching if not any(other.fullmatch(path) for other in others)]
    files = ListValue(found, call.place)
    if isinstance(call.value(-1), FunctionValue):
        call.run(call.value(-1), None, files)
    return files


def _pattern_at(text: str, start: str, call: Invocation) -> re.Pattern[str]:
    if not text.startswith(CHECKOUT):
        text = posixpath.join(start or f"{CHECKOUT}/{call.scope.file.project_root}", text)
    return glob_pattern(posixpath.normpath(text.removeprefix(CHECKOUT).lstrip("/")))


def _as_found(path: str, start: str) -> str:
    """Return a file as `glob` gives it: seen from the directory where it was looked for."""
    place = f"{CHECKOUT}/{path}"
    return posixpath.relpath(place, posixpath.normpath(start)) if start.startswith(CHECKOUT) else place


def _directories_for(pattern: str, call: Invocation) -> list[str]:
    """Return the directories of the checkout where a pattern asks for what lies in one: `modules/*`."""
    if posixpath.basename(pattern) != "*" or "**" in pattern:
        return []
    found: set[str] = set()
    for path in call.interpreter.program.all_paths:
        while (path := posixpath.dirname(path)) and path not in found:
            found.add(path)
    return sorted(found)


def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return what matches the paths that a pattern with `**`, `*`, `?` and `{a,b}` means."""
    glob = re.sub(r"(\*\*/)+", "**/", glob)
    if glob.count("*") > MAXIMUM_STARS:
        return re.compile(r"(?!)")
    marks = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|", "(": "(?:"}
    marks |= {")": ")", "|": "|", "+(": "(?:", "@(": "(?:"}
    found = ""
    for position, part in enumerate(_ANYTHING_BUT.split(glob)):
        pieces = re.split(r"(\*\*/|\*\*|[+@]\(|[*?{},()|])", part)
        written = "".join(marks.get(piece, re.escape(piece)) for piece in pieces)
        found += rf"(?!(?:{written})(?:\.[^/.]*)?(?:/|$))[^/]*" if position % 2 else written
    try:
        return re.compile(found)
    except re.error:
        return re.compile(re.escape(glob))
