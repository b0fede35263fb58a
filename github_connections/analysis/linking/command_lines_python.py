"""What a program's command line brings where nobody says otherwise: the defaults of argparse and click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import Kind, ListValue, MapValue, ObjectValue, Thing, Value
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments, positional_arguments

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter

_OF_COMMANDS = frozenset({"option", "argument"})


def declare(registry: Registry) -> None:
    """Add argparse's parser, with the default texts of its arguments."""
    for name in ("argparse.ArgumentParser", "configargparse.ArgumentParser", "configargparse.ArgParser"):
        registry.calls[name] = _parser


def _parser(call: Invocation) -> Value:
    return Thing(_PARSER, call.place, {"defaults": MapValue({}, call.place)})


def _add_argument(call: Invocation) -> Value:
    """`parser.add_argument("--prefix", default="/api")`; numbers and switches decide nothing, so they are not kept."""
    default, defaults = call.value(99, "default"), call.receiver.data["defaults"]
    if isinstance(default, str) and isinstance(defaults, MapValue):
        names = [name for name in call.positional if isinstance(name, str)]
        defaults.entries[call.text(99, "dest") or _variable(names)] = default
    return None


def _variable(names: list[str]) -> str:
    """Return what an option is held by: the first long name, else the first of all."""
    name = next((one for one in names if one.startswith("--")), names[0] if names else "")
    return name.lstrip("-").replace("-", "_")


def _parsed(call: Invocation) -> Value:
    defaults = call.receiver.data["defaults"]
    fields = dict(defaults.entries) if isinstance(defaults, MapValue) else {}
    found = ObjectValue(None, fields, call.place)
    return ListValue([found], call.place) if call.name == "parse_known_args" else found


# Groups of arguments are the parser's own: whatever else is called gives it back.
_PARSER = Kind(
    "parser of arguments",
    {"add_argument": _add_argument, "parse_args": _parsed, "parse_known_args": _parsed},
    is_router=False,
)


def default_of_option(
    interpreter: Interpreter, parameter: nodes.Parameter, function: nodes.Function, scope: Scope
) -> str:
    """Return the text that a parameter has of `@click.option("--prefix", default="/api")`; nothing without one."""
    for decorator in function.decorators if scope.file.family == "python" else ():
        if isinstance(decorator, nodes.Call) and nodes.last_name(decorator.function) in _OF_COMMANDS:
            default = named_arguments(decorator).get("default")
            if default is not None and _held_by(decorator) == parameter.name:
                value = interpreter.evaluate(default, scope)
                return value if isinstance(value, str) else ""
    return ""


def _held_by(option: nodes.Call) -> str:
    """Return the parameter that an option is handed to: the name without hyphens before it, else as argparse does."""
    given = [one.value for one in positional_arguments(option) if isinstance(one, nodes.Text)]
    return next((name for name in given if not name.startswith("-")), _variable(given))
