"""Short names for directories that what builds an application is told: `alias` of Vite, webpack, Vue's and Svelte's
tools."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice

_CONFIGURATION = re.compile(r"(vite|webpack|vue|svelte|craco|rsbuild|rspack|nuxt)([.\w-]*)\.(js|ts|mjs|mts|cjs)")
_BLOCK = re.compile(r"\balias\w*\s*[:=(]\s*[{\[]")
_ENTRY = re.compile(
    r"""(?:\bfind\s*:\s*)?(?P<quote>['"]?)(?<![\w@~#$./-])(?P<name>[@~#$\w][\w@~#$./-]*+)(?P=quote)\s*(?::|,\s*replacement\s*:)\s*"""
    r"""(?P<target>[\w.]*\((?:[^()]|\([^()]*\))*\)|['"][^'"\n]*['"])"""
)
_TEXT = re.compile(r"""['"]([^'"\n]*)['"]""")
# No block of aliases is longer, and no configuration has more of them.
_MAXIMUM_BLOCK = 10_000
_MAXIMUM_BLOCKS = 20


def configures_a_bundler(path: str) -> bool:
    """Tell by its name whether a file may say such names: `vite.config.ts`, `webpack.base.js`."""
    return _CONFIGURATION.fullmatch(posixpath.basename(path)) is not None


def aliases_in(source: str, directory: str) -> Iterator[tuple[str, str]]:
    """Yield each short name with what it is short for, seen from the checkout; which may be a package's name as well.

    `directory` is that of the configuration.
    """
    for begun in islice(_BLOCK.finditer(source), _MAXIMUM_BLOCKS):
        block = source[begun.end() : begun.end() + _MAXIMUM_BLOCK]
        for entry in _ENTRY.finditer(block[: _end_of(block)]):
            parts = [text.lstrip("/") for text in _TEXT.findall(entry["target"])]
            target = posixpath.normpath(posixpath.join(directory, *parts)) if parts else "."
            if target != "." and not target.startswith(".."):
                yield entry["name"].rstrip("/"), target


def _end_of(block: str) -> int:
    """Return where the bracket that was opened before a block is closed."""
    depth = 1
    for position, character in enumerate(block):
        depth += (character in "{[(") - (character in "}])")
        if depth == 0:
            return position
    return len(block)
