"""What a function of Go reads of a request by a name: `c.Query("page")`, `r.Header.Get("X-Shop")`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.go import go_verbs
from github_connections.analysis.linking.values import type_name
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee
from github_connections.analysis.syntax.walking import nodes_in

# A method that is given a name → where what it reads stands, in Gin, Echo, Fiber and net/http.
_BY_NAME: dict[str, ParameterPlace] = {
    **dict.fromkeys(("Query", "DefaultQuery", "GetQuery", "QueryArray", "GetQueryArray", "QueryMap"), "query"),
    **dict.fromkeys(("QueryParam", "QueryParamOr", "QueryInt", "QueryBool", "QueryFloat"), "query"),
    **dict.fromkeys(("PostForm", "DefaultPostForm", "GetPostForm", "PostFormArray", "PostFormMap"), "form"),
    **dict.fromkeys(("FormValue", "PostFormValue"), "form"),
    "FormFile": "file",
    "GetHeader": "header",
    **dict.fromkeys(("Cookie", "Cookies"), "cookie"),
}
# What functions of the program are called that read it: `queryInt(r, "page", 1)`.
_BY_WORD: tuple[tuple[str, ParameterPlace], ...] = (
    ("query", "query"),
    ("formfile", "file"),
    ("form", "form"),
    ("header", "header"),
    ("cookie", "cookie"),
)
# What begins a chain of Echo's that has a method for each type: `echo.QueryParamsBinder(c).Int("page", &page)`.
_BINDERS: dict[str, ParameterPlace] = {"QueryParamsBinder": "query", "FormFieldBinder": "form"}
_TYPES = {"QueryInt": "int", "QueryBool": "bool", "QueryFloat": "float64"}
_MAPS: dict[str, ParameterPlace] = {"Header": "header", "Form": "form", "PostForm": "form"}
# Maps of which an entry is asked for: `form.File["photo"]`, `c.Queries()["page"]`.
_ENTRIES: dict[str, ParameterPlace] = {"File": "file", "Value": "form", "Queries": "query", "QueryParams": "query"}
_FORM = re.compile(r"form", re.IGNORECASE)
# What reads the query as well as a body; of `r.Form.Get("x")` too.
_OF_BOTH = re.compile(r"FormValue|Get|Has|")
_NAME = re.compile(r"[\w.\[\]-]+")
# `Query` of a database is given more than a name and a default.
_MOST_GIVEN = 2
# What a function is handed the request by.
_REQUESTS = ("http.Request", "gin.Context", "echo.Context", ".Ctx")


def is_handed(kind: str) -> bool:
    """Tell whether a parameter of this type holds a request; Go's own context does not."""
    return kind.endswith(_REQUESTS) or (kind.endswith("Context") and kind != "context.Context")


