"""A directory for each language family, in it one file a framework: what it is known by, what its objects do, and how
its rows are made."""

from functools import cache
from importlib import import_module

from github_connections.analysis.frameworks.framework import Framework

# By language family, in the order in which the report names them where nothing else decides.
NAMES: dict[str, tuple[str, ...]] = {
    "python": ("fastapi", "flask", "django"),
    "javascript": (
        "express",
        "koa",
        "fastify",
        "hono",
        "nestjs",
        "routing_controllers",
        "nextjs",
        "nuxt",
        "sveltekit",
        "astro",
        "gatsby",
        "remix",
        "react_router",
        "react_admin",
        "reach_router",
        "preact_router",
        "redwood",
        "solid_router",
        "svelte_routing",
        "svelte_spa_router",
        "umi",
        "expo_router",
        "tanstack_router",
        "vue_router",
        "angular_router",
        "angularjs",
        "trpc",
        "ts_rest",
        "graphql",
    ),
    "java": ("spring", "jaxrs", "micronaut", "ktor"),
    "csharp": ("aspnet",),
    "ruby": ("rails", "grape"),
    "php": ("laravel", "symfony"),
    "go": ("gin", "echo", "chi", "fiber", "gorilla", "httprouter", "net_http"),
    "rust": ("actix", "axum", "loco", "rocket", "poem"),
    "elixir": ("phoenix",),
}


@cache
def frameworks_of(family: str) -> tuple[Framework, ...]:
    """Return the frameworks of a language family; each file holds one as FRAMEWORK. The others' are not loaded."""
    return tuple(import_module(f"{__name__}.{family}.{name}").FRAMEWORK for name in NAMES.get(family, ()))
