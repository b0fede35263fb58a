"""Gatsby: pages and functions by their files, pages and redirects that `gatsby-node` makes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.javascript.file_routes import (
    SCRIPTS,
    Application,
    applications,
    without_ending,
)
from github_connections.analysis.frameworks.javascript.nextjs import segment_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import text_of
from github_connections.analysis.report import ANY_METHOD, Route, RouteKind
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# `{Product.name}`: a page for each of what is asked for, by a field of it.
_OF_EACH = re.compile(r"\{\w+\.(?:\w+__)?(\w+)\}")
# What makes pages, which entry says where, and what becomes of it.
_MAKERS: dict[str, tuple[str, RouteKind]] = {"createPage": ("path", "page"), "createRedirect": ("fromPath", "redirect")}


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of every application."""
    for application in applications(interpreter, "gatsby", ("gatsby",), ("gatsby-config",)):
        for inside in application.paths("src/pages"):
            stem = without_ending(inside, (*SCRIPTS, ".md", ".mdx"))
            if stem is not None and not stem.endswith(".d"):
                yield application.route("GET", _path(stem), application.place("src/pages", inside), 1)
        for inside in application.paths("src/api"):
            stem = without_ending(inside)
            if stem is not None:
                place = application.place("src/api", inside)
                yield application.route(ANY_METHOD, "/api" + _path(stem).rstrip("/"), place, 1, "api")
        for stem in ("gatsby-node", "gatsby/node", "src/gatsby-node"):
            yield from _made(application, stem)


def _path(stem: str) -> str:
    """`users/[id]` → `/users/{id}`, `app/[...]` → `/app/{path*}`, `posts/{Post.fields__slug}` → `/posts/{slug}`."""
    segments = [_OF_EACH.sub(r"{\1}", segment).replace("[...]", "[...path]") for segment in stem.split("/")]
    return "/" + "/".join(map(segment_of, segments[:-1] if segments[-1] == "index" else segments))


def _made(application: Application, stem: str) -> Iterator[Route]:
    """Yield what a script makes: `createPage({path: "/about", component})`, `createRedirect({fromPath, toPath})`."""
    interpreter = application.interpreter
    for file in filter(None, (application.file(application.place(stem + ending)) for ending in SCRIPTS)):
        interpreter.program.parse([file])
        for call in nodes_in(file.module.body):
            name, kind = _MAKERS.get(_called(call), ("", "page"))
            said = call.arguments[0].value if isinstance(call, nodes.Call) and name and call.arguments else None
            for entry in said.entries if isinstance(said, nodes.Mapping) else ():
                if entry.key == nodes.Text(name):
                    path = paths.from_colons(text_of(interpreter.evaluate(entry.value, file.scope)))
                    yield application.route("GET", path, file.path, getattr(call, "line", 1), kind)


def _called(node: nodes.Node) -> str:
    match node:
        case nodes.Call(function=nodes.Name(id=name) | nodes.Member(name=name)):
            return name
    return ""


FRAMEWORK = Framework(
    name="gatsby",
    language="typescript",
    family="javascript",
    kind="fullstack",
    packages=("gatsby",),
    routes=routes,
)
