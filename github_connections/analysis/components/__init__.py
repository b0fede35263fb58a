"""One file a kind of user interface: which parts a repository has, by the names its code gives them."""

from functools import cache
from importlib import import_module

from github_connections.analysis.components.kinds import Components

NAMES = ("react", "vue", "angular", "svelte")


@cache
def components_of(family: str) -> tuple[Components, ...]:
    """Return the kinds that the files of a language family have; each file holds one as COMPONENTS."""
    return tuple(import_module(f"{__name__}.{name}").COMPONENTS for name in (NAMES if family == "javascript" else ()))
