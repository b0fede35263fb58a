"""Controllers of ASP.NET Core: attribute routes with their tokens, and conventional ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.csharp.aspnet_applications import Applications, Convention
from github_connections.analysis.frameworks.csharp.aspnet_attributes import (
    VERBS,
    Attribute,
    Attributes,
    answer_of,
    auth_of,
    model_of,
    status_codes,
)
from github_connections.analysis.frameworks.csharp.aspnet_parameters import parameters_of, path_types
from github_connections.analysis.frameworks.csharp.aspnet_requests import read_by
from github_connections.analysis.frameworks.csharp.aspnet_selectors import Action, Controller, methods_of, selectors_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import ClassValue, External, Value, is_known, text_of
from github_connections.analysis.report import ANY_METHOD, ParameterPlace, Place, Prefix, Route, RouteKind
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import without_return

WORDS = frozenset({*VERBS, "Route", "ApiController", "Controller", "ControllerBase", "AcceptVerbs", "ODataController"})
_BASES = frozenset(
    {"Controller", "ControllerBase", "ODataController", "ApiController", "AbpController", "AbpControllerBase"}
)
# The classes of Ardalis.ApiEndpoints are controllers of an API with one method each.
_ENDPOINTS = ("EndpointBase", "BaseAsyncEndpoint", "BaseEndpoint")
_PAGES = frozenset(
    {"View", "PartialView", "ViewComponent", "RedirectToAction", "RedirectToPage", "LocalRedirect", "Page"}
)
_TOKEN = re.compile(r"\[(controller|action|area)\]", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{(controller|action|area)(?:[:=][^{}]*)?\}", re.IGNORECASE)
_OPTIONAL = re.compile(r"/?\{(\w+)(?::[^{}?]*)?\?\}")
_NOT_ACTIONS = frozenset(
    {"constructor", "Dispose", "ToString", "Equals", "GetHashCode", "OnActionExecuting", "OnActionExecuted"}
)


def routes_of_controllers(interpreter: Interpreter, applications: Applications) -> Iterator[Route]:
    """Yield the rows of every controller of the program."""
    attributes = Attributes(interpreter)
    program = interpreter.program
    derived = frozenset(
        cls.node.name for file in program.with_words("csharp", WORDS) for cls in classes_in(file.scope) if cls.node.name
    )
    controllers = frozenset(name for name in derived if name.endswith(("Controller", "ControllerBase", "Endpoint")))
    for file in program.of_family("csharp"):
        if WORDS.isdisjoint(file.head.words) and controllers.isdisjoint(file.head.words) and not _named_so(file.head):
            continue
        for cls in classes_in(file.scope):
            controller = _controller(attributes, cls)
            if controller is not None:
                yield from _rows(attributes, controller, applications)


def _named_so(head: object) -> bool:
    return any(name.endswith("Controller") for name in getattr(head, "names", ()))


def _controller(attributes: Attributes, cls: ClassValue) -> Controller | None:
    node = cls.node
    if node.kind != "class" or "abstract" in node.modifiers or "static" in node.modifiers:
        return None
    lineage = [cls, *attributes.parts(cls), *attributes.lineage(cls)[1:]]
    by_owner = [attributes.of(owner.node.decorators, owner.scope) for owner in lineage]
    said = [attribute for group in by_owner for attribute in group]
    names = {attribute.name for attribute in said}
    bases = [base for part in lineage[: len(attributes.parts(cls)) + 1] for base in attributes.interpreter.bases(part)]
    libraries = {base.name.rpartition(".")[2] for base in bases if isinstance(base, External)}
    certain = not _BASES.isdisjoint(libraries) or not names.isdisjoint({"ApiController", "Controller"})
    if "NonController" in names:
        return None
    routes = next(
        (found for group in by_owner if (found := [item for item in group if item.name == "Route"])),
        [],
    )
    area = next((text_of(item.positional[0]) for item in said if item.name == "Area" and item.positional), "")
    name = node.name.removesuffix("Controller")
    is_api = "ApiController" in names or any(_is_endpoint(base) for base in bases)
    return Controller(cls, name, area, routes, said, certain, is_api)


def _is_endpoint(base: Value) -> bool:
    """`EndpointBase`, `EndpointBaseAsync.WithRequest<Order>.WithResult<Receipt>`."""
    return isinstance(base, External) and any(part.startswith(_ENDPOINTS) for part in base.name.split("."))


def _actions(attributes: Attributes, controller: Controller) -> Iterator[Action]:
    """Yield the public methods of a class and its bases; attributes of one that is overridden count where it has
    none."""
    taken: dict[tuple[str, int], list[Attribute]] = {}
    for owner in attributes.lineage(controller.cls):
        found: dict[tuple[str, int], list[Attribute]] = {}
        for method in owner.node.body:
            if not isinstance(method, nodes.Function) or "static" in method.modifiers or method.receiver is not None:
                continue
            said = attributes.of(method.decorators, owner.scope)
            key = (method.name, len(method.parameters))
            counts = any(item.name in VERBS or item.name in ("Route", "AcceptVerbs", "NonAction") for item in said)
            if "public" not in method.modifiers or method.name in _NOT_ACTIONS or key in taken:
                continue
            if "override" in method.modifiers and not counts:
                continue  # the attributes are those of the method that it takes the place of
            found[key] = said
            if not any(item.name == "NonAction" for item in said):
                yield Action(method, owner, _action_name(method, said), said)
        taken.update(found)


def _action_name(method: nodes.Function, said: list[Attribute]) -> str:
    given = next((item for item in said if item.name == "ActionName" and item.positional), None)
    return text_of(given.positional[0]) if given else method.name.removesuffix("Async") or method.name


def _rows(attributes: Attributes, controller: Controller, applications: Applications) -> Iterator[Route]:
    file = controller.cls.scope.file
    application = applications.of(file)
    for action in _actions(attributes, controller):
        selectors = list(selectors_of(controller, action, application.route_prefixes))
        for method, prefixes, last, place in selectors:
            yield _row(
                attributes, controller, action, method, [*application.prefixes, *prefixes], last, place, applications
            )
        if not selectors and controller.certain and not controller.routes:
            for convention in application.conventions_for(controller.area, controller.name, action.name):
                yield from _conventional(attributes, controller, action, convention, application.prefixes, applications)


def _row(
    attributes: Attributes,
    controller: Controller,
    action: Action,
    method: str,
    prefixes: list[Prefix],
    last: str,
    place: Place,
    applications: Applications,
) -> Route:
    joined = rows.path_below(prefixes, last)
    path = paths.from_braces(_filled(joined, controller, action, applications))
    names = {name.lower() for name, _ in paths.variables(path)}
    of_models = _place_of_models(controller, method)
    sends = controller.is_api and method in rows.BRINGING
    scope = action.owner.scope
    params, body = parameters_of(attributes, action.function, scope, names, of_models, takes_unknown=sends)
    params += read_by(attributes.interpreter, action.function, scope, [*rows.path_parameters(path), *params])
    said = auth_of([action.attributes, controller.attributes])
    in_path = rows.path_parameters(path, rows_types(joined))
    types = path_types(action.function, attributes, scope)
    return Route(
        method=method,
        path=path,
        file=place.file,
        line=place.line,
        framework="aspnet",
        kind="api" if any(one.place == "body" for one in params) else _kind(controller, action),
        handler=f"{controller.cls.node.name}.{action.function.name}",
        raw_path=last,
        prefixes=[prefix for prefix in prefixes if prefix.value.strip("/")],
        params=[*(replace(one, type=types.get(one.name.lower()) or one.type) for one in in_path), *params],
        auth=said if said.state != "unknown" else applications.of(controller.cls.scope.file).auth,
        request_model=body,
        response_model=model_of(action.function.returns) or answer_of(action.attributes),
        status_codes=status_codes(action.attributes),
        confidence="exact" if is_known(path) else "partial",
    )


def _place_of_models(controller: Controller, method: str) -> ParameterPlace:
    """An API takes its models from the body; other controllers from forms, and from the query where none is sent."""
    if controller.is_api:
        return "body"
    return "query" if method in ("GET", "HEAD", "DELETE") else "form"


def rows_types(path: str) -> dict[str, str]:
    """Return the constraints of a path's variables by their names: `{id:int}`."""
    return {match.group(1): match.group(2) for match in re.finditer(r"\{\**(\w+):(\w+)", path)}


