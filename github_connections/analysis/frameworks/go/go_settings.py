"""What a Go program's configuration says of paths: `config.yaml`, `config.toml`, `app.json` with their defaults."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from github_connections.analysis.documents import as_text, read_yaml
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import Program
from github_connections.analysis.unreadable import Unreadable

_NAMES = re.compile(
    r"(?:config|conf|configuration|app|application|settings?|default)"
    r"(?:[._-](?:default|example|sample|dist|dev|local|development))?\.(ya?ml|toml|json)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"(^|/)(tests?|testdata|node_modules|vendor|web|frontend|ui|deploy|charts|\.github)/")
_HOLE = re.compile(r"\{\?([^{}]*)\}")
_PATH = re.compile(r"[/\w.-]*")
_OF_PATHS = re.compile(r"base|path|prefix|root|route")
_MAXIMUM_FILES = 30


def filled(interpreter: Interpreter, path: str) -> str:
    """Return a path in which the configuration has filled those holes that are named as one of its settings."""
    if "{?" not in path:
        return path
    known = interpreter.state.get("go settings")
    if known is None:
        known = interpreter.state["go settings"] = _all_settings(interpreter.program)
    said = _HOLE.sub(lambda match: _value(match.group(1), known, match.group()), path)
    return path if said == path else "/" + re.sub(r"/{2,}", "/", said).lstrip("/")


def _value(source: str, known: dict[str, str], otherwise: str) -> str:
    """`global.CONFIG.System.RouterPrefix` is the setting `system.router-prefix`: the longest end that is one.

    Of a part of the settings that is handed on, `conf.BasePath`, it is the one setting of that name in any part.
    """
    parts = [_plain(part) for part in source.removesuffix("()").split(".")]
    ends = (".".join(parts[first:]) for first in range(1, len(parts)))
    said = next((known[end] for end in ends if end in known), None)
    if said is None and len(parts) > 1 and _OF_PATHS.search(parts[-1]):
        values = {value for name, value in known.items() if name.endswith(f".{parts[-1]}")}
        said = values.pop() if len(values) == 1 else None
    return otherwise if said is None else said


def _plain(name: str) -> str:
    return re.sub(r"[-_]", "", name).lower()


def _all_settings(program: Program) -> dict[str, str]:
    """Return the settings that are texts and may be paths, those of the outermost files first."""
    paths = [
        path for path in program.all_paths if _NAMES.fullmatch(posixpath.basename(path)) and not _ELSEWHERE.search(path)
    ]
    found: dict[str, str] = {}
    for path in sorted(paths, key=lambda path: (path.count("/"), path))[:_MAXIMUM_FILES]:
        try:
            data = _read(path, program.read(path) or b"")
        except (Unreadable, ValueError, RecursionError):
            continue  # a template, and not what the program could start with
        for name, value in _flat(data, ""):
            found.setdefault(name, value)
    return found


def _read(path: str, content: bytes) -> Any:
    if path.endswith(".toml"):
        return tomllib.loads(as_text(content))
    return json.loads(as_text(content)) if path.endswith(".json") else read_yaml(content)


def _flat(data: Any, prefix: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _flat(value, f"{prefix}.{_plain(str(key))}" if prefix else _plain(str(key)))
    elif isinstance(data, str) and _PATH.fullmatch(data):
        yield prefix, data
