"""One file a framework: what it is known by, what its objects do, and how its rows are made."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from github_connections.analysis.frameworks.framework import Framework

# In the order in which the report names them where nothing else decides.
NAMES = (
    "fastapi",
    "flask",
    "django",
    "express",
    "koa",
    "fastify",
    "hono",
    "nestjs",
    "spring",
    "jaxrs",
    "micronaut",
    "ktor",
    "aspnet",
    "routing_controllers",
    "rails",
    "grape",
    "laravel",
    "symfony",
    "gin",
    "echo",
    "chi",
    "fiber",
    "gorilla",
    "httprouter",
    "net_http",
    "actix",
    "axum",
    "loco",
    "rocket",
    "poem",
    "phoenix",
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
    "umi",
    "expo_router",
    "tanstack_router",
    "vue_router",
    "angular_router",
    "trpc",
    "ts_rest",
    "graphql",
)


@cache
def all_frameworks() -> tuple[Framework, ...]:
    """Return every framework; each file holds one as FRAMEWORK."""
    return tuple(_loaded())


def _loaded() -> Iterator[Framework]:
    for name in NAMES:
        yield import_module(f"{__name__}.{name}").FRAMEWORK
