"""Reading data that somebody else wrote (JSON, TOML, YAML, XML): bounded, and `Unreadable` for whatever is wrong."""

from __future__ import annotations

import json
import tomllib
from typing import Any
from xml.parsers import expat  # a declaration of entities is refused below

from msgspec import Struct, field

from github_connections.analysis.limits import MAXIMUM_DOCUMENT_BYTES, MAXIMUM_DOCUMENT_DEPTH
from github_connections.analysis.unreadable import Unreadable

# What reads line by line takes the square of a line's length; nobody writes lines like these.
MAXIMUM_LINE_LENGTH = 4_000


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
    # Not before: many a repository has none that is asked for, and to load what reads it takes a while.
    from github_connections.analysis.documents_yaml import read

    return read(as_text(content))


def read_xml(content: bytes) -> Element:
    """Return the outermost element; a document type, which is where entities are declared, is refused."""
    as_text(content)
    root = Element("")
    open_elements = [root]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > MAXIMUM_DOCUMENT_DEPTH:
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
