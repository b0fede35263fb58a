"""Gin."""

from collections.abc import Iterable

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.go import go_routers
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Kind
from github_connections.analysis.report import ANY_METHOD, Route

GIN = "github.com/gin-gonic/gin"
ROUTER = Kind(
    "gin",
    methods={
        **{verb: go_routers.verb(verb) for verb in go_routers.VERBS},
        "Any": go_routers.verb(ANY_METHOD),
        "Handle": go_routers.method_named(),
        "Match": go_routers.method_named(),
        "Group": go_routers.group,
        "Use": go_routers.use,
        "Static": go_routers.static,
        "StaticFS": go_routers.static,
        "StaticFile": go_routers.static_file,
        "StaticFileFS": go_routers.static_file,
    },
    attributes={"RouterGroup": lambda router, _: router},
)


def declare(registry: Registry) -> None:
    """Add engines and the types that routers are handed around as."""
    types = [f"{GIN}.{name}" for name in ("Engine", "RouterGroup", "IRouter", "IRoutes")]
    go_routers.constructors(registry, (f"{GIN}.Default", f"{GIN}.New"), types, ROUTER)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    return go_routers.routes_of(interpreter, "gin", [ROUTER])


FRAMEWORK = Framework(
    name="gin",
    language="go",
    family="go",
    kind="server",
    packages=(GIN, "gopkg.in/gin-gonic/gin.v1"),
    imports=(GIN, "gopkg.in/gin-gonic/gin"),
    declare=declare,
    routes=routes,
)
