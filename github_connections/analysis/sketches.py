"""What the text of a file says without being parsed: enough to know that it can be left alone until it is asked for.

Most files of a repository have nothing to do with its routes, and parsing them is most of an analysis' time. A file is
parsed at once where it has a word, or a piece of text, that a framework looks for. Of any other only a sketch is made:
a head that has what the file's own has, and maybe more, such as a name that stands in a comment. It is parsed when
another file needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache

from msgspec import Struct

from github_connections.analysis.syntax.nodes import Head

_WORD = re.compile(rb"[\w$\x80-\xff]")
# Everything that no word is made of becomes a blank.
_WORDS_ALONE = bytes(byte if _WORD.match(bytes([byte])) else 0x20 for byte in range(256))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK_THAT_DOES_NOT_BREAK = b"\xc2\xa0"


class Wanted(Struct, frozen=True):
    """What has a file of some language parsed at once: one of these words, spellings, or modules.

    Of modules there are the beginnings, which some languages write in quotes; of spellings the patterns, and the words
    that they begin with.
    """

    words: frozenset[bytes]
    modules: tuple[bytes, ...]
    quoted: bool = False
    spellings: tuple[bytes, ...] = ()
    beginnings: frozenset[bytes] = frozenset()


_MEMBER = re.compile(r"([\w$]+)\.([\w$]+)")
_CALL = re.compile(r"([\w$]+)\(")


def wanted(names: Iterable[str], imports: Iterable[str], *, quoted: bool) -> Wanted:
    """Make it of names as heads have them, or with a bracket where only a call counts, and of imported modules.

    Of a name that is neither one word, nor a member (`app.get`), nor a call (`Get(`), the first word counts.
    """
    spelt = {name: spelling for name in sorted(names) if (spelling := _spelling(name))}
    words = _first_of(name for name in names if name not in spelt)
    modules = tuple(module.encode() for module in sorted(imports))
    return Wanted(words, modules, quoted, tuple(spelt.values()), _first_of(spelt))


def _spelling(name: str) -> bytes:
    """Return how a member or a call may be spelt, whatever stands between its parts; nothing for another name."""
    if member := _MEMBER.fullmatch(name):
        return rf"\b{re.escape(member[1])}[\s?!]*\.\s*{re.escape(member[2])}\b".encode()
    if call := _CALL.fullmatch(name):
        return rf"\b{re.escape(call[1])}\)?\s*[(<]".encode()
    return b""


def mentions(source: bytes, words: Iterable[str]) -> bool:
    """Tell whether one of these words stands anywhere in a text."""
    return not _first_of(words).isdisjoint(_words_of(source))


def _words_of(source: bytes) -> list[bytes]:
    text = source.removeprefix(_BYTE_ORDER_MARK).replace(_BLANK_THAT_DOES_NOT_BREAK, b" ")
    return text.translate(_WORDS_ALONE).split()


def _first_of(words: Iterable[str]) -> frozenset[bytes]:
    return frozenset(word.encode().translate(_WORDS_ALONE).split()[0] for word in words)


def sketch(language: str, source: bytes, sought: Wanted) -> Head | None:
    """Return the head that a file may have; None where it is to be parsed at once, as in any language not read here."""
    read = _READERS.get(language)
    if read is None:
        return None
    words = _words_of(source)
    if not sought.words.isdisjoint(words) or _is_spelt_in(source, words, sought) or _names_a_module(source, sought):
        return None
    return read(source, words)


def _is_spelt_in(source: bytes, words: Sequence[bytes], sought: Wanted) -> bool:
    # The words are there already, and seldom one of these.
    if not sought.beginnings or sought.beginnings.isdisjoint(words):
        return False
    return _any_of(sought.spellings).search(source) is not None


@cache
def _any_of(spellings: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(spellings))


def _names_a_module(source: bytes, sought: Wanted) -> bool:
    if sought.quoted and sought.modules:
        return _in_quotes(sought.modules).search(source) is not None
    return any(module in source for module in sought.modules)


@cache
def _in_quotes(modules: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """One look for all that begins with a quote, which is seldom, and not one for each module and kind of quote."""
    return re.compile(rb"[\"'`](?:" + b"|".join(map(re.escape, modules)) + rb")")


_PYTHON_KINDS = frozenset({b"class"})
_PYTHON_CLASS = re.compile(rb"class\b")
_INDENTATION = b" \t\f"
# Nobody indents a class so deep; what is deeper counts as the first of its line, whatever stands before it.
_DEEPEST_INDENTATION = 256
# To a colon that a line ends in: with all that may be called among the bases.
_PYTHON_BASES = re.compile(rb"(?: [^#:]+ | \#[^\n]* | :(?![ \t\r]*(?:\#[^\n]*)?(?:\n|\Z)) )*", re.VERBOSE)


def _python(source: bytes, words: Sequence[bytes]) -> Head:
    """Who imports a module finds it by its path; classes are also asked for by their own names and their bases'."""
    bases = {base for said in _python_classes(source) for base in said.translate(_WORDS_ALONE).split()}
    return _head(_after(words, _PYTHON_KINDS), words=bases)


