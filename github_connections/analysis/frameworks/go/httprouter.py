"""httprouter: one router, whose methods are the verbs."""

from collections.abc import Iterable

from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.go import go_routers
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Kind
from github_connections.analysis.report import Route

HTTPROUTER = "github.com/julienschmidt/httprouter"
ROUTER = Kind(
    "httprouter",
    methods={
        **{verb: go_routers.verb(verb, handler=1) for verb in go_routers.VERBS},
        **dict.fromkeys(("Handle", "Handler", "HandlerFunc"), go_routers.method_named()),
        "ServeFiles": go_routers.static_file,
    },
)


def declare(registry: Registry) -> None:
    """Add the router and its type."""
    go_routers.constructors(registry, (f"{HTTPROUTER}.New",), (f"{HTTPROUTER}.Router",), ROUTER)


def routes(interpreter: Interpreter) -> Iterable[Route]:
    """Yield a row for every verb of every route."""
    return go_routers.routes_of(interpreter, "httprouter", [ROUTER])


FRAMEWORK = Framework(
    name="httprouter",
    language="go",
    family="go",
    kind="server",
    packages=(HTTPROUTER,),
    imports=(HTTPROUTER,),
    declare=declare,
    routes=routes,
)
