"""What the text of a file says without being parsed: enough to know that it can be left alone until it is asked for.

Most files of a repository have nothing to do with its routes, and parsing them is most of an analysis' time. A file is
parsed at once where it has a word, or a piece of text, that a framework looks for. Of any other only a sketch is made:
a head that has what the file's own has, and maybe more, such as a name that stands in a comment. It is parsed when
another file needs it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import suppress
from functools import cache, cached_property, lru_cache

from msgspec import Struct

from github_connections.analysis.syntax.nodes import Head

_WORD = re.compile(rb"[\w$\x80-\xff]")
# Everything that no word is made of becomes a blank.
_WORDS_ALONE = bytes(byte if _WORD.match(bytes([byte])) else 0x20 for byte in range(256))
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK_THAT_DOES_NOT_BREAK = b"\xc2\xa0"


class _Text:
    """The text of a file, its words in their order, and each of them once."""

    def __init__(self, source: bytes) -> None:
        plain = source.removeprefix(_BYTE_ORDER_MARK).replace(_BLANK_THAT_DOES_NOT_BREAK, b" ")
        self.source = source
        self.in_order = plain.translate(_WORDS_ALONE).split()
        self.words = set(self.in_order)

    @cached_property
    def imported(self) -> set[bytes]:
        """The modules that a script imports, in whatever way, as they stand in their quotes."""
        found = (quoted for pattern in _IMPORTED for quoted in pattern.findall(self.source))
        return {module for quoted in found for module in quoted if module}

    def behind(self, kinds: frozenset[bytes]) -> set[bytes]:
        """Return the words that stand behind one of these."""
        return {self.in_order[place] for kind in kinds & self.words for place in self._behind(kind)}

    def _behind(self, kind: bytes) -> Iterator[int]:
        place = 0
        with suppress(ValueError):  # there is no more of it
            while (place := self.in_order.index(kind, place) + 1) < len(self.in_order):
                yield place


class Names(Struct, frozen=True):
    """Names to look for: words, and patterns of how more than a word may be spelt, by a word that is in it."""

    words: frozenset[bytes] = frozenset()
    spellings: dict[bytes, bytes] = {}

    def stand_in(self, text: _Text) -> bool:
        """Tell whether one of them stands in a text."""
        if not self.words.isdisjoint(text.words):
            return True
        # The words are there already, and seldom one of these.
        spellings = {self.spellings[word] for word in self.spellings.keys() & text.words}
        return any(_compiled(spelling).search(text.source) for spelling in spellings)


class Wanted(Struct, frozen=True):
    """What has a file of some language parsed at once: one of these names, or of these modules.

    Of modules there are the beginnings. Those of the second kind count only beside one of the signs, or beside what
    registers by a function of the program's own.
    """

    names: Names = Names()
    modules: tuple[bytes, ...] = ()
    modules_with_signs: tuple[bytes, ...] = ()
    signs: Names = Names()
    registering: tuple[bytes, ...] = ()
    is_script: bool = False

    def is_in(self, text: _Text) -> bool:
        """Tell whether something of it stands in a text."""
        if self.names.stand_in(text) or self._names_one_of(self.modules, text):
            return True
        if not self._names_one_of(self.modules_with_signs, text):
            return False
        return self.signs.stand_in(text) or self._registers(text.source)

    def _registers(self, source: bytes) -> bool:
        return any(_compiled(pattern).search(source) for pattern in self.registering)

    def _names_one_of(self, modules: tuple[bytes, ...], text: _Text) -> bool:
        if self.is_script and modules:
            return any(module.startswith(modules) for module in text.imported)
        return any(module in text.source for module in modules)


# How Python registers by what the program has for it: `@endpoint("/users")`, `api.mount("/items", Items)` and a loop at
# the top of a file, `add("/users")(users)` anywhere. So many characters before and behind a path only: text made for it
# would be gone through for ever. Each begins with what is looked for fast, as all do that are looked for in many texts:
# a call at the top with the end of the line before it, where at the latest its import stands.
REGISTERING_IN_PYTHON = (
    rb"@[\w. ]{1,200}\([^()]{0,200}/",
    rb"for (?:(?<=^for )|(?<=^async for ))[^\n]*:",
    rb"\n[\w.]{1,200}\([^()]{0,200}/",
    rb"/[^()/]{0,200}\)\(",
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
    return _kept(frozenset(names)).stand_in(_Text(source))


_kept = lru_cache(maxsize=64)(names_of)


def _first_of(words: Iterable[str]) -> frozenset[bytes]:
    return frozenset(word.encode().translate(_WORDS_ALONE).split()[0] for word in words)


def sketch(language: str, source: bytes, sought: Wanted) -> Head | None:
    """Return the head that a file may have; None where it is to be parsed at once, as in any language not read here."""
    read = _READERS.get(language)
    if read is None:
        return None
    text = _Text(source)
    return None if sought.is_in(text) else read(text)


@cache
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    """A line begins wherever one does, not at the text alone."""
    return re.compile(pattern, re.MULTILINE)


_PYTHON_KINDS = frozenset({b"class"})
_PYTHON_CLASS = re.compile(rb"class\b")
_INDENTATION = b" \t\f"
# Nobody indents a class so deep; what is deeper counts as the first of its line, whatever stands before it.
_DEEPEST_INDENTATION = 256
# To a colon that a line ends in: with all that may be called among the bases.
_PYTHON_BASES = re.compile(rb"(?: [^#:]+ | \#[^\n]* | :(?![ \t\r]*(?:\#[^\n]*)?(?:\n|\Z)) )*", re.VERBOSE)


def _python(text: _Text) -> Head:
    """Who imports a module finds it by its path; classes are also asked for by their own names and their bases'."""
    bases = {base for said in _python_classes(text.source) for base in said.translate(_WORDS_ALONE).split()}
    return _head(text.behind(_PYTHON_KINDS), words=bases)


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
_QUOTED = rb"""
    (?:
        [\s()]+(?![\s()]) | /\*[^*]{0,500}\*++(?:[^*/][^*]{0,100}\*++){0,20}/ | //[^\n]{0,200}\n
        | \?\. | <[^<>"'`\n]{0,100}>
    ){0,10}
    (?: "([^"\n]+)" | '([^'\n]+)' | `([^`\n]+)` )
"""
_IMPORTED = [
    re.compile(word + _QUOTED, re.VERBOSE)
    for word in (rb"from(?<!\wfrom)", rb"import(?<!\wimport)", rb"require(?<!\wrequire)(?:\.resolve)?")
]
_SCRIPT_KINDS = frozenset({b"class", b"interface", b"enum", b"type", b"namespace", b"module"})


