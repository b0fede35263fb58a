"""Where an application of ASP.NET Core begins: `Startup`, whose methods its host calls."""

from __future__ import annotations

from github_connections.analysis.linking.program import Program, classes_in
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

_CLASS = "Startup"
_METHOD = "Configure"


def is_set_up(program: Program, place: Place) -> bool:
    """Tell whether a place is the method of a start-up class that is handed the application, `Configure(app, env)`."""
    file = program.by_path[place.file]
    if not any(name.startswith(_CLASS) for name in file.head.names):
        return False
    return any(
        isinstance(member, nodes.Function) and member.name.startswith(_METHOD) and member.line == place.line
        for cls in classes_in(file.scope)
        if (cls.node.name or "").startswith(_CLASS)
        for member in cls.node.body
    )
