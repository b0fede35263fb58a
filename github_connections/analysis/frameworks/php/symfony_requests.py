"""What a Symfony controller's method takes, by attributes and out of the request, and whether it shows a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.php.fos_parameters import fetched
from github_connections.analysis.frameworks.php.php_types import SCALARS
from github_connections.analysis.frameworks.php.symfony_forms import Forms
from github_connections.analysis.frameworks.php.symfony_mapped import mapped, payload_of
from github_connections.analysis.linking.classes import methods
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import ANY_METHOD, Parameter, ParameterPlace, RouteKind
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# The bags of a request: `$request->query->get('page')`.
_BAGS: dict[str, ParameterPlace] = {
    "query": "query", "request": "form", "files": "file", "headers": "header", "cookies": "cookie",
}  # fmt: skip
_READ = {
    "get": "", "getInt": "int", "getBoolean": "bool", "getString": "string", "getAlpha": "string", "getAlnum": "string",
    "getDigits": "string", "getEnum": "string", "all": "array", "has": "", "filter": "",
}  # fmt: skip
_PAGES = frozenset({
    "render", "renderForm", "renderView", "renderBlock", "createForm", "createFormBuilder", "redirectToRoute",
    "redirect", "RedirectResponse",
})  # fmt: skip
# Controllers of the framework, that routing files name.
_OF_SYMFONY: dict[str, RouteKind] = {"TemplateController": "page", "RedirectController": "redirect"}
_API = re.compile(r"(^|/)api(/|$)")
_LOGS_OUT = frozenset({"logout", "logoutAction"})  # the firewall answers
_METHODS_AT_MOST = 8  # that are looked through for one route
_WITHOUT_BODY = rows.WITHOUT_BODY | {ANY_METHOD}


class Methods:
    """What methods of controllers take and show; each is read once, however many routes lead to it."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._forms = Forms(interpreter)
        self._called: dict[int, list[tuple[ClassValue, nodes.Function]]] = {}
        self._own: dict[int, dict[str, tuple[ClassValue, nodes.Function]]] = {}
        self._names: dict[int, list[str]] = {}  # of the methods that each calls
        self._shows: dict[int, bool] = {}
        self._reads: dict[int, list[tuple[str, ParameterPlace | None, str]]] = {}

    def kind_of(self, cls: ClassValue | None, method: nodes.Function | None, path: str, handler: str = "") -> RouteKind:
        """Return `page` for what renders a template, shows a form or leads to another page; where nobody knows who
        answers, the path decides."""
        of_symfony = handler.rpartition("\\")[2].partition("::")[0].partition(":")[0]
        if of_symfony in _OF_SYMFONY:
            return _OF_SYMFONY[of_symfony]
        if _API.search(path) or (method is not None and nodes.bare_name(method.returns).endswith("JsonResponse")):
            return "api"
        if method is None or cls is None or method.name in _LOGS_OUT:
            return "page"
        return "page" if any(self._shows_a_page(one) for _owner, one in self._called_by(cls, method)) else "api"

    def _shows_a_page(self, method: nodes.Function) -> bool:
        if id(method) not in self._shows:
            self._shows[id(method)] = _shows_a_page(method)
        return self._shows[id(method)]

    def parameters_of(
        self, cls: ClassValue | None, method: nodes.Function | None, verb: str, in_path: list[Parameter]
    ) -> list[Parameter]:
        """Return the variables of a path with the types that the method gives them, and what else it takes; `cls` is
        where the method is written."""
        if method is None or cls is None:
            return in_path
        called = self._called_by(cls, method)
        for _owner, inner in called:
            if id(inner) not in self._reads:
                self._reads[id(inner)] = list(dict.fromkeys(_read(inner)))
        types = {
            item.name.lstrip("$"): nodes.bare_name(item.type)
            for item in method.parameters
            if nodes.bare_name(item.type) in SCALARS
        }
        found = {one.name: replace(one, type=types.get(one.name, one.type)) for one in in_path}
        by_verb: ParameterPlace = "query" if verb in _WITHOUT_BODY else "form"
        for one in (
            *mapped(self._interpreter, method, cls.scope),
            *fetched(method),
            *(
                Parameter(name=name, place=place or by_verb, type=kind, required=False)
                for _owner, inner in called
                for name, place, kind in self._reads[id(inner)]
            ),
            *(field for owner, inner in called for field in self._forms.fields_of(inner, owner.scope)),
        ):
            if verb not in rows.READING or one.place not in rows.BROUGHT:
                found.setdefault(one.name, one)
        return list(found.values())

    def _called_by(self, cls: ClassValue, method: nodes.Function) -> list[tuple[ClassValue, nodes.Function]]:
        """Return a method and those of its class that it calls, with their owners, each once."""
        if id(method) not in self._called:
            if id(cls.node) not in self._own:
                own = list(methods(self._interpreter, cls))
                self._own[id(cls.node)] = {item.name: (owner, item) for owner, item in own}
            found = {id(method): (cls, method)}
            waiting = [method]
            for item in waiting:  # it grows
                for name in self._names_called_by(item):
                    inner = self._own[id(cls.node)].get(name)
                    if inner is not None and id(inner[1]) not in found and len(found) < _METHODS_AT_MOST:
                        found[id(inner[1])] = inner
                        waiting.append(inner[1])
            self._called[id(method)] = list(found.values())
        return self._called[id(method)]

    def _names_called_by(self, method: nodes.Function) -> list[str]:
        if id(method) not in self._names:
            self._names[id(method)] = list(dict.fromkeys(_called_on_itself(method)))
        return self._names[id(method)]


