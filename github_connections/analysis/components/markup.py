"""What a test finds in a template: the ids put there for it, and the forms with their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from github_connections.analysis.components.elements import TEST_IDS

_TEST_ID = re.compile(rf"""(?<![\w:.@-])(?:{"|".join(TEST_IDS)})\s*=\s*["']([^"'{{}}]+)["']""")
_FORM = re.compile(r"<form\b([^<>]*)>(.*?)</form>", re.DOTALL | re.IGNORECASE)
_FIELD = re.compile(r"<(input|select|textarea|[A-Z][\w.-]*)\b([^<>]*)")
_TYPES = {"select": "select", "textarea": "textarea"}
_NAMES = ("name", "formControlName")


def test_ids(text: str) -> list[str]:
    """Return the ids for tests in a template, sorted."""
    return sorted(set(_TEST_ID.findall(text)))


def slots(text: str, tag: str = "slot", attribute: str = "name") -> list[str]:
    """Return the places that a template leaves to whoever uses it, sorted; "default" for the one without a name."""
    found = re.finditer(rf"<{tag}(?=[\s/>])([^<>]*)", text) if f"<{tag}" in text else ()
    return sorted({_attribute(match.group(1), attribute) or "default" for match in found})


def forms(text: str) -> list[dict[str, Any]]:
    """Return the forms of a template: line, method, action, and each field's name and type."""
    return [_form(text, match) for match in _FORM.finditer(text)] if "<form" in text else []


def _form(text: str, match: re.Match[str]) -> dict[str, Any]:
    said = {name: _attribute(match.group(1), name) for name in ("method", "action")}
    line = text.count("\n", 0, match.start()) + 1
    kept = {name: value for name, value in said.items() if value}
    return {"line": line, **kept, "fields": list(_fields(match.group(2)))}


def _fields(inside: str) -> Iterator[dict[str, str]]:
    for field in _FIELD.finditer(inside):
        name = next(filter(None, (_attribute(field.group(2), one) for one in _NAMES)), "")
        if name:
            kind = _attribute(field.group(2), "type") or _TYPES.get(field.group(1), "text")
            yield {"name": name, "type": kind}


def _attribute(attributes: str, name: str) -> str:
    match = re.search(rf"""(?<![\w:.@-]){name}\s*=\s*["']([^"']*)["']""", attributes)
    return match.group(1) if match else ""
