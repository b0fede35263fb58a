"""Echo."""

from collections.abc import Iterable

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.go import go_routers
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Kind
from github_connections.analysis.report import ANY_METHOD, Route

ECHO = "github.com/labstack/echo"
ROUTER = Kind(
    "echo",
    methods={
        **{verb: go_routers.verb(verb, handler=1) for verb in go_routers.VERBS},
        "Any": go_routers.verb(ANY_METHOD, handler=1),
        "Add": go_routers.method_named(),
        "Match": go_routers.method_named(),
        "Group": go_routers.group,
        "Use": go_routers.use,
        "Static": go_routers.static,
        "StaticFS": go_routers.static,
        "File": go_routers.static_file,
        "FileFS": go_routers.static_file,
    },
)


def declare(registry: Registry) -> None:
    """Add the application and its groups."""
    go_routers.constructors(registry, (f"{ECHO}.New",), (f"{ECHO}.Echo", f"{ECHO}.Group"), ROUTER)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route; Echo puts prefixes before paths as they are."""
    return go_routers.routes_of(interpreter, "echo", [ROUTER], join=paths.concatenate)


FRAMEWORK = Framework(
    name="echo",
    language="go",
    family="go",
    kind="server",
    packages=(f"{ECHO}/v4", ECHO),
    imports=(ECHO,),
    declare=declare,
    routes=routes,
)
