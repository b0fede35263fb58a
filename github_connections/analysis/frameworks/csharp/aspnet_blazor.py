"""Blazor: components with `@page`, or with `@attribute [Route(…)]`; a component may have several."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.csharp.aspnet_applications import Applications
from github_connections.analysis.frameworks.csharp.razor import auth_in
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import nearest
from github_connections.analysis.linking.values import ClassValue, Unknown, hole, is_known, text_of
from github_connections.analysis.projects import Roots
from github_connections.analysis.report import Route

_ROUTE = re.compile(
    r"^[ \t]*@(?:page[ \t]+\"([^\"\n]*)\""
    r"|attribute[ \t]*\[[ \t]*Route(?:Attribute)?\((?:\"([^\"\n]*)\"|([\w.]+))\)[ \t]*\])",
    re.MULTILINE,
)
# One that nothing ends goes on to the end: looked for from each beginning it would take the square of the length.
_COMMENT = re.compile(r"@\*.*?(?:\*@|\Z)", re.DOTALL)
_BYTES_READ = 16_000


def routes_of_components(interpreter: Interpreter, applications: Applications) -> Iterator[Route]:
    """Yield a row for each route of each component."""
    program = interpreter.program
    roots = Roots(program.projects)
    for path in program.all_paths:
        content = program.read(path) if path.endswith(".razor") else None
        if content is None:
            continue
        text = _without_comments(content[:_BYTES_READ].decode("utf-8-sig", "replace"))
        before = applications.of_root(roots.of(path, "csharp")).prefixes
        for match in _ROUTE.finditer(text):
            said = _constant(interpreter, match.group(3), path) if match.group(3) else match.group(1) or match.group(2)
            pieces = [*(prefix.value for prefix in before), said or ""]
            whole = paths.from_braces(paths.join_trimmed(pieces))
            line = text.count("\n", 0, match.start()) + 1
            yield Route(
                method="GET",
                path=whole,
                file=path,
                line=line,
                framework="aspnet",
                kind="page",
                raw_path=said or "",
                prefixes=list(before),
                params=rows.path_parameters(whole),
                auth=auth_in(text, path),
                confidence="exact" if is_known(whole) else "partial",
            )


def _without_comments(text: str) -> str:
    return _COMMENT.sub(lambda match: "\n" * match.group().count("\n"), text)


def _constant(interpreter: Interpreter, name: str, path: str) -> str:
    """Return what a constant of a class of the program says, `Paths.Contact`; what nobody declares stays visible."""
    owner, _, member = name.rpartition(".")
    declaring = interpreter.program.declaring("csharp", owner.rpartition(".")[2])
    file = nearest(declaring, path)
    cls = interpreter.own_name(file, owner.rpartition(".")[2]) if file is not None else None
    value = interpreter.get(cls, member, cls.scope) if isinstance(cls, ClassValue) else None
    return hole(name) if value is None or isinstance(value, Unknown) else text_of(value)