def _javascript(text: _Text) -> Head | None:
    if any(b"\\" in module for module in text.imported):  # an escape
        return None
    return _head(text.behind(_SCRIPT_KINDS), imports=text.imported)


_JAVA_KINDS = frozenset({b"class", b"interface", b"enum", b"record"})


def _java(text: _Text) -> Head:
    return _head(text.behind(_JAVA_KINDS))


_GO_KINDS = frozenset({b"func", b"type", b"var", b"const"})
_GO_VARIABLES = (rb"var(?<!\wvar)", rb"const(?<!\wconst)")
_GO_SEVERAL = [
    # to a bracket that a line begins with, as everybody's formatter has it
    *(re.compile(kind + rb"\s*\(.*?(?:\n\)|\Z)", re.DOTALL) for kind in (rb"type(?<!\wtype)", *_GO_VARIABLES)),
    *(re.compile(kind + rb"\s+\w+(?:\s*,\s*\w+)+") for kind in _GO_VARIABLES),
]
_GO_METHOD = re.compile(rb"func(?<!\wfunc)\s*\(([^()]*)\)\s*(\w+)")
_GO_IMPORTS = re.compile(rb"import(?<!\wimport)\b.*?(?:\n(?:func|type|var|const)\b|\Z)", re.DOTALL)
_GO_QUOTED = re.compile(rb"\"([^\"\s]+)\"|`([^`\s]+)`")


def _go(text: _Text) -> Head:
    """Packages are asked for names, and for methods with their type: `Server.Start`."""
    names = text.behind(_GO_KINDS)
    for listed in (listed for pattern in _GO_SEVERAL for listed in pattern.findall(text.source)):
        names.update(listed.translate(_WORDS_ALONE).split())
    methods = {
        kind + b"." + name
        for receiver, name in _GO_METHOD.findall(text.source)
        for kind in receiver.translate(_WORDS_ALONE).split()
    }
    imports = _GO_IMPORTS.search(text.source)
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


def _php(text: _Text) -> Head:
    names = text.behind(_PHP_KINDS)
    names.update(word for said in _PHP_CONSTANTS.findall(text.source) for word in said.translate(_WORDS_ALONE).split())
    return _head(names)


_RUBY_CLASS = re.compile(rb"\b(?:class|module)\b(?=[\s\\]++([\w:\x80-\xff]+))")


def _ruby(text: _Text) -> Head:
    """Every part of `Admin::UsersController`, as it may be written in one or in several."""
    return _head({part for name in _RUBY_CLASS.findall(text.source) for part in name.split(b"::")})


def _head(names: set[bytes], imports: Iterable[bytes] = (), words: Iterable[bytes] = ()) -> Head:
    """Nobody asks for the package of a file that is not parsed."""
    return Head("", _texts(names), _texts(imports), _texts(words))


def _texts(found: Iterable[bytes]) -> list[str]:
    return sorted(text.decode("utf-8", "replace") for text in found)


# In which nothing is declared at the top of a file but what a sketch knows.
LANGUAGES_WITHOUT_VARIABLES = frozenset({"go", "java", "php"})
_READERS: dict[str, Callable[[_Text], Head | None]] = {
    "go": _go,
    "java": _java,
    "javascript": _javascript,
    "php": _php,
    "python": _python,
    "ruby": _ruby,
    "typescript": _javascript,
}
