"""What an analysis says: plain rows, each with the file and the line that it was read from."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

SCHEMA_VERSION = 2
ANY_METHOD = "ANY"  # the code takes every method, or does not say which

RouteKind = Literal["api", "page", "layout", "redirect", "static", "websocket", "graphql", "rpc"]
Confidence = Literal["exact", "partial", "guess"]
ParameterPlace = Literal["path", "query", "body", "header", "cookie", "form", "file"]
AuthState = Literal["required", "optional", "none", "unknown"]


class Place(Struct, frozen=True, order=True):
    """A line of a file; `file` is relative to the checkout, with `/` between its parts, and lines count from 1."""

    file: str
    line: int


class Prefix(Struct, frozen=True, kw_only=True):
    """A leading part of a path that was added elsewhere: how (`include_router`, `controller`, `mount` …) and where."""

    value: str
    file: str
    line: int
    how: str


class Parameter(Struct, frozen=True, kw_only=True):
    """One input of a route. `type` is as the code writes it, empty where it does not."""

    name: str
    place: ParameterPlace = msgspec.field(name="in")
    type: str = ""
    required: bool = True
    model: str = ""


class AuthSource(Struct, frozen=True, kw_only=True):
    """What asks for a log-in: a guard, a decorator, a dependency, a permission class."""

    name: str
    file: str
    line: int


class Auth(Struct, frozen=True, kw_only=True):
    """Whether a caller must be known. `unknown` where the code does not tell: it is not `none`."""

    state: AuthState = "unknown"
    by: list[AuthSource] = []
    roles: list[str] = []


class Route(Struct, frozen=True, kw_only=True):
    """Something addressable by URL.

    `path` is whole, begins with `/` and names its variables in braces: `/users/{id}`, `/files/{path*}` for the rest of
    a path, `{id?}` for one that may be missing. A part that could not be resolved is `{?its source}`, and the
    confidence is then `partial`. `raw_path` is the last part as the code writes it. `method` is an HTTP verb in
    capitals, or ANY.
    """

    method: str
    path: str
    file: str
    line: int
    framework: str
    kind: RouteKind = "api"
    project: str = ""
    handler: str = ""
    raw_path: str = ""
    prefixes: list[Prefix] = []
    params: list[Parameter] = []
    auth: Auth = Auth()
    request_model: str = ""
    response_model: str = ""
    status_codes: list[int] = []
    deprecated: bool = False
    summary: str = ""
    tests: list[str] = []
    source: Literal["code", "spec"] = "code"
    confidence: Confidence = "exact"
    id: str = ""  # stable between analyses; filled in when the report is put together


class Component(Struct, frozen=True, kw_only=True):
    """A part of a user interface, by the name that the code gives it. `kind`: function, class, memo, sfc …

    `selector` is how templates write it where that is not its name (Angular); `events` are those it declares to send,
    `slots` the places it leaves to whoever uses it ("default" for the one without a name).
    """

    name: str
    file: str
    line: int
    framework: str
    kind: str = "function"
    project: str = ""
    exported: bool = False
    selector: str = ""
    props: list[str] = []
    events: list[str] = []
    slots: list[str] = []
    routes: list[str] = []
    test_ids: list[str] = []
    forms: list[dict[str, Any]] = []


class ModelField(Struct, frozen=True, kw_only=True):
    """A field of a model, with the constraints that its declaration names."""

    name: str
    type: str = ""
    required: bool = True
    constraints: dict[str, Any] = {}


class Model(Struct, frozen=True, kw_only=True):
    """A declared shape of data: what a request or a response is made of."""

    name: str
    file: str
    line: int
    kind: str
    fields: list[ModelField] = []


class FoundFramework(Struct, frozen=True, kw_only=True):
    """A framework of a sub-project. `root` is the sub-project's directory, empty for the checkout itself."""

    name: str
    language: str
    kind: Literal["server", "client", "fullstack"]
    root: str = ""
    version: str = ""
    evidence: list[dict[str, Any]] = []  # [{"file", "line", "why"}]
    confidence: Confidence = "exact"


class Language(Struct, frozen=True, kw_only=True):
    """`share` is of all bytes that were counted, from 0 to 1."""

    name: str
    files: int
    bytes: int
    share: float


class TestFile(Struct, frozen=True, kw_only=True):
    """A file of tests; `cases` is how many it declares."""

    file: str
    framework: str
    cases: int


class Specification(Struct, frozen=True, kw_only=True):
    """A description of an API that lies in the repository."""

    file: str
    format: str
    operations: int


class Skipped(Struct, frozen=True, kw_only=True):
    """A file that was not read, or not to its end, and why."""

    file: str
    reason: str


class Reached(Struct, frozen=True, kw_only=True):
    """What was looked at, and which limits ended that.

    Of the files seen those of source code are read, and of these the ones parsed that have to do with what is found.
    `bytes` of the files read.
    """

    files_seen: int = 0
    files_read: int = 0
    files_parsed: int = 0
    bytes: int = 0
    truncated: bool = False
    skipped: list[Skipped] = []


class Analyzer(Struct, frozen=True, kw_only=True):
    """Who wrote the report."""

    version: str
    commit: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """All that an analysis found. `endpoints` are those routes that are operations of an API."""

    schema: int = SCHEMA_VERSION
    framework: str = "unknown"
    frameworks: list[FoundFramework] = []
    languages: list[Language] = []
    routes: list[Route] = []
    endpoints: list[Route] = []
    components: list[Component] = []
    models: list[Model] = []
    test_files: list[TestFile] = []
    specs: list[Specification] = []
    limits: Reached = Reached()
    analyzer: Analyzer = Analyzer(version="")

    def as_dict(self) -> dict[str, Any]:
        """Return the report in JSON's types."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain
