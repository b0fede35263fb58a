"""What the text of a file says without being parsed: enough to know that it can be left alone until it is asked for.

Most files of a repository have nothing to do with its routes, and parsing them is most of an analysis' time. A file is
parsed at once where it has a word, or a piece of text, that a framework looks for. Of any other only a sketch is made:
a head that has what the file's own has, and maybe more, such as a name that stands in a comment. It is parsed when
another file needs it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import suppress
from functools import cache, lru_cache

from msgspec import Struct

from github_connections.analysis.syntax.nodes import Head

_WORD = re.compile(rb"[\w$\x80-\xff]")
# Everything that no word is made of becomes a blank.
_WORDS_ALONE = bytes(byte if _WORD.match(bytes([byte])) else 0x20 for byte in range(256))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK_THAT_DOES_NOT_BREAK = b"\xc2\xa0"


class Names(Struct, frozen=True):
    """Names to look for: words, and patterns of how more than a word may be spelt, by a word that is in it."""

    words: frozenset[bytes] = frozenset()
    spellings: dict[bytes, bytes] = {}

    def stand_in(self, source: bytes, words: Sequence[bytes]) -> bool:
        """Tell whether one of them stands in a text, whose words these are."""
        if not self.words.isdisjoint(words):
            return True
        # The words are there already, and seldom one of these.
        found = self.spellings.keys() & words if self.spellings else ()
        return any(_compiled(spelling).search(source) for spelling in {self.spellings[word] for word in found})


class Wanted(Struct, frozen=True):
    """What has a file of some language parsed at once: one of these names, or of these modules.

    Of modules there are the beginnings, which some languages write in quotes. Those of the second kind count only
    beside one of the signs, or beside what registers by a function of the program's own.
    """

    names: Names = Names()
    modules: tuple[bytes, ...] = ()
    modules_with_signs: tuple[bytes, ...] = ()
    signs: Names = Names()
    registering: bytes = b""
    quoted: bool = False

    def is_in(self, source: bytes, words: Sequence[bytes]) -> bool:
        """Tell whether something of it stands in a text, whose words these are."""
        if self.names.stand_in(source, words) or self._names_one_of(self.modules, source):
            return True
        if not self._names_one_of(self.modules_with_signs, source):
            return False
        return self.signs.stand_in(source, words) or self._registers(source)

    def _registers(self, source: bytes) -> bool:
        return bool(self.registering) and _compiled(self.registering).search(source) is not None

    def _names_one_of(self, modules: tuple[bytes, ...], source: bytes) -> bool:
        if self.quoted and modules:
            return _in_quotes(modules).search(source) is not None
        return any(module in source for module in modules)


# How Python registers by what the program has for it: `@endpoint("/users")`, `api.mount("/items", Items)` and a loop at
# the top of a file, `add("/users")(users)` anywhere. So many characters before and behind a path only: text made for it
# would be gone through for ever.
REGISTERING_IN_PYTHON = (
    rb"@[\w. ]{1,200}\([^()]{0,200}/"
    rb"|^(?:(?:async )?for [^\n]*:|[\w.]{1,200}\([^()]{0,200}/)"
    rb"|/[^()/]{0,200}\)\("
)

_MEMBER = re.compile(r"([\w$]+)\.([\w$]+)")
_CALL = re.compile(r"([\w$]+)\(")
_DECORATOR = re.compile(r"@([\w$]+)")


def names_of(said: Iterable[str]) -> Names:
    """Make it of names as heads have them; some count only as they are spelt.

    `Get(` counts only where it is called, `@get` where a decorator ends so (`@users.get`), `app.get` with its owner. Of
    any other that is not one word the first word counts.
    """
    names = sorted(set(said))
    ends: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if found := _MEMBER.fullmatch(name):
            ends[found[1]].append(rf"[\s?!]*\.\s*{re.escape(found[2])}\b")
        elif found := _CALL.fullmatch(name):
            ends[found[1]].append(r"\)?\s*[(<]")
    # The word stands first, as it is: so it is looked for several times faster than with what must not be before it.
    spellings = {word: rf"{re.escape(word)}(?<!\w{re.escape(word)})(?:{'|'.join(ends[word])})" for word in ends}
    decorators = [found[1] for name in names if (found := _DECORATOR.fullmatch(name))]
    decorated = rf"@[\w. ]*\b(?:{'|'.join(map(re.escape, decorators))})\b"
    for word in decorators:
        spellings[word] = f"{spellings[word]}|{decorated}" if word in spellings else decorated
    plain = [name for name in names if not any(form.fullmatch(name) for form in (_MEMBER, _CALL, _DECORATOR))]
    return Names(_first_of(plain), {word.encode(): spelling.encode() for word, spelling in spellings.items()})


def mentions(source: bytes, names: Set[str]) -> bool:
    """Tell whether one of these names stands anywhere in a text; they are as `names_of` takes them."""
    return _kept(frozenset(names)).stand_in(source, _words_of(source))


_kept = lru_cache(maxsize=64)(names_of)


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
    return None if sought.is_in(source, words) else read(source, words)


@cache
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    """A line begins wherever one does, not at the text alone."""
    return re.compile(pattern, re.MULTILINE)


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


_GO_KINDS = frozenset({b"func", b"type", b"var", b"const"})
# To a bracket that a line begins with, as everybody's formatter has it.
_GO_BLOCK = re.compile(rb"\b(?:type|var|const)\s*\(.*?(?:\n\)|\Z)", re.DOTALL)
_GO_LIST = re.compile(rb"\b(?:var|const)\s+\w+(?:\s*,\s*\w+)+")
_GO_METHOD = re.compile(rb"\bfunc\s*\(([^()]*)\)\s*(\w+)")
_GO_IMPORTS = re.compile(rb"\bimport\b.*?(?:\n(?:func|type|var|const)\b|\Z)", re.DOTALL)
_GO_QUOTED = re.compile(rb"\"([^\"\s]+)\"|`([^`\s]+)`")


def _go(source: bytes, words: Sequence[bytes]) -> Head:
    """Packages are asked for names, and for methods with their type: `Server.Start`."""
    names = _after(words, _GO_KINDS)
    for listed in (*_GO_BLOCK.findall(source), *_GO_LIST.findall(source)):
        names.update(listed.translate(_WORDS_ALONE).split())
    methods = {
        kind + b"." + name
        for receiver, name in _GO_METHOD.findall(source)
        for kind in receiver.translate(_WORDS_ALONE).split()
    }
    imports = _GO_IMPORTS.search(source)
    quoted = _GO_QUOTED.findall(imports[0]) if imports else []
    return _head(names, imports={module or other for module, other in quoted}, words=methods)


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
LANGUAGES_WITHOUT_VARIABLES = frozenset({"go", "java", "php"})
_READERS: dict[str, Callable[[bytes, Sequence[bytes]], Head | None]] = {
    "go": _go,
    "java": _java,
    "javascript": _javascript,
    "php": _php,
    "python": _python,
    "ruby": _ruby,
    "typescript": _javascript,
}
