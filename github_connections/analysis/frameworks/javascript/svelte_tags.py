"""Elements in the template of a Svelte component, and what their attributes say."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Set

from msgspec import Struct

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import NOTHING, ModuleValue, Unknown, Value
from github_connections.analysis.syntax import nodes

_TAG = re.compile(
    r"""<(/?)([A-Za-z][\w.]*)((?:[^<>"'{}]|"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\})*)>""",
)
_ATTRIBUTE = re.compile(r"""([\w:|-]+)(?:\s*=\s*("[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}|[^\s"'{}]+))?|\{(\w+)\}""")
_ASIDE = re.compile(r"<!--|<script\b|<style\b", re.IGNORECASE)
_ENDS = {"<!--": "-->", "<script": "</script", "<style": "</style"}
_NAME = re.compile(r"(\w+)((?:\.\w+)*)")
_TEXT = re.compile(r"""(["'`])([^"'`{}]*)\1""")
_IMPORT = re.compile(r"""import\(\s*["']([^"']+)["']""")


class Tag(Struct):
    """The beginning or the end of an element, with its attributes as they are written, `start` and `end` in the
    template, and its line.
    """

    name: str
    is_end: bool
    is_whole: bool
    attributes: dict[str, str]
    line: int
    start: int
    end: int


def template_of(text: str) -> str:
    """Return a component without scripts, styles and comments; its lines stay where they are."""
    small, kept, position = text.lower(), [], 0
    while found := _ASIDE.search(text, position):
        end = small.find(_ENDS[found.group().lower()], found.end())
        kept.append(text[position : found.start()])
        position = len(text) if end < 0 else end
        kept.append("\n" * text.count("\n", found.start(), position))
    return "".join([*kept, text[position:]])


def tags_in(template: str, names: Set[str]) -> Iterator[Tag]:
    """Yield the elements of these names in a template, in its order."""
    line, position = 1, 0
    for found in _TAG.finditer(template):
        ending, name, said = found.groups()
        if name in names:
            line += template.count("\n", position, found.start())
            position = found.start()
            yield Tag(name, bool(ending), said.endswith("/"), _attributes(said), line, found.start(), found.end())


def _attributes(said: str) -> dict[str, str]:
    found = (match.groups() for match in _ATTRIBUTE.finditer(said))
    return {name or short: "{" + short + "}" if short else value or "" for name, value, short in found}


def value_of(interpreter: Interpreter, file: File, said: str) -> Value:
    """Return the value of an attribute: a text, a variable of the component's script or what belongs to one, or a
    component that is loaded when it is shown. Others are not known.
    """
    inner = said[1:-1] if said[:1] in ("'", '"') else said
    if not inner.startswith("{"):
        return inner
    inner = inner[1:-1].strip()
    if text := _TEXT.fullmatch(inner):
        return text.group(2)
    if loaded := _IMPORT.search(inner):
        place = loaded.group(1)
        return Unknown(posixpath.normpath(posixpath.join(file.directory, place)) if place.startswith(".") else place)
    if (shown := _component(interpreter, file, inner)) is not None:
        return ModuleValue(shown)
    named = _NAME.fullmatch(inner)
    value = interpreter.own_name(file, named.group(1)) if named else NOTHING
    if named is None or value is NOTHING:
        return Unknown(inner)
    for name in named.group(2).split(".")[1:]:
        value = interpreter.get(value, name, file.scope)
    return value


def _component(interpreter: Interpreter, file: File, name: str) -> File | None:
    """Return the file of a component that is imported by this name: nothing in it says that it exports one."""
    imports = (one for one in file.module.body if isinstance(one, nodes.Import))
    module = next((one.module for one in imports if one.local == name and one.name == "default"), "")
    return interpreter.names(file).find(module, file) if module.endswith(".svelte") else None
