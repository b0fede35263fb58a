"""What the text of a file says without being parsed: enough to know that it can be left alone until it is asked for.

Most files of a repository have nothing to do with its routes, and parsing them is most of an analysis' time. A file is
parsed at once where it has a word, or a piece of text, that a framework looks for. Of any other only a sketch is made:
a head that has what the file's own has, and maybe more, such as a name that stands in a comment. It is parsed when
another file needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from github_connections.analysis.syntax.nodes import Head

_WORD = re.compile(rb"[\w$\x80-\xff]")
# Everything that no word is made of becomes a blank.
_WORDS_ALONE = bytes(byte if _WORD.match(bytes([byte])) else 0x20 for byte in range(256))


class Wanted(Struct, frozen=True):
    """What has a file of some language parsed at once: one of these words, or one of these pieces of text."""

    words: frozenset[bytes]
    texts: tuple[bytes, ...]


def wanted(words: Iterable[str], imports: Iterable[str], *, quoted: bool) -> Wanted:
    """Make it of names as heads have them, and of beginnings of imported modules, which some languages write in quotes.

    Of `app.get` the first word counts.
    """
    quotes = "\"'`" if quoted else ("",)
    return Wanted(
        _first_of(words), tuple(f"{quote}{module}".encode() for module in sorted(imports) for quote in quotes)
    )


def mentions(source: bytes, words: Iterable[str]) -> bool:
    """Tell whether one of these words stands anywhere in a text."""
    return not _first_of(words).isdisjoint(source.translate(_WORDS_ALONE).split())


def _first_of(words: Iterable[str]) -> frozenset[bytes]:
    return frozenset(word.encode().translate(_WORDS_ALONE).split()[0] for word in words)


def sketch(language: str, source: bytes, sought: Wanted) -> Head | None:
    """Return the head that a file may have; None where it is to be parsed at once, as in any language not read here."""
    read = _READERS.get(language)
    if read is None:
        return None
    words = source.translate(_WORDS_ALONE).split()
    if not sought.words.isdisjoint(words) or any(text in source for text in sought.texts):
        return None
    return read(source, words)


_PYTHON_KINDS = frozenset({b"class"})
# With what stands in parentheses among them.
_PYTHON_BASES = re.compile(rb"\bclass\s+\w+\s*\(((?:[^()]+|\([^()]*\))*)")


def _python(source: bytes, words: Sequence[bytes]) -> Head:
    """Who imports a module finds it by its path; classes are also asked for by their own names and their bases'."""
    bases = {base for said in _PYTHON_BASES.findall(source) for base in said.translate(_WORDS_ALONE).split()}
    return Head("", _texts(_after(words, _PYTHON_KINDS)), [], _texts(bases))


_IMPORTED = re.compile(
    rb"""(?:from|import|require|require\.resolve)\s*\(?\s*(?:/\*[^*]*\*/\s*)*["'`]([^"'`\n]+)["'`]"""
)


_SCRIPT_KINDS = frozenset({b"class", b"interface", b"enum", b"type"})


def _javascript(source: bytes, words: Sequence[bytes]) -> Head:
    return Head("", _texts(_after(words, _SCRIPT_KINDS)), _texts(set(_IMPORTED.findall(source))), [])


_JAVA_PACKAGE = re.compile(rb"^\s*package\s+([\w.$]+)\s*;", re.MULTILINE)
_JAVA_KINDS = frozenset({b"class", b"interface", b"enum", b"record"})


def _java(source: bytes, words: Sequence[bytes]) -> Head:
    return _of_package(_JAVA_PACKAGE.search(source), _after(words, _JAVA_KINDS))


_PHP_NAMESPACE = re.compile(rb"^\s*(?:<\?php\s+)?namespace\s+([\w\\]+)\s*[;{]", re.MULTILINE)
_PHP_KINDS = frozenset({b"class", b"interface", b"trait", b"enum", b"function", b"const"})


def _php(source: bytes, words: Sequence[bytes]) -> Head:
    names = _after(words, _PHP_KINDS)
    if b"const" in words:  # `const A = 1, B = 2;`
        names.update(word for word in words if word.isupper())
    return _of_package(_PHP_NAMESPACE.search(source), names)


_RUBY_CLASS = re.compile(rb"\b(?:class|module)[ \t]+([\w:]+)")


def _ruby(source: bytes, _words: Sequence[bytes]) -> Head:
    """Every part of `Admin::UsersController`, as it may be written in one or in several."""
    return Head("", _texts({part for name in _RUBY_CLASS.findall(source) for part in name.split(b"::")}), [], [])


def _of_package(package: re.Match[bytes] | None, names: set[bytes]) -> Head:
    return Head(package.group(1).decode("utf-8", "replace") if package else "", _texts(names), [], [])


def _after(words: Sequence[bytes], kinds: frozenset[bytes]) -> set[bytes]:
    """Return the words that stand behind one of these."""
    return {words[place] for place, word in enumerate(words[:-1], 1) if word in kinds}


def _texts(found: set[bytes]) -> list[str]:
    return sorted(text.decode("utf-8", "replace") for text in found)


# In which nothing is declared at the top of a file but what a sketch knows.
LANGUAGES_WITHOUT_VARIABLES = frozenset({"java", "php"})
_READERS: dict[str, Callable[[bytes, Sequence[bytes]], Head]] = {
    "java": _java,
    "javascript": _javascript,
    "php": _php,
    "python": _python,
    "ruby": _ruby,
    "typescript": _javascript,
}
