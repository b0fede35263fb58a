"""Reading YAML that somebody else wrote: bounded, with `Unreadable` for whatever is wrong."""

from __future__ import annotations

import re
from typing import Any

import yaml

from github_connections.analysis.limits import MAXIMUM_DOCUMENT_DEPTH
from github_connections.analysis.unreadable import Unreadable

# A few lines of YAML can stand for billions of values.
MAXIMUM_VALUES = 500_000
MAXIMUM_ALIASES_WITH_MERGES = 40
MAXIMUM_ANCHORS = 1_000
_ANCHOR = re.compile(r"(?m)(?<=[:\-,\[]\s)([&*])([\w-]+)(?=[\s,\]}]|$)")
_ALIAS = re.compile(r"(?<![^\s\[,:])\*[\w-]")


class _Loader(yaml.CSafeLoader):
    """The safe one, in C; what a program's own tag stands before (`!php/const X`) is what is written there."""

    def written(self, _tag: str, node: yaml.Node) -> Any:
        """Return a value of plain types."""
        if isinstance(node, yaml.MappingNode):
            return self.construct_mapping(node, deep=True)
        return self.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value


_Loader.add_multi_constructor("!", _Loader.written)


def read(text: str) -> Any:
    """Return the first document of a text in plain types; aliases that stand for too much are refused."""
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


def _refuse_deep_brackets(text: str) -> None:
    """The reader of YAML calls itself for each bracket, and knows no bound of its own."""
    depth = 0
    for bracket in re.findall(r"[\[\]{}]|^[ ]*(?:- )+", text, re.MULTILINE):
        if bracket in "[{":
            depth += 1
        elif bracket in "]}":
            depth = max(0, depth - 1)
        elif len(bracket) > 2 * MAXIMUM_DOCUMENT_DEPTH:
            raise Unreadable("nested too deep")
        if depth > MAXIMUM_DOCUMENT_DEPTH:
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
