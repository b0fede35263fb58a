"""ASP.NET Core: controllers, services that become some, minimal APIs, FastEndpoints, Razor Pages and Blazor."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks.csharp import (
    aspnet_blazor,
    aspnet_controllers,
    aspnet_minimal,
    aspnet_pages,
    aspnet_services,
    fastendpoints,
)
from github_connections.analysis.frameworks.csharp.aspnet_applications import Applications
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.report import Route


def declare(registry: Registry) -> None:
    """Add applications and their builders."""
    aspnet_minimal.declare(registry)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of minimal APIs, of controllers and services, of end points that are classes, and of pages
    and components."""
    applications = Applications(interpreter)
    by_path = interpreter.program.by_path
    yield from aspnet_minimal.routes_of_minimal(interpreter, lambda file: applications.of(by_path[file]).fallback)
    yield from aspnet_controllers.routes_of_controllers(interpreter, applications)
    yield from aspnet_services.routes_of_services(interpreter, applications)
    yield from fastendpoints.routes_of_classes(interpreter)
    yield from aspnet_pages.routes_of_pages(interpreter, applications)
    yield from aspnet_blazor.routes_of_components(interpreter, applications)


FRAMEWORK = Framework(
    name="aspnet",
    language="csharp",
    family="csharp",
    kind="server",
    packages=(
        "Microsoft.NET.Sdk.Web",
        "Microsoft.NET.Sdk.BlazorWebAssembly",
        "Microsoft.AspNetCore.App",
        "Microsoft.AspNetCore.Mvc",
        "FastEndpoints",
        "Carter",
    ),
    words=aspnet_minimal.WORDS | aspnet_services.WORDS,
    declare=declare,
    routes=routes,
)