def _filled(path: str, controller: Controller, action: Action, applications: Applications) -> str:
    """Put the names of the controller, the action and the area where their tokens stand."""
    words = {"controller": controller.name, "action": action.name, "area": controller.area}
    slug = applications.of(controller.cls.scope.file).slugifies

    def word(match: re.Match[str]) -> str:
        found = words[match.group(1).lower()]
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", found).lower() if slug else found

    return _TOKEN.sub(word, path)


def _conventional(
    attributes: Attributes,
    controller: Controller,
    action: Action,
    convention: Convention,
    prefixes: list[Prefix],
    applications: Applications,
) -> Iterator[Route]:
    words = {"controller": controller.name, "action": action.name, "area": controller.area}
    taken = {parameter.name.lower() for parameter in action.function.parameters}
    pattern = _PLACEHOLDER.sub(lambda match: words[match.group(1).lower()], convention.pattern)
    pattern = _OPTIONAL.sub(lambda match: match.group() if match.group(1).lower() in taken else "", pattern)
    verbs = [item for item in action.attributes if item.name in VERBS or item.name == "AcceptVerbs"]
    place = verbs[0].place if verbs else Place(action.owner.scope.file.path, action.function.line)
    for method in [name for item in verbs for name in methods_of(item)] or [ANY_METHOD]:
        yield _row(attributes, controller, action, method, prefixes, pattern, place, applications)


def _kind(controller: Controller, action: Action) -> RouteKind:
    """A controller of an API answers with data; of others those actions that show a page."""
    if controller.is_api:
        return "api"
    called = {_called(statement) for statement in action.function.body}
    return "page" if not _PAGES.isdisjoint(called) else "api"


def _called(statement: nodes.Statement) -> str:
    value = without_return(statement)
    function = value.function if isinstance(value, nodes.Call) else None
    return nodes.last_name(function)
