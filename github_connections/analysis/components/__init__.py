"""One file a kind of user interface: which parts a repository has, by the names its code gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.report import Component

NAMES: tuple[str, ...] = ()


@dataclass(frozen=True)
class Components:
    """A kind of user interface; each file holds one as COMPONENTS."""

    name: str
    components: Callable[[Interpreter], Iterable[Component]]


@cache
def all_components() -> tuple[Components, ...]:
    """Return every kind that is looked for."""
    return tuple(import_module(f"{__name__}.{name}").COMPONENTS for name in NAMES)