def _called_on_itself(method: nodes.Function) -> Iterator[str]:
    for call in nodes_in(method.body):
        match call:
            case nodes.Call(function=nodes.Member(of=nodes.Name(id="this" | "$this"), name=name)):
                yield name


def _shows_a_page(method: nodes.Function) -> bool:
    if any(nodes.bare_name(item) == "Template" for item in method.decorators):
        return True
    return any(isinstance(item, nodes.Call) and nodes.bare_name(item) in _PAGES for item in nodes_in(method.body))


def model_of(method: nodes.Function | None) -> str:
    """Return the class that the body of a request is read into."""
    if method is None:
        return ""
    payload = payload_of(method)
    if payload:
        return payload
    for item in nodes_in(method.body):
        match item:
            case nodes.Call(
                function=nodes.Member(name="deserialize"),
                arguments=[nodes.Argument(value=given), nodes.Argument(value=nodes.Member(of=of, name="class")), *_],
            ) if _is_call_of(given, "getContent", _requests_of(method)):
                return nodes.bare_name(of)
    return ""


def _requests_of(method: nodes.Function) -> set[str]:
    return {item.name for item in method.parameters if nodes.bare_name(item.type) == "Request"}


def _read(method: nodes.Function) -> Iterator[tuple[str, ParameterPlace | None, str]]:
    """`$request->query->getInt('page')`, `$request->getPayload()->get('title')`; without a place what
    `$request->get('page')` looks for, in the query and in a form."""
    requests, known = _requests_of(method), list(nodes_in(method.body))
    assigned = [item for item in known if isinstance(item, nodes.Assign) and isinstance(item.target, nodes.Name)]
    texts = {getattr(one.target, "id", "") for one in assigned if _is_call_of(one.value, "getContent", requests)}
    decoded = {getattr(one.target, "id", "") for one in assigned if _is_body(one.value, requests, texts)}
    called = {id(item.function) for item in known if isinstance(item, nodes.Call)}
    for item in known:
        match item:
            case nodes.Item(of=of, index=nodes.Text(value=name)) | nodes.Member(of=of, name=name) if id(
                item
            ) not in called and (_is_body(of, requests, texts) or (isinstance(of, nodes.Name) and of.id in decoded)):
                yield name, "body", ""
            case nodes.Call(
                function=nodes.Member(of=of, name=word), arguments=[nodes.Argument(value=nodes.Text(value=name)), *_]
            ) if word in _READ:
                place = _place(of, requests)
                if place is not None:
                    yield name, place or None, _READ[word]


def _is_body(written: nodes.Expression | None, requests: set[str], texts: set[str]) -> bool:
    """Tell whether something is the body's JSON: `json_decode($request->getContent(), true)`, `$request->toArray()`;
    `texts` are variables that hold its text."""
    match written:
        case nodes.Call(function=nodes.Name(id="json_decode"), arguments=[nodes.Argument(value=inner), *_]):
            is_text = isinstance(inner, nodes.Name) and inner.id in texts
            return is_text or _is_call_of(inner, "getContent", requests)
    return _is_call_of(written, "toArray", requests)


def _is_call_of(written: nodes.Expression | None, method: str, requests: set[str]) -> bool:
    match written:
        case nodes.Call(function=nodes.Member(of=nodes.Name(id=name), name=called)):
            return name in requests and called == method
    return False


def _place(of: nodes.Expression, requests: set[str]) -> ParameterPlace | Literal[""] | None:
    """Return where a bag is from; empty for the request itself, None for anything else."""
    match of:
        case nodes.Member(of=nodes.Name(id=name), name=bag) if name in requests:
            return _BAGS.get(bag)
        case nodes.Call(function=nodes.Member(of=nodes.Name(id=name), name="getPayload")) if name in requests:
            return "body"
        case nodes.Name(id=name) if name in requests:
            return ""
    return None
