"""Single file components of Vue and Svelte: their scripts, with the lines they have in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from github_connections.analysis.syntax.javascript import JavaScriptLowering, TsxLowering, TypeScriptLowering
from github_connections.analysis.syntax.nodes import Head, Module

_START = re.compile(rb"<!--|<script(?=[\s/>])", re.IGNORECASE)
_ATTRIBUTES = re.compile(rb"""((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_LANGUAGE = re.compile(rb"""(?:^|\s)lang\s*=\s*["']?([\w/-]+)""")
_END = re.compile(rb"</script\s*>", re.IGNORECASE)
_BLANK = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))


class MarkupLowering:
    """Lowers the scripts of a file as one module; everything else in the file counts as blank."""

    language: ClassVar[str]

    def __init__(self) -> None:
        self.lowerings = {
            b"ts": TypeScriptLowering(),
            b"typescript": TypeScriptLowering(),
            b"tsx": TsxLowering(),
        }
        self.otherwise = JavaScriptLowering()

    def lower(self, source: bytes) -> tuple[Head, Module]:
        """Return the head and the tree of a file's scripts; never raises for what a file contains."""
        language, kept, position = b"", [], 0
        for block_language, start, end in _scripts(source):
            language = language or block_language
            kept += [source[position:start].translate(_BLANK), source[start:end]]
            position = end
        head, module = self.lowerings.get(language, self.otherwise).lower(b"".join(kept))
        return head, Module(self.language, module.package, module.body, module.cut, module.broken)


class VueLowering(MarkupLowering):
    """`<script>` and `<script setup>`."""

    language = "vue"


class SvelteLowering(MarkupLowering):
    """`<script>` and `<script module>`."""

    language = "svelte"


def _scripts(source: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the language, the start and the end of what is inside each `<script>`; comments are passed over."""
    position = 0
    while found := _START.search(source, position):
        if found.group() == b"<!--":
            position = source.find(b"-->", found.end())
            if position < 0:
                return
            continue
        tag = _ATTRIBUTES.match(source, found.end())
        if tag is None:
            return
        position = tag.end()
        if tag.group(1).endswith(b"/"):
            continue
        end = _END.search(source, position)
        if end is None:
            return
        language = _LANGUAGE.search(tag.group(1))
        yield language.group(1).lower() if language else b"", position, end.start()
        position = end.end()
