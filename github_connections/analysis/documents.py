"""Reading data that somebody else wrote (JSON, TOML, YAML, XML): bounded, and `Unreadable` for whatever is wrong."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any
from xml.parsers import expat  # a declaration of entities is refused below

import yaml
from msgspec import Struct, field

from github_connections.analysis.limits import MAXIMUM_DOCUMENT_BYTES

# What reads line by line takes the square of a line's length; nobody writes lines like these.
MAXIMUM_LINE_LENGTH = 4_000
MAXIMUM_DEPTH = 100
# A few lines of YAML can stand for billions of values.
MAXIMUM_VALUES = 500_000
MAXIMUM_ALIASES_WITH_MERGES = 40

MAXIMUM_ANCHORS = 1_000
_ANCHOR = re.compile(r"(?m)(?<=[:\-,\[]\s)([&*])([\w-]+)(?=[\s,\]}]|$)")
_ALIAS = re.compile(r"(?<![^\s\[,:])\*[\w-]")


class Unreadable(ValueError):
    """This is not a document of its format, or one made to hurt; the message says which."""


class Element(Struct):
    """An element of XML, its own text joined."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Return the elements with one of these tags, however deep, in their order."""
        found: list[Element] = []
        for child in self.children:
            if child.tag in tags:
                found.append(child)
            found += child.all(*tags)
        return found

    def value(self, tag: str) -> str:
        """Return the text of the first child with this tag; nothing where there is none."""
        return next((child.text.strip() for child in self.children if child.tag == tag), "")


class _Loader(yaml.CSafeLoader):
    """The safe one, in C; what a program's own tag stands before (`!php/const X`) is what is written there."""

    def written(self, _tag: str, node: yaml.Node) -> Any:
        """Return a value of plain types."""
        if isinstance(node, yaml.MappingNode):
            return self.construct_mapping(node, deep=True)
        return self.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value


_Loader.add_multi_constructor("!", _Loader.written)


def as_text(content: bytes) -> str:
    """Return a document's text; what is no UTF-8 is replaced."""
    if len(content) > MAXIMUM_DOCUMENT_BYTES:
        raise Unreadable(f"larger than {MAXIMUM_DOCUMENT_BYTES} bytes")
    return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")


def lines_of(content: bytes) -> list[str]:
    """Return a document's lines, none of them longer than a person writes."""
    lines = as_text(content).splitlines()
    if any(len(line) > MAXIMUM_LINE_LENGTH for line in lines):
        raise Unreadable(f"a line of more than {MAXIMUM_LINE_LENGTH} characters")
    return lines


def read_json(content: bytes) -> dict[str, Any]:
    """Return a JSON object."""
    text = as_text(content)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error
    if not isinstance(value, dict):
        raise Unreadable("not an object")
    return value


def read_toml(content: bytes) -> dict[str, Any]:
    """Return a TOML document."""
    text = "\n".join(lines_of(content))
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not TOML") from error


def read_yaml(content: bytes) -> Any:
    """Return the first document of YAML in plain types; aliases that stand for too much are refused."""
    text = as_text(content)
    _refuse_deep_brackets(text)
    if "<<" in text and len(_ALIAS.findall(text)) > MAXIMUM_ALIASES_WITH_MERGES:
        raise Unreadable("too many aliases")
    try:
        value = next(yaml.load_all(_with_anchors_once(text), Loader=_Loader), None)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable("not YAML") from error
    _refuse_too_many_values(value)
    return value


def _with_anchors_once(text: str) -> str:
    """An anchor may be set again since YAML 1.2, which the reader refuses: each time gets a name of its own."""
    names = [match.group(2) for match in _ANCHOR.finditer(text) if match.group(1) == "&"]
    again = (
        {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) < MAXIMUM_ANCHORS else set()
    )
    times = dict.fromkeys(again, 0)

    def renamed(match: re.Match[str]) -> str:
        mark, name = match.groups()
        if name not in again:
            return match.group()
        times[name] += mark == "&"
        return f"{mark}{name}-{times[name]}" if times[name] else match.group()

    return _ANCHOR.sub(renamed, text) if again else text


def read_xml(content: bytes) -> Element:
    """Return the outermost element; a document type, which is where entities are declared, is refused."""
    as_text(content)
    root = Element("")
    open_elements = [root]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > MAXIMUM_DEPTH:
            raise Unreadable("nested too deep")
        element = Element(tag, attributes)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def text(piece: str) -> None:
        open_elements[-1].text += piece

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: open_elements.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError) as error:
        raise Unreadable("not XML") from error
    return root.children[0]


def _refuse_document_type(*_declared: Any) -> None:
    raise Unreadable("declares a document type")


def _refuse_deep_brackets(text: str) -> None:
    """The reader of YAML calls itself for each bracket, and knows no bound of its own."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]|^[ ]*(?:- )+", text, re.MULTILINE):
        if bracket in "[{":
            depth += 1
        elif bracket in "]}":
            depth = max(0, depth - 1)
        elif len(bracket) > 2 * MAXIMUM_DEPTH:
            raise Unreadable("nested too deep")
        if depth > MAXIMUM_DEPTH:
            raise Unreadable("nested too deep")


def _refuse_too_many_values(value: Any) -> None:
    """Count as somebody would who walks through all of it, who meets the target of an alias again each time."""
    waiting = [value]
    left = MAXIMUM_VALUES
    while waiting:
        current = waiting.pop()
        inside = current.values() if isinstance(current, dict) else current if isinstance(current, list) else ()
        left -= len(inside)
        if left < 0:
            raise Unreadable("its aliases stand for too much")
        waiting.extend(inside)
