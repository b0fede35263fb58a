"""OpenAPI documents that lie in a repository: found, and read as rows of their own kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from msgspec import Struct

from github_connections.analysis import documents, specification_operations
from github_connections.analysis.placement import is_test_directory
from github_connections.analysis.projects import Project
from github_connections.analysis.report import ANY_METHOD, Model, Route, Skipped, Specification
from github_connections.analysis.specification_operations import Json, as_object
from github_connections.analysis.unreadable import Unreadable

Read = Callable[[str], bytes | None]
MAXIMUM_FILES = 200
_NAMED = re.compile(r"(open[_-]?api|swagger|oas\d?|api|spec)", re.IGNORECASE)
_SPEAKS = re.compile(rb"""["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]""")
_NOT_ITS_OWN = frozenset({"fixtures", "mocks", "samples", "examples", "example"})
_PATH_LINE = re.compile(r"""\s*["']?(/[^"'\s]*?)["']?\s*:(?:\s|$)""")
_VARIABLE = re.compile(r"\{[^{}]*\}")
# Servers that find who answers in a document, by its operations' names.
_ROUTE_BY_DOCUMENTS = re.compile(
    r"(?:^|[/-])(?:swagger-(?:express-mw|tools|routes-express|node-runner)|openapi-backend|express-openapi(?:-validator)?"
    r"|exegesis(?:-express|-koa)?|oas-tools|fastify-openapi-glue|connexion)$|^@oas-tools/core$"
)
# Of the operations that a document names, so many must be in the code before it is believed to be about this code.
LEAST_SHARE = 0.2


class Described(Struct, frozen=True):
    """One document: what the report says of it, its operations, and the shapes of data that it declares."""

    specification: Specification
    routes: list[Route]
    models: list[Model]


def descriptions_in(paths: Iterable[str], read: Read, skipped: list[Skipped]) -> list[Described]:
    """Return the OpenAPI and Swagger documents among the files of a checkout; tests' and samples' are passed by."""
    found: list[Described] = []
    for path in [path for path in paths if _may_be_one(path)][:MAXIMUM_FILES]:
        content = read(path)
        if content is None or not _SPEAKS.search(content):
            continue
        try:
            described = _described(path, as_object(_document(path, content)), content, read)
        except Unreadable as error:
            skipped.append(Skipped(file=path, reason=str(error)))
        except RecursionError:
            skipped.append(Skipped(file=path, reason="nested too deep"))
        else:
            found += [described] if described is not None else []
    return found


def beside(
    described: Iterable[Described], routes: list[Route], projects: Iterable[Project] = ()
) -> tuple[list[Route], list[Model]]:
    """Return what documents say beyond the code: operations that no row of the code is, and their models.

    A document of which the code shows next to nothing is about somebody else's API, and adds none; unless it lies in a
    project whose server routes by documents.
    """
    routed = [project.root for project in projects if any(map(_ROUTE_BY_DOCUMENTS.search, project.dependencies))]
    in_code = _Shapes(route for route in routes if route.kind == "api")
    added: list[Route] = []
    models: list[Model] = []
    for one in described:
        missing = [route for route in one.routes if route not in in_code]
        is_about_this = len(missing) <= (1 - LEAST_SHARE) * len(one.routes)
        is_routed = any(_is_below(one.specification.file, root) for root in routed)
        if missing and (in_code.is_empty or is_about_this or is_routed):
            added += missing
            models += one.models
    return added, models


def _is_below(file: str, root: str) -> bool:
    """Tell whether a file lies in a directory, or below it; the checkout itself is an empty one."""
    return not root or file.startswith(f"{root}/")


class _Shapes:
    """Methods and paths without their variables' names; also found where one side leaves out a leading part."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._whole = {(route.method, _shape(route.path)) for route in routes}
        self._ends = {(method, end) for method, shape in self._whole for end in _ends(shape)}

    @property
    def is_empty(self) -> bool:
        return not self._whole

    def __contains__(self, route: Route) -> bool:
        shape = _shape(route.path)
        return any(
            (method, shape) in self._whole
            or (method, shape) in self._ends
            or any((method, end) in self._whole for end in _ends(shape))
            for method in (route.method, ANY_METHOD)
        )


def _ends(shape: str) -> Iterator[str]:
    """Yield the ends of a path that have a word of their own: `/users/{}` and not `/{}`."""
    parts = shape.split("/")[1:]
    for start in range(len(parts)):
        if any(part and part != "{}" for part in parts[start:]):
            yield "/" + "/".join(parts[start:])


def _shape(path: str) -> str:
    return _VARIABLE.sub("{}", path).rstrip("/") or "/"


def _may_be_one(path: str) -> bool:
    if not path.endswith((".json", ".yaml", ".yml")) or not _NAMED.search(path):
        return False
    above = path.split("/")[:-1]
    return not any(
        is_test_directory("/".join(above[: end + 1])) or above[end] in _NOT_ITS_OWN for end in range(len(above))
    )


def _document(path: str, content: bytes) -> object:
    return documents.read_json(content) if path.endswith(".json") else documents.read_yaml(content)


def _described(path: str, document: Json, content: bytes, read: Read) -> Described | None:
    version = str(document.get("openapi") or document.get("swagger") or "")
    if not version.startswith(("2.", "3.")) or not as_object(document.get("paths")):
        return None
    form = f"{'openapi' if 'openapi' in document else 'swagger'} {version[:20]}"
    lines = _lines(documents.as_text(content))
    routes = list(_routes(path, document, lines, read))
    models = list(specification_operations.models(path, document))
    return Described(Specification(file=path, format=form, operations=len(routes)), routes, models)


def _routes(path: str, document: Json, lines: dict[str, int], read: Read) -> Iterator[Route]:
    base = _base(document)
    for written, item in as_object(document["paths"]).items():
        if not isinstance(written, str) or not written.startswith("/"):
            continue
        operations = as_object(item)
        reference = operations.get("$ref")
        if isinstance(reference, str):
            operations = _referenced(path, reference, document, read)
        line = lines.get(written, 1)
        yield from specification_operations.routes(path, line, base, written, operations, document)


def _referenced(path: str, reference: str, document: Json, read: Read) -> Json:
    """Return a path's operations that stand elsewhere: in the same document, or in a file beside it."""
    file, _, pointer = reference.partition("#")
    if not file:
        return specification_operations.at_pointer(document, pointer)
    beside_it = specification_operations.relative(path, file)
    content = read(beside_it) if beside_it else None
    if content is None:
        return {}
    try:
        other = as_object(_document(beside_it, content))
    except Unreadable:
        return {}  # the operations of this one path are not known; the file's own row says why
    return specification_operations.at_pointer(other, pointer)


def _base(document: Json) -> str:
    """Return the leading part that the first server, or Swagger's `basePath`, gives to every path."""
    servers = document.get("servers")
    server = as_object(servers[0]) if isinstance(servers, list) and servers else {}
    url = str(server.get("url") or document.get("basePath") or "")
    for name, variable in as_object(server.get("variables")).items():
        url = url.replace(f"{{{name}}}", str(as_object(variable).get("default", "")))
    try:
        base = urlsplit(url).path
    except ValueError:
        return ""
    return f"/{base.strip('/')}" if base.strip("/") else ""


def _lines(text: str) -> dict[str, int]:
    """Return the line on which each path stands."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = _PATH_LINE.match(line[: documents.MAXIMUM_LINE_LENGTH])
        if match:
            found.setdefault(match[1], number)
    return found
