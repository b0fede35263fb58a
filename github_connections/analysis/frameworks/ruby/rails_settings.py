"""What config/application.rb sets, as routes read it: `Rails.configuration.api_path`."""

from __future__ import annotations

import re
from collections.abc import Callable

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import External, Value

_OBJECTS = ("Rails.configuration", "Rails.application.config", "Rails.application.configuration")


def declare(registry: Registry) -> None:
    """Add the objects that hold the settings, and those of an application's own."""
    for name in _OBJECTS:
        registry.attributes[name] = registry.attributes[f"{name}.x"] = _reader(name)


def _reader(whole: str) -> Callable[[Interpreter, str], Value]:
    def read(interpreter: Interpreter, name: str) -> Value:
        """Return the text that a setting is given; the setting by its name where it is none."""
        written = re.compile(rb"(?m)^[ \t]*config\.(?:x\.)?%s\s*=\s*[\"']([^\"'#]*)[\"']" % re.escape(name).encode())
        for path in interpreter.program.all_paths:
            if path.endswith("config/application.rb"):
                found = written.search(interpreter.program.read(path) or b"")
                if found is not None:
                    return found.group(1).decode("utf-8", "replace")
        return External(f"{whole}.{name}")

    return read
