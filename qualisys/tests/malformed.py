"""What is sent by mistake or on purpose where text is expected."""

from typing import Any

MISSING = object()

# Wrong for every field of text that must be there.
MALFORMED_TEXT: dict[str, Any] = {
    "missing": MISSING,
    "null": None,
    "number": 7,
    "boolean": True,
    "list": ["text"],
    "object": {"text": "text"},
    "NUL": "a\0b",
    "half of a surrogate pair": "a\ud800b",
}
BLANK = {"empty": "", "spaces": "   "}

# Wrong for every request that has a body.
MALFORMED_BODIES: dict[str, bytes] = {
    "not JSON": b"name=Shop",
    "cut off": b'{"name": "Shop"',
    "not UTF-8": b'{"name": "\xff"}',
    "not a number": b'{"name": NaN}',
    "too long a number": b'{"name": ' + b"1" * 5000 + b"}",
    "nested too deeply": b"[" * 100_000,
    "a list": b'["Shop"]',
    "text": b'"Shop"',
    "null": b"null",
    "larger than is read": b'{"name": "' + b"x" * 3_000_000 + b'"}',
}


def with_field(body: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    """Return the body with another value in this field, or without the field."""
    changed = {**body, field: value}
    if value is MISSING:
        del changed[field]
    return changed
