"""Controllers by decorators that a program, or a library unknown here, has for a server below it.

`@RestController("/me")` on a class and `@Get("/")` on its methods say what is routed, whoever reads them. Where that is
done is not seen, nor what it puts before the paths. What is kept with `Reflect` is read elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.javascript.javascript_guards import auth_of, guard_of
from github_connections.analysis.frameworks.javascript.javascript_servers import from_colons, texts_in
from github_connections.analysis.linking import decorators_javascript
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, classes_in
from github_connections.analysis.linking.values import ClassValue, MapValue
from github_connections.analysis.report import ANY_METHOD, Place, Prefix, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee

VERBS = {verb.capitalize(): verb.upper() for verb in http_verbs.OF_BROWSERS} | {"All": ANY_METHOD}
# Libraries of other sorts have decorators of the other names, too.
MARKS = frozenset(VERBS) - {"All", "Options"}
SERVERS = ("express", "fastify", "koa", "hono")
_CONTROLLER = re.compile(r"\w*Controller")
# Libraries whose decorators of these names are known here, or are not about a server.
_KNOWN = (
    "@nestjs/",
    "@nestjsx/",
    "@angular/",
    "@loopback/",
    "@tsed/",
    "@midwayjs/",
    "@overnightjs/",
    "@tsoa/",
    "@rxjs/",
)
_ALSO_KNOWN = frozenset({"routing-controllers", "inversify-express-utils", "tsoa", "koa-swagger-decorator"})


def routes_by_own_decorators(interpreter: Interpreter) -> Iterator[Route]:
    """Yield a row for every method of a class that is decorated so, in projects that import a server."""
    program = interpreter.program
    servers: dict[str, str] = {}
    # A file with one of these is parsed already: they are marks.
    files = (
        file for file in program.of_family("javascript") if file.is_parsed and not MARKS.isdisjoint(file.head.words)
    )
    for cls in (cls for file in files for cls in classes_in(file.scope)):
        file = cls.scope.file
        controller = _controller_of(cls)
        if controller is None or decorators_javascript.is_kept(interpreter, cls):
            continue
        if file.project_root not in servers:
            servers[file.project_root] = _server_in(program.of_family("javascript"), file.project_root)
        if servers[file.project_root]:
            yield from _routes_of(interpreter, cls, controller, servers[file.project_root])


def _server_in(files: Iterable[File], project_root: str) -> str:
    """Return the first server that a file of a project imports; empty without one, and where decorators put together
    of NestJS's are."""
    imported = {module for file in files if file.project_root == project_root for module in file.sketch.imports}
    if any(module.startswith("@nestjs/") for module in imported):
        return ""
    return next((server for server in SERVERS if server in imported), "")


def _controller_of(cls: ClassValue) -> nodes.Expression | None:
    named = ((decorator, _name_of(decorator)) for decorator in cls.node.decorators)
    found = (decorator for decorator, name in named if _CONTROLLER.fullmatch(name) and _is_own(cls, name))
    return next(found, None)


def _name_of(decorator: nodes.Expression) -> str:
    function = callee(decorator)
    return function.id if isinstance(function, nodes.Name) else ""


def _is_own(cls: ClassValue, name: str) -> bool:
    """Tell whether a decorator is imported from the program itself, or from a library that is not known here."""
    modules = (one.module for one in cls.scope.file.module.body if isinstance(one, nodes.Import) and one.local == name)
    return any(module not in _ALSO_KNOWN and not module.startswith(_KNOWN) for module in modules)


def _routes_of(interpreter: Interpreter, cls: ClassValue, controller: nodes.Expression, server: str) -> Iterator[Route]:
    bases = _paths(interpreter, controller, cls)
    for method in cls.node.body:
        for decorator in method.decorators if isinstance(method, nodes.Function) else ():
            verb = VERBS.get(_name_of(decorator))
            if verb and isinstance(method, nodes.Function) and _is_own(cls, _name_of(decorator)):
                for base in bases:
                    for last in _paths(interpreter, decorator, cls):
                        yield _row(cls, method, verb, controller, base, decorator, last, server)


def _paths(interpreter: Interpreter, decorator: nodes.Expression, cls: ClassValue) -> list[str]:
    given = decorator.arguments[:1] if isinstance(decorator, nodes.Call) else []
    value = interpreter.evaluate(given[0].value, cls.scope.parent or cls.scope) if given else ""
    if isinstance(value, MapValue):
        value = value.entries.get("path", "")
    return texts_in(value) or [""]


def _row(
    cls: ClassValue,
    method: nodes.Function,
    verb: str,
    controller: nodes.Expression,
    base: str,
    decorator: nodes.Expression,
    last: str,
    server: str,
) -> Route:
    path = paths.from_braces(from_colons(paths.join_trimmed([base, last])))
    place = Place(cls.scope.file.path, getattr(decorator, "line", method.line))
    prefix = Prefix(value=base, file=place.file, line=getattr(controller, "line", cls.node.line), how="controller")
    guards = [guard_of(None, one, place) for one in (*cls.node.decorators, *method.decorators)]
    return Route(
        method=verb,
        path=path,
        file=place.file,
        line=place.line,
        framework=server,
        handler=f"{cls.node.name}.{method.name}",
        raw_path=last,
        prefixes=[prefix] if base.strip("/") else [],
        params=rows.path_parameters(path),
        auth=auth_of((guard for guard in guards if guard), path),
        confidence="partial",
    )
