"""What a method reads by name of the request that it, or its class, is handed: `request.getParameter("page")`,
`uriInfo.getQueryParameters().getFirst("page")`, `headers.getHeaderString("X-Trace")`."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.java.annotations import Annotations
from github_connections.analysis.frameworks.java.jvm_methods import header_name
from github_connections.analysis.linking.values import ClassValue, is_known, text_of, type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

_REQUESTS = frozenset(
    {
        "ContainerRequestContext", "HttpHeaders", "HttpRequest", "HttpServletRequest", "MultipartHttpServletRequest",
        "NativeWebRequest", "ServerHttpRequest", "ServerWebExchange", "ServletRequest", "UriInfo", "WebRequest",
    }
)  # fmt: skip
_NAMED: dict[str, ParameterPlace] = {
    "getParameter": "query",
    "getParameterValues": "query",
    "getHeader": "header",
    "getHeaders": "header",
    "getHeaderString": "header",
    "getRequestHeader": "header",
    "getPart": "file",
    "getFile": "file",
    "getFiles": "file",
    "findCookie": "cookie",
}
# Of what `get` and `getFirst` ask for a name.
_HELD: dict[str, ParameterPlace] = {
    "getQueryParameters": "query",
    "getQueryParams": "query",
    "getParameters": "query",
    "getHeaders": "header",
    "getRequestHeaders": "header",
    "getCookies": "cookie",
}
_GETTERS = frozenset({"get", "getFirst", "getOrDefault"})
_HEADERS = "HttpHeaders"
_NAMES = (nodes.Text, nodes.Name, nodes.Member)


def read_by(
    annotations: Annotations, function: nodes.Function, owner: ClassValue, method: str, known: list[Parameter]
) -> list[Parameter]:
    """Return what a method reads of its request, each once, beside what is known of it already; what is not told from
    a form's fields is in the query where nothing else is sent."""
    if not function.body:
        return []
    taken = {one.name.lower() for one in known}
    requests = _requests(annotations, function, owner)
    found: dict[tuple[str, str], Parameter] = {}
    for node in nodes_in(list(function.body)):
        for place, asked in _asked(node, requests):
            name = header_name(text_of(annotations.interpreter.evaluate(asked, owner.scope)))
            if isinstance(asked, _NAMES) and is_known(name) and name.lower() not in taken:
                shown: ParameterPlace = "form" if method in rows.BRINGING and _is_of_servlet(node) else place
                found.setdefault((shown, name), Parameter(name=name, place=shown, required=False))
    return list(found.values())


def _requests(annotations: Annotations, function: nodes.Function, owner: ClassValue) -> dict[str, str]:
    """Return the names of requests, and of parts of them, with their types."""
    held = [
        (item.target.id, item.type)
        for part in annotations.lineage(owner)
        for item in part.node.body
        if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name)
    ]
    named = [*held, *((parameter.name, parameter.type) for parameter in function.parameters)]
    kinds = ((name, type_name(kind).partition("[")[0]) for name, kind in named)
    return {name: kind for name, kind in kinds if kind in _REQUESTS}


def _asked(node: nodes.Node, requests: dict[str, str]) -> Iterator[tuple[ParameterPlace, nodes.Expression]]:
    match node:
        case nodes.Call(function=nodes.Member(of=of, name=name), arguments=[nodes.Argument(value=asked), *_]):
            kind = requests.get(_root(of), "")
            if not kind:
                return
            place = _NAMED.get(name)
            if place is None and name in _GETTERS:
                inner = nodes.last_name(of.function) if isinstance(of, nodes.Call) else ""
                place = "header" if kind == _HEADERS and isinstance(of, nodes.Name) else _HELD.get(inner)
            if place is not None:
                yield place, asked


def _is_of_servlet(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and nodes.last_name(node.function).startswith("getParameter")


def _root(of: nodes.Expression) -> str:
    """`request` of `request.getHeaders()`, `this.request.getRequest()`."""
    while isinstance(of, nodes.Call | nodes.Member):
        if isinstance(of, nodes.Member) and of.of == nodes.Name("this"):
            return of.name
        of = of.function if isinstance(of, nodes.Call) else of.of
    return of.id if isinstance(of, nodes.Name) else ""
