"""What the tags of a Go struct's fields say: `json:"name,omitempty" binding:"required"`."""

from __future__ import annotations

import re

from github_connections.analysis.syntax import nodes

_NAME = re.compile(r'(\w+):"([^",]*)')
_REQUIRED = re.compile(r'(?:binding|validate):"[^"]*\brequired\b')


def tag_of(field: nodes.Parameter) -> str:
    """Return a field's tag as it is written; empty where it has none."""
    return next((one.value for one in field.decorators if isinstance(one, nodes.Text)), "")


def names_in(tag: str) -> dict[str, str]:
    """Return what each encoding calls a field: `-` where it leaves it out, empty where it only says how."""
    return dict(_NAME.findall(tag))


def is_required(tag: str) -> bool:
    """Tell whether a validator asks for the field."""
    return _REQUIRED.search(tag) is not None
