"""FOSRestBundle: what a method has fetched for it, `@QueryParam(name="page")` and `#[Rest\\RequestParam]`.

https://github.com/FriendsOfSymfony/FOSRestBundle/blob/3.x/Resources/doc/param_fetcher_listener.rst
"""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as

# Where each comes from, and whether it must be sent where nothing else is said.
_FETCHED: dict[str, tuple[ParameterPlace, bool]] = {
    "QueryParam": ("query", False), "RequestParam": ("body", True), "FileParam": ("file", True),
}  # fmt: skip
_DIGITS = frozenset({r"\d+", "[0-9]+", "digit"})


def fetched(method: nodes.Function) -> Iterator[Parameter]:
    """Yield what a method's attributes and annotations ask for."""
    for attribute in method.decorators:
        place, strict = _FETCHED.get(nodes.bare_name(attribute), ("query", False))
        if isinstance(attribute, nodes.Call) and nodes.bare_name(attribute) in _FETCHED:
            said = arguments_as(attribute, "name")
            name = said.get("name")
            if isinstance(name, nodes.Text):
                is_strict = said["strict"] == nodes.Constant(True) if "strict" in said else strict
                required = is_strict and "default" not in said and said.get("nullable") != nodes.Constant(True)
                yield Parameter(name=name.value, place=place, type=_type(said), required=required)


def _type(said: dict[str, nodes.Expression]) -> str:
    asked = said.get("requirements")
    if said.get("map") == nodes.Constant(True):
        return "array"
    return "int" if isinstance(asked, nodes.Text) and asked.value in _DIGITS else ""
