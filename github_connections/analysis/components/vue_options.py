"""The object of options that a component of Vue is made of."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.components.props import keys
from github_connections.analysis.syntax import nodes


def options_in(value: nodes.Expression) -> nodes.Mapping | None:
    """Return the options themselves, or those in a call: `defineComponent({…})`."""
    if isinstance(value, nodes.Call):
        value = next((one.value for one in value.arguments if isinstance(one.value, nodes.Mapping)), value)
    return value if isinstance(value, nodes.Mapping) else None


def entry(options: nodes.Mapping | None, name: str) -> nodes.Expression | None:
    """Return one of the options."""
    entries = options.entries if options is not None else []
    return next((one.value for one in entries if one.key == nodes.Text(name)), None)


def text_in(options: nodes.Mapping | None, name: str) -> str:
    """Return one of the options that is a text; empty for any other."""
    value = entry(options, name)
    return value.value if isinstance(value, nodes.Text) else ""


def keys_of(options: nodes.Mapping | None, name: str) -> Iterator[str]:
    """Yield the names that one of the options lists: `props`, `emits`."""
    return keys(entry(options, name))
