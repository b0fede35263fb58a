"""Parameters of a Symfony application, as routes name them: `prefix: '/%app.admin_path%'`."""

from __future__ import annotations

import re
from typing import Any

from github_connections.analysis.documents import read_yaml
from github_connections.analysis.linking.program import Program
from github_connections.analysis.linking.values import Unknown, text_of
from github_connections.analysis.unreadable import Unreadable

_USED = re.compile(r"%((?!kernel\.)[A-Za-z_][\w.:()-]*)%")
_FROM_ENVIRONMENT = re.compile(r"env\((?:[\w]+:)*(\w+)\)")
_FILES = re.compile(r"(^|/)(config|Resources/config)/.*\.ya?ml(\.dist)?$")
# What holds in one environment alone is read last.
_OF_ONE_ENVIRONMENT = re.compile(r"(^|[/_.])(dev|test|e2e|ci)([/_.]|$)")
_ENVIRONMENTS = re.compile(r"(^|/)\.env(\.dist)?$")
_VARIABLES = re.compile(rb"(?m)^(\w+)=[\"']?([^\s\"'#]*)")
MAXIMUM_DEEP = 5


class Parameters:
    """What the configuration and the environment's defaults set."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, str] | None = None

    def filled(self, text: str, depth: int = 0) -> str:
        """Return a path with its parameters' values; a hole for one that nobody sets."""
        if "%" not in text or depth > MAXIMUM_DEEP:
            return text

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            variable = _FROM_ENVIRONMENT.fullmatch(name)
            if self._known is None:
                self._known = self._read()
            found = self._known.get(f"env({variable.group(1)})" if variable else name)
            return text_of(Unknown(name)) if found is None else self.filled(found, depth + 1)

        return _USED.sub(value, text)

    def _read(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for path in sorted(self._program.all_paths, key=lambda path: (bool(_OF_ONE_ENVIRONMENT.search(path)), path)):
            for name, value in self._of_file(path).items():
                known.setdefault(name, value)
        return known

    def _of_file(self, path: str) -> dict[str, str]:
        if _FILES.search(path):
            content = self._program.read(path) or b""
            return _parameters(content) if b"parameters:" in content else {}
        if _ENVIRONMENTS.search(path):
            pairs = _VARIABLES.findall(self._program.read(path) or b"")
            return {f"env({key.decode()})": text.decode("utf-8", "replace") for key, text in pairs}
        return {}


def _parameters(content: bytes) -> dict[str, str]:
    try:
        said: Any = read_yaml(content)
    except Unreadable:
        return {}
    listed = said.get("parameters") if isinstance(said, dict) else None
    found = listed.items() if isinstance(listed, dict) else ()
    return {str(name): str(value) for name, value in found if isinstance(value, str | int)}
