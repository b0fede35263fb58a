"""What an application of ASP.NET Core asks of all its callers: a fallback policy, a filter of all controllers."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.csharp.aspnet_filters import asks_who_calls
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee
from github_connections.analysis.syntax.walking import nodes_in

_WORDS = frozenset(
    {
        "AddAuthorization", "AddAuthorizationBuilder", "AddAuthorizationCore", "AuthorizeFilter", "SetFallbackPolicy",
        "AddControllers", "AddControllersWithViews", "AddMvc", "AddMvcCore", "AddMvcOptions",
    }
)  # fmt: skip
_FILTER = "AuthorizeFilter"
_POLICY = "FallbackPolicy"
# What of a policy says that a caller must be known; of `RequireAssertion` nobody knows.
_ASKING = frozenset({"DefaultPolicy", "RequireAuthenticatedUser", "RequireClaim", "RequireRole", "RequireUserName"})


class Asked(Struct):
    """What holds where attributes say nothing; for controllers alone, or for every end point."""

    root: str
    auth: Auth
    of_controllers_alone: bool


def asked_of_all(interpreter: Interpreter) -> Iterator[Asked]:
    """Yield what the set-up of each sub-project asks of every caller."""
    for file in interpreter.program.with_words("csharp", _WORDS):
        for node in nodes_in(list(file.module.body)):
            name = _said(node) or _own_filter(interpreter, file, node)
            if name:
                by = [AuthSource(name=name, file=file.path, line=getattr(node, "line", 0))]
                yield Asked(file.project_root, Auth(state="required", by=by), name != _POLICY)


def _said(node: nodes.Node) -> str:
    match node:
        case nodes.Assign(target=nodes.Member(name="FallbackPolicy"), value=value) if _asks(value):
            return _POLICY
        case nodes.Call(function=nodes.Member(name="SetFallbackPolicy"), arguments=arguments) if any(
            _asks(argument.value) for argument in arguments
        ):
            return _POLICY
        case nodes.Call(function=nodes.Member(of=nodes.Member(name="Filters"), name="Add"), arguments=arguments):
            named = {nodes.last_name(inner) for argument in arguments for inner in nodes_in(argument.value)}
            return _FILTER if _FILTER in named else ""
    return ""


def _own_filter(interpreter: Interpreter, file: File, node: nodes.Node) -> str:
    """`options.Filters.Add<LogInFilter>()`, `Filters.Add(typeof(LogInFilter))`, `Filters.Add(new LogInFilter())`."""
    match node:
        case nodes.Call(
            function=nodes.Member(of=nodes.Member(name="Filters"), name="Add" | "AddService"),
            arguments=[nodes.Argument(value=given), *_],
        ):
            named = callee(given)
            cls = interpreter.evaluate(named, file.scope) if isinstance(named, nodes.Name) else None
            return cls.node.name if isinstance(cls, ClassValue) and asks_who_calls(interpreter, cls) else ""
    return ""


def _asks(value: nodes.Expression | None) -> bool:
    return value is not None and any(nodes.last_name(inner) in _ASKING for inner in nodes_in(value))
