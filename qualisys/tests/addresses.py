"""Every address that is served, on a tenant's host and on the platform's own, read from the URL patterns themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver

from qualisys.exception_handler import nothing_here

TENANTS, PUBLIC = "qualisys.urls", "qualisys.urls_public"
ADMIN = "/admin/"
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
# A group that is one of some words stands for the first of them.
_WORD = re.compile(r"\(\?P<\w+>(\w+)(?:\|\w+)*\)")
_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


@dataclass(frozen=True)
class Call:
    """A method of an address, whose variable parts stand in braces."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def calls() -> list[Call]:
    """Return every call outside of the admin, on whichever host; what is added later is found here by itself."""
    found = [(path, pattern) for name in (TENANTS, PUBLIC) for path, pattern in _patterns(name)]
    served = [(path, pattern) for path, pattern in found if pattern.callback is not nothing_here]
    return [
        Call(method, path)
        for path, pattern in served
        if not path.startswith(ADMIN)
        for method in sorted(_methods(pattern.callback))
    ]


def admin_addresses(urlconf: str) -> list[str]:
    """Return every address of the admin on that host."""
    return sorted({path for path, _pattern in _patterns(urlconf) if path.startswith(ADMIN)})


def filled(path: str, values: dict[str, object]) -> str:
    """Return the address with these values in its variable parts, and something that does not exist in the others."""
    return re.sub(r"\{(\w+)\}", lambda part: str(values.get(part[1], "7")), path)


def _patterns(urlconf: str) -> Iterator[tuple[str, URLPattern]]:
    return _below(import_module(urlconf).urlpatterns, "/")


def _below(entries: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in entries:
        path = prefix + _readable(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from _below(entry.url_patterns, path)
        else:
            yield path, entry


def _readable(pattern: str) -> str:
    pattern = (
        _CONVERTER.sub(r"{\1}", pattern) if "(?P" not in pattern else _GROUP.sub(r"{\1}", _WORD.sub(r"\1", pattern))
    )
    return pattern.removeprefix("^").removesuffix("$").removesuffix("/?")


def _methods(view: Any) -> set[str]:
    """Return the methods that a view has: of a view set, of a view class, GET of anything else."""
    if hasattr(view, "actions"):
        return {method.upper() for method in view.actions} - {"HEAD"}
    view_class = getattr(view, "cls", getattr(view, "view_class", None))
    if view_class is None:
        return {"GET"}
    return {name.upper() for name in view_class.http_method_names if hasattr(view_class, name)} - {"HEAD", "OPTIONS"}