def _python_classes(source: bytes) -> Iterator[bytes]:
    """Yield what stands behind each `class` that is the first of its line.

    The word is looked for as it is, which is several times faster than to look at the beginning of each line.
    """
    end = 0
    while found := _PYTHON_CLASS.search(source, end):
        end = found.end()
        before = source[max(0, found.start() - _DEEPEST_INDENTATION) : found.start()].rstrip(_INDENTATION)
        is_first = not before or before.endswith((b"\n", _BYTE_ORDER_MARK))
        if is_first and (said := _PYTHON_BASES.match(source, end)):
            end = said.end()
            yield said[0]


# What may stand between the word and the quotes. So much of it only: text made for it would be gone through for ever.
_IMPORTED = re.compile(
    rb"""
    \b(?:from|import|require(?:\.resolve)?)
    (?: [\s()]+(?![\s()]) | /\*(?:[^*]|\*(?!/)){0,500}\*/ | //[^\n]{0,500}\n | \?\. | <[^<>"'`\n]{0,100}> ){0,20}
    (?: "([^"\n]+)" | '([^'\n]+)' | `([^`\n]+)` )
    """,
    re.VERBOSE,
)
_SCRIPT_KINDS = frozenset({b"class", b"interface", b"enum", b"type", b"namespace", b"module"})


def _javascript(source: bytes, words: Sequence[bytes]) -> Head | None:
    imported = {module for quoted in _IMPORTED.findall(source) for module in quoted if module}
    if any(b"\\" in module for module in imported):  # an escape
        return None
    return _head(_after(words, _SCRIPT_KINDS), imports=imported)


_JAVA_KINDS = frozenset({b"class", b"interface", b"enum", b"record"})


def _java(_source: bytes, words: Sequence[bytes]) -> Head:
    return _head(_after(words, _JAVA_KINDS))


# Small and large letters are one in PHP's own words.
_PHP_KINDS = frozenset(
    spelt
    for kind in (b"class", b"interface", b"trait", b"enum", b"function", b"const")
    for spelt in (kind, kind.capitalize(), kind.upper())
)
# `const A = 1, B = 2;`
_PHP_CONSTANTS = re.compile(rb"\bconst\b[^;]*", re.IGNORECASE)


def _php(source: bytes, words: Sequence[bytes]) -> Head:
    names = _after(words, _PHP_KINDS)
    names.update(word for said in _PHP_CONSTANTS.findall(source) for word in said.translate(_WORDS_ALONE).split())
    return _head(names)


_RUBY_CLASS = re.compile(rb"\b(?:class|module)\b(?=[\s\\]++([\w:\x80-\xff]+))")


def _ruby(source: bytes, _words: Sequence[bytes]) -> Head:
    """Every part of `Admin::UsersController`, as it may be written in one or in several."""
    return _head({part for name in _RUBY_CLASS.findall(source) for part in name.split(b"::")})


def _head(names: set[bytes], imports: Iterable[bytes] = (), words: Iterable[bytes] = ()) -> Head:
    """Nobody asks for the package of a file that is not parsed."""
    return Head("", _texts(names), _texts(imports), _texts(words))


def _after(words: Sequence[bytes], kinds: frozenset[bytes]) -> set[bytes]:
    """Return the words that stand behind one of these."""
    return {words[place] for kind in kinds.intersection(words) for place in _behind(words, kind)}


def _behind(words: Sequence[bytes], kind: bytes) -> Iterator[int]:
    place = 0
    with suppress(ValueError):  # there is no more of it
        while (place := words.index(kind, place) + 1) < len(words):
            yield place


def _texts(found: Iterable[bytes]) -> list[str]:
    return sorted(text.decode("utf-8", "replace") for text in found)


# In which nothing is declared at the top of a file but what a sketch knows.
LANGUAGES_WITHOUT_VARIABLES = frozenset({"java", "php"})
_READERS: dict[str, Callable[[bytes, Sequence[bytes]], Head | None]] = {
    "java": _java,
    "javascript": _javascript,
    "php": _php,
    "python": _python,
    "ruby": _ruby,
    "typescript": _javascript,
}
