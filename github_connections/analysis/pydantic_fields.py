"""What pydantic says of a model's fields beside their declaration: aliases, which are what callers write."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from github_connections.analysis.linking.classes import lineage
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments
from github_connections.analysis.syntax.walking import nodes_in

Naming = Callable[[str], str]
# What requests are read by comes before what serves requests and answers alike.
_ALIASES = ("validation_alias", "alias")


def as_written(field: str) -> str:
    """Return the name of a field of a model that says nothing of names."""
    return field


def unwrapped(field: nodes.Assign) -> nodes.Assign:
    """Return `name: Annotated[str, Field(max_length=3)]` as `name: str = Field(max_length=3)`; others as they are."""
    if not (isinstance(field.type, nodes.Item) and nodes.last_name(field.type.of) == "Annotated"):
        return field
    said = field.type.index.items if isinstance(field.type.index, nodes.Sequence) else []
    if not said:
        return field
    called = next((one for one in said[1:] if _is_field(one)), None)
    return replace(field, type=said[0], value=called if field.value is None else field.value)


def alias_of(field: nodes.Assign) -> str:
    """Return the alias that a field has by itself, in its annotation or its value; nothing without one."""
    inside = field.type.index if isinstance(field.type, nodes.Item) else None
    annotated = inside.items[1:] if isinstance(inside, nodes.Sequence) else []
    for called in (field.value, *annotated):
        if isinstance(called, nodes.Call) and _is_field(called):
            said = named_arguments(called)
            aliases = (said.get(name) for name in _ALIASES)
            found = next((one.value for one in aliases if isinstance(one, nodes.Text)), "")
            if found:
                return found
    return ""


def naming_of(interpreter: Interpreter, cls: ClassValue) -> Naming:
    """Return how a model names the fields that have no alias of their own: as its configuration's generator does, or
    that of the class it is derived from."""
    for one in lineage(interpreter, cls):
        for node in nodes_in([statement for statement in one.node.body if _is_configuration(statement)]):
            written = _generator_in(node)
            if written is not None:
                return _named_for(written)
    return as_written


def _is_configuration(statement: nodes.Statement) -> bool:
    """`model_config = ConfigDict(…)`, and `class Config:` as it was once."""
    if isinstance(statement, nodes.Class):
        return statement.name == "Config"
    return isinstance(statement, nodes.Assign) and nodes.last_name(statement.target) == "model_config"


def _generator_in(node: nodes.Node) -> nodes.Node | None:
    match node:
        case nodes.Argument(name="alias_generator", value=value):
            return value
        case nodes.Assign(target=nodes.Name(id="alias_generator"), value=value):
            return value
        case nodes.Entry(key=nodes.Text(value="alias_generator"), value=value):
            return value
    return None


def _named_for(generator: nodes.Node) -> Naming:
    """Return what a generator does, by what it is called: `to_camel`, `camelize`, `to_lower_camel`, `to_kebab`."""
    names = " ".join(nodes.last_name(one) for one in nodes_in([generator])).lower()
    if "pascal" in names or "upper_camel" in names:
        return lambda field: "".join(part[:1].upper() + part[1:] for part in field.split("_"))
    if "camel" in names:
        return _camel
    if "kebab" in names or "hyphen" in names:
        return lambda field: field.replace("_", "-")
    return as_written


def _camel(field: str) -> str:
    first, *others = field.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


def _is_field(called: nodes.Node) -> bool:
    return isinstance(called, nodes.Call) and nodes.last_name(called.function) == "Field"
