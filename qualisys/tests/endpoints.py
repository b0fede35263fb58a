"""Every address and method of the API, read from the URL patterns themselves."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, reverse

from qualisys.urls import api

# Whoever has no token must be able to ask for one.
OPEN = frozenset({"token", "token-refresh"})


# For places in addresses where any value will do.
ELSEWHERE = {"path": "README.md", "token_id": uuid.UUID(int=7)}


@dataclass(frozen=True)
class Endpoint:
    """One method of one address."""

    name: str
    method: str
    parameters: tuple[str, ...]

    def path(self, **values: object) -> str:
        """Return the address, with these values in the places that have a name."""
        return reverse(self.name, "qualisys.urls", kwargs={name: values[name] for name in self.parameters})

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def endpoints() -> list[Endpoint]:
    """Return the whole API; what is added to it later is found here by itself."""
    return [
        Endpoint(str(pattern.name), method.upper(), tuple(pattern.pattern.regex.groupindex))
        for pattern in _patterns(api)
        for method in _methods(pattern)
        if method != "head"
    ]


def protected_endpoints() -> list[Endpoint]:
    """Return what takes an access token."""
    return [endpoint for endpoint in endpoints() if endpoint.name not in OPEN]


def _patterns(entries: list[Any]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry.url_patterns)
        else:
            yield entry


def _methods(pattern: URLPattern) -> Mapping[str, str]:
    # The last pattern, which answers for what does not exist, is no endpoint and has none.
    methods: Mapping[str, str] = getattr(pattern.callback, "actions", {})
    return methods
