"""The object of options that a component of Vue is made of."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.components.props import keys
from github_connections.analysis.syntax import nodes

_OF_COMPONENTS = frozenset(
    {"props", "emits", "components", "functional", "computed", "methods", "mixins", "data", "inject", "inheritAttrs"}
)


def options_in(value: nodes.Expression) -> nodes.Mapping | None:
    """Return the options themselves, or those in a call: `defineComponent({…})`."""
    if isinstance(value, nodes.Call):
        value = next((one.value for one in value.arguments if isinstance(one.value, nodes.Mapping)), value)
    return value if isinstance(value, nodes.Mapping) else None


def text_in(options: nodes.Mapping | None, name: str) -> str:
    """Return one of the options that is a text; empty for any other."""
    value = nodes.entry_of(options, name)
    return value.value if isinstance(value, nodes.Text) else ""


def draws(options: nodes.Mapping) -> bool:
    """Tell whether options are those of a component: something to draw, beside what only a component says of itself.

    A plugin of a build tool has a `setup` and a name too, a table's column a `render`.
    """
    said = {one.key.value for one in options.entries if isinstance(one.key, nodes.Text)}
    renders = isinstance(nodes.entry_of(options, "render"), nodes.Function) or "template" in said
    sets_up = isinstance(nodes.entry_of(options, "setup"), nodes.Function)
    if sets_up and not said.isdisjoint({"props", "emits", "components"}):
        return True
    return renders and not said.isdisjoint(_OF_COMPONENTS)


def keys_of(options: nodes.Mapping | None, name: str) -> Iterator[str]:
    """Yield the names that one of the options lists: `props`, `emits`."""
    return keys(nodes.entry_of(options, name))