class Reads:
    """What the body of one function calls and assigns, and which of its names hold the request."""

    def __init__(self, node: nodes.Function, methods: list[str]) -> None:
        typed = [(one.name, type_name(one.type)) for one in node.parameters]
        self.handed = {name for name, kind in typed if is_handed(kind)}
        self._requests = {name for name, kind in typed if kind.endswith("http.Request")}
        self._contexts = {name for name, kind in typed if kind.endswith("fiber.Ctx")}
        self._reads_only = rows.READING.issuperset(methods)
        self.assigned: dict[str, nodes.Assign] = {}
        self.asked: list[nodes.Call | nodes.Item] = []
        for one in nodes_in(go_verbs.body_for(node, methods)):
            if isinstance(one, nodes.Call | nodes.Item):
                self.asked.append(one)
            elif isinstance(one, nodes.Assign):
                first = (
                    one.target.items[0] if isinstance(one.target, nodes.Sequence) and one.target.items else one.target
                )
                if isinstance(first, nodes.Name):
                    self.assigned.setdefault(first.id, one)

    def is_handed_on(self, call: nodes.Call) -> bool:
        """Tell whether a call is given the request first, or after the answer: `page(r)`, `bind(w, r, &order)`."""
        given = [one.value for one in call.arguments[:_MOST_GIVEN]]
        return any(isinstance(one, nodes.Name) and one.id in self.handed for one in given)

    def named(self, asked: nodes.Call | nodes.Item) -> Iterator[Parameter]:
        """Yield what is read by the name that a call is given, or under which a map is asked."""
        if isinstance(asked, nodes.Item):
            place, name, given = self._of_entries(asked.of), "", [asked.index]
        else:
            place, name, given = self._of_call(asked)
        if place == "form" and self._reads_only and _OF_BOTH.fullmatch(name):
            place = "query"  # where a request has no body, its form is its query
        if place is not None and given and isinstance(given[0], nodes.Text) and _NAME.fullmatch(given[0].value):
            # A second value is what is taken where nobody sends one.
            yield Parameter(name=given[0].value, place=place, type=_TYPES.get(name, ""), required=False)

    def _of_call(self, call: nodes.Call) -> tuple[ParameterPlace | None, str, list[nodes.Expression]]:
        function = nodes.without_arguments(call.function) if isinstance(call.function, nodes.Item) else call.function
        name = nodes.last_name(function)
        given = [one.value for one in call.arguments]
        if len(given) > 1 and isinstance(given[0], nodes.Name) and given[0].id in self.handed:
            place = next((place for word, place in _BY_WORD if word in name.lower()), None)
            return place, name, given[1:]
        of = function.of if isinstance(function, nodes.Member) else None
        return self._place(name, of, len(given)), name, given

    def _place(self, name: str, of: nodes.Expression | None, given: int) -> ParameterPlace | None:
        if name not in ("Get", "Has"):
            named = _BY_NAME.get(name) if given <= _MOST_GIVEN else None
            return named or (_bound_by(of) if of is not None and given == _MOST_GIVEN else None)
        if isinstance(of, nodes.Name) and of.id in self.assigned:
            of = self.assigned[of.id].value
        if isinstance(of, nodes.Name):  # Fiber's context has the headers; those of others have what was set before
            return "header" if of.id in self._contexts else None
        return self.values_in(of)

    def values_in(self, of: nodes.Expression | None) -> ParameterPlace | None:
        """`r.URL.Query().Get("page")`, `r.Header.Get("X-Token")`, `c.Request().Form.Get("name")`."""
        if isinstance(of, nodes.Call):
            made = of.function
            inner = made.of if isinstance(made, nodes.Member) else None
            is_query = getattr(made, "name", "") == "Query" and getattr(inner, "name", "") == "URL"
            return "query" if is_query or getattr(made, "name", "") == "QueryParams" else None
        if not isinstance(of, nodes.Member) or not self.is_request(of.of):
            return None
        return _MAPS.get(of.name)

    def _of_entries(self, of: nodes.Expression) -> ParameterPlace | None:
        """`r.URL.Query()["id"]`, `r.Form["id"]`, `form.File["photo"]` of a form of several parts."""
        if isinstance(of, nodes.Name) and of.id in self.assigned:
            of = self.assigned[of.id].value or of
        name = nodes.last_name(callee(of))
        if isinstance(of, nodes.Member) and name in ("File", "Value"):
            return _ENTRIES[name] if _FORM.search(nodes.last_name(of.of)) else None
        return self.values_in(of) or (_ENTRIES.get(name) if isinstance(of, nodes.Call) else None)

    def is_request(self, of: nodes.Expression) -> bool:
        """Tell whether something is the request at hand, and not one to, or an answer of, another server."""
        last = callee(of)
        return (isinstance(of, nodes.Name) and of.id in self._requests) or getattr(last, "name", "") == "Request"

    def is_body(self, given: nodes.Expression) -> bool:
        """Tell whether something is the request's body: `r.Body`, `c.Body()`, what was read of it before."""
        if isinstance(given, nodes.Name):
            read = self.assigned.get(given.id)
            given = read.value if read is not None and read.value is not None else given
        return any(
            isinstance(one, nodes.Member)
            and one.name in ("Body", "BodyRaw", "GetRawData")
            and (self.is_request(one.of) or (isinstance(one.of, nodes.Name) and one.of.id in self.handed))
            for one in nodes_in(given)
        )


def _bound_by(of: nodes.Expression) -> ParameterPlace | None:
    """`echo.QueryParamsBinder(c).Int("page", &page).Bool("all", &all)`."""
    inner: nodes.Expression = of
    while isinstance(inner, nodes.Call) and isinstance(inner.function, nodes.Member):
        if inner.function.name in _BINDERS:
            return _BINDERS[inner.function.name]
        inner = inner.function.of
    return None
