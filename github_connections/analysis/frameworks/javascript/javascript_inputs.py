"""What a route of JavaScript's servers takes: what validators before its handler check, and what the handler reads."""

from __future__ import annotations

from msgspec import Struct

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.javascript.javascript_requests import read_by, with_checked
from github_connections.analysis.frameworks.javascript.javascript_servers import Argued
from github_connections.analysis.frameworks.javascript.javascript_styles import Style
from github_connections.analysis.frameworks.javascript.javascript_validators import validated_by
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.report import Parameter
from github_connections.analysis.syntax import nodes


class Answering(Struct, frozen=True):
    """The arguments of a route after its path, the handler last, and the scope that they are written in."""

    arguments: list[Argued]
    scope: Scope


def inputs_of(interpreter: Interpreter, item: Reached, path: str, style: Style) -> list[Parameter]:
    """Return the parameters of a route beside those of its path; what a validator says comes first."""
    said = item.route.options.get("answering")
    if not isinstance(said, Answering) or not said.arguments:
        return []
    *before, handler = said.arguments
    in_path = paths.names(path)
    checked = validated_by(interpreter, before, said.scope, item.route.methods)
    checked = [one for one in checked if one.name not in in_path]
    reading = [argued for argued in before if isinstance(argued[1], nodes.Function)]
    read = read_by(interpreter, [*reading, handler], said.scope, style)
    return with_checked(checked, read)
