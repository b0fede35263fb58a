"""Spring's views without controllers: `addViewController("/about").setViewName("about")`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings
from github_connections.analysis.frameworks.java.spring_path_prefixes import PACKAGES
from github_connections.analysis.frameworks.java.spring_paths import as_braces, context_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import Behaviour, Kind, Value, is_known
from github_connections.analysis.report import Route, RouteKind

WORDS = frozenset({"addViewController", "addRedirectViewController", "addStatusController"})


def _shown(kind: RouteKind) -> Behaviour:
    def register(call: Invocation) -> Value:
        call.receiver.add(["GET"], call.text(0), call.place, None, kind=kind)
        return call.receiver

    return register


VIEWS = Kind(
    "spring views",
    methods={
        "addViewController": _shown("page"),
        "addRedirectViewController": _shown("redirect"),
        "addStatusController": _shown("api"),
    },
)


def declare(registry: Registry) -> None:
    """Add what an application's configuration says its views to."""
    for package in PACKAGES:
        registry.types[f"{package}.ViewControllerRegistry"] = VIEWS


def rows_of(interpreter: Interpreter, settings: AllSettings) -> Iterator[Route]:
    """Yield the rows of views, in the order of their registries."""
    for router in interpreter.routers:
        for route in router.routes if router.kind is VIEWS else ():
            file = interpreter.program.by_path[route.place.file]
            before = list(context_of(settings.of(file)))
            joined = paths.join([*(prefix.value for prefix in before), settings.of(file).resolve(route.path)])
            path = paths.from_braces(as_braces(joined))
            yield Route(
                method="GET",
                path=path,
                file=route.place.file,
                line=route.place.line,
                framework="spring",
                kind=route.options["kind"],
                raw_path=route.path,
                prefixes=before,
                confidence="exact" if is_known(path) else "partial",
            )
