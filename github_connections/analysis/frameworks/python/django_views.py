"""What a Django view answers to: its verbs, whether it is an API, who must be logged in."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.python import (
    django_forms,
    django_handing_on,
    django_ninja,
    django_requests,
    django_rest_permissions,
    django_rest_queries,
    django_rest_serializers,
    django_rest_viewsets,
    python_guards,
    python_requests,
    python_views,
)
from github_connections.analysis.linking.classes import library_bases
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import (
    ClassValue,
    FunctionValue,
    MapValue,
    ObjectValue,
    Thing,
    Value,
    texts_of,
)
from github_connections.analysis.report import ANY_METHOD, Auth, Parameter
from github_connections.analysis.syntax import nodes

# The verbs of the generic views, by the last part of their name.
GENERIC = {
    **dict.fromkeys(("TemplateView", "ListView", "DetailView", "RedirectView", "ArchiveIndexView"), ("GET",)),
    **dict.fromkeys(
        ("YearArchiveView", "MonthArchiveView", "DayArchiveView", "DateDetailView", "TodayArchiveView"), ("GET",)
    ),
    **dict.fromkeys(("FormView", "CreateView", "UpdateView", "ProcessFormView", "BaseFormView"), ("GET", "POST")),
    **dict.fromkeys(("DeleteView", "BaseDeleteView"), ("GET", "POST", "DELETE")),
    **dict.fromkeys(
        ("LoginView", "PasswordChangeView", "PasswordResetView", "PasswordResetConfirmView"), ("GET", "POST")
    ),
    **dict.fromkeys(("PasswordChangeDoneView", "PasswordResetDoneView", "PasswordResetCompleteView"), ("GET",)),
    **dict.fromkeys(
        ("LogoutView", "TokenObtainPairView", "TokenRefreshView", "TokenVerifyView", "TokenBlacklistView"), ("POST",)
    ),
    **dict.fromkeys(
        ("TokenObtainSlidingView", "ObtainAuthToken", "CreateAPIView", "obtain_auth_token", "obtain_jwt_token"),
        ("POST",),
    ),
    **dict.fromkeys(("refresh_jwt_token", "verify_jwt_token"), ("POST",)),
    **dict.fromkeys(("ListAPIView", "RetrieveAPIView", "SpectacularAPIView", "SpectacularSwaggerView"), ("GET",)),
    **dict.fromkeys(
        (
            "SpectacularRedocView",
            "SpectacularJSONAPIView",
            "SpectacularYAMLAPIView",
            "JavaScriptCatalog",
            "JSONCatalog",
            "WSGIHandler",
            "serve",
        ),
        ("GET",),
    ),
    "ListCreateAPIView": ("GET", "POST"),
    "UpdateAPIView": ("PUT", "PATCH"),
    "DestroyAPIView": ("DELETE",),
    "RetrieveUpdateAPIView": ("GET", "PUT", "PATCH"),
    "RetrieveDestroyAPIView": ("GET", "DELETE"),
    "RetrieveUpdateDestroyAPIView": ("GET", "PUT", "PATCH", "DELETE"),
    "GraphQLView": ("GET", "POST"),
    **dict.fromkeys(("bad_request", "permission_denied", "page_not_found", "server_error", "sitemap"), ("GET",)),
    **dict.fromkeys(("with_ui", "without_ui", "get_schema_view"), ("GET",)),  # drf-yasg, REST framework
    "SocialLoginView": ("POST",),
}
# What other libraries' views end in, and what these answer to.
ENDINGS = (
    (("ListView", "DetailView", "TemplateView", "TableView", "FilterView", "RedirectView"), ("GET",)),
    (("CreateView", "UpdateView", "DeleteView", "FormView", "FormsetView", "WizardView"), ("GET", "POST")),
)
DECORATED = {"require_GET": ("GET",), "require_POST": ("POST",), "require_safe": ("GET", "HEAD")}
# What a generic view has to get together what it shows.
_PREPARING = ("get_queryset", "get_context_data")
# What REST framework's generic views ask to do it, where a view has it of its own.
_DOING = {"GET": ("list", "retrieve"), "POST": ("create",), "PUT": ("update",), "PATCH": ("partial_update", "update")}
# REST framework's views that show a list by themselves.
_LISTING = frozenset({"ListAPIView", "ListCreateAPIView", "ListModelMixin"})
API_WORDS = frozenset({"JsonResponse", "api_view"})


class View(Struct, frozen=True):
    """One view, as far as its routes are concerned."""

    methods: tuple[str, ...]
    name: str
    is_api: bool
    auth_of: Callable[[str], Auth]
    # Whether the verbs are what the code says, not only what it does with a request.
    is_said: bool = True
    # The models that a verb takes and gives.
    bodies: Callable[[str], tuple[str, str]] = lambda _: ("", "")
    # What a request with a verb brings, beside what its path holds.
    parameters: Callable[[str], list[Parameter]] = lambda _: []


def describe(interpreter: Interpreter, view: Value, default: Auth) -> View:
    """Return what a view in a urlconf answers to; `default` is the permission that settings give to API views."""
    view = python_views.unwrapped(view)
    if isinstance(view, django_rest_viewsets.ViewSetView):
        return View(
            tuple(view.verbs),
            view.name,
            True,
            lambda method: view.auth_of(interpreter, method, default),
            bodies=lambda method: view.bodies(interpreter, method),
            parameters=lambda method: view.parameters(interpreter, method),
        )
    if isinstance(view, django_ninja.Operation):
        return View(
            tuple(view.verbs),
            view.name,
            True,
            lambda _: view.auth(),
            bodies=lambda _: view.bodies(interpreter),
            parameters=lambda _: view.parameters(interpreter),
        )
    if isinstance(view, MapValue):
        answers = [value for value in view.entries.values() if value is not None]
        name = rows.name_of(answers[0]) if len(answers) == 1 else ""
        return View(tuple(view.entries), name, bool(answers), lambda _: Auth())
    cls = python_views.view_class(view)
    if cls is not None:
        return _of_class(interpreter, view, cls, default)
    if isinstance(view, Thing) and view.kind is python_views.VIEW:
        return _of_library(view.data["class"])
    if isinstance(view, FunctionValue):
        return _of_function(interpreter, view, default)
    if isinstance(view, ObjectValue) and view.cls is not None:  # a feed, a sitemap
        return View(("GET",), rows.name_of(view), False, lambda _: Auth(), False)
    return _of_library(view)


def answers_by_verb(said: Value) -> MapValue | None:
    """Return who answers each verb where a pattern says so to a view that hands on: `{"GET": users, "POST": add}`."""
    if not isinstance(said, MapValue):
        return None
    answers = {name: value for name, value in said.entries.items() if name in django_requests.ORDER}
    return MapValue(answers, said.place) if answers else None


def _of_library(view: Value) -> View:
    name = rows.name_of(view).removesuffix("()").removesuffix(".as_view")
    verbs = _of_generic(name) or (ANY_METHOD,)
    return View(tuple(verbs), name, "rest_framework" in name or "api" in name.lower().split("."), lambda _: Auth())


def _of_generic(name: str) -> tuple[str, ...]:
    """Return the verbs of a view of a library, by what it is called; nothing where that says nothing."""
    last = name.rpartition(".")[2]
    if last in GENERIC:
        return GENERIC[last]
    return next((verbs for endings, verbs in ENDINGS if last.endswith(endings)), ())


def _of_class(interpreter: Interpreter, view: Value, cls: ClassValue, default: Auth) -> View:
    bases = library_bases(interpreter, cls)
    is_api = any(name.startswith("rest_framework") for name in bases) or _answers_json(interpreter, cls)
    mapped = _mapped(view)
    verbs = list(mapped) or _verbs_of_class(interpreter, view, cls, bases)

    def auth_of(method: str) -> Auth:
        if any(name.startswith("rest_framework") for name in bases):
            return django_rest_permissions.auth_of_view(interpreter, cls, method, default)
        function = interpreter.member(cls, method.lower())
        found = python_guards.auth_of(interpreter, [cls, function, interpreter.member(cls, "dispatch")])
        return found if found.by else python_views.auth_of_bases(interpreter, cls)

    def answering(method: str) -> list[Value]:
        doing = _DOING.get(method, ()) if is_api and not mapped else ()
        return [interpreter.member(cls, name) for name in (mapped.get(method, method.lower()), *doing)]

    def bodies(method: str) -> tuple[str, str]:
        answers = not isinstance(interpreter.member(cls, method.lower()), FunctionValue)
        if not is_api:
            return "", ""
        serializer = django_rest_serializers.of_view(interpreter, cls)
        said = django_rest_serializers.bodies(method, serializer, answers=answers)
        return django_rest_serializers.used_by(interpreter, answering(method), method, said, serializer)

    def parameters(method: str) -> list[Parameter]:
        preparing = [interpreter.member(cls, name) for name in (_PREPARING if method == "GET" else ())]
        read = _read_by(interpreter, [*answering(method), *preparing], method, is_api=is_api)
        if method == "POST" and not is_api:
            return rows.each_once([*read, *django_forms.of_class(interpreter, cls)])
        lists = method == "GET" and any(name.rpartition(".")[2] in _LISTING for name in bases)
        return (
            rows.each_once([*read, *django_rest_queries.asked_of_list(interpreter, cls)]) if lists and is_api else read
        )

    return View(tuple(verbs) or (ANY_METHOD,), cls.node.name, is_api, auth_of, bodies=bodies, parameters=parameters)


def _verbs_of_class(interpreter: Interpreter, view: Value, cls: ClassValue, bases: list[str]) -> list[str]:
    verbs = python_views.own_verbs(interpreter, cls)
    for name in bases:
        verbs += [verb for verb in _of_generic(name) if verb not in verbs]
    verbs = [verb for verb in (*django_requests.ORDER, *verbs) if verb in verbs]
    verbs = list(dict.fromkeys(python_views.allowed(interpreter, cls, "http_method_names", verbs)))
    names = {name.upper() for name in texts_of(_argument(view, "http_method_names"))}
    return [verb for verb in verbs if verb in names] if names else verbs


def _read_by(interpreter: Interpreter, functions: list[Value], method: str, *, is_api: bool) -> list[Parameter]:
    """Return what functions read of a request, one by one and by the serializers and the forms that they fill."""
    asked = django_rest_serializers.asked_by(interpreter, functions, method) if is_api else []
    read = rows.each_once([*python_requests.of_functions(functions, method), *asked])
    if method in rows.READING:
        return read
    forms = [django_forms.of_function(interpreter, one) for one in functions if isinstance(one, FunctionValue)]
    return rows.each_once([*read, *(one for form in forms for one in form)])


def _mapped(view: Value) -> dict[str, str]:
    """Return `{"GET": "list"}` of `ViewSet.as_view({"get": "list"})`."""
    actions = _argument(view, "actions", 0)
    return {verb.upper(): str(name) for verb, name in actions.entries.items()} if isinstance(actions, MapValue) else {}


def _argument(view: Value, name: str, position: int = 99) -> Value:
    """Return what `X.as_view(…)` was given."""
    call = view.data.get("arguments") if isinstance(view, Thing) else None
    return call.value(position, name) if call is not None else None


def _answers_json(interpreter: Interpreter, cls: ClassValue) -> bool:
    return any(python_views.uses(interpreter.member(cls, verb), API_WORDS) for verb in http_verbs.OF_APIS)


def _of_function(interpreter: Interpreter, view: FunctionValue, default: Auth) -> View:
    verbs: list[str] = []
    handed = django_handing_on.handed_to(interpreter, view)
    is_api = any(python_views.uses(one, API_WORDS) for one in (view, *handed))
    for decorator in view.node.decorators:
        name = nodes.bare_name(decorator)
        verbs += DECORATED.get(name) or django_requests.verbs_said(decorator)
        if name in ("require_http_methods", "api_view") and isinstance(decorator, nodes.Call):
            listed = [texts_of(interpreter.evaluate(item.value, view.scope)) for item in decorator.arguments[:1]]
            verbs += [method.upper() for texts in listed for method in texts] or ["GET"]
        elif name == "api_view":
            verbs.append("GET")
        is_api = is_api or name == "api_view"
    is_said = bool(verbs)
    verbs = verbs or django_requests.verbs_by_use(interpreter, view)
    decorated = _auth_of_function(interpreter, view)
    is_of_rest = any(nodes.bare_name(item) == "api_view" for item in view.node.decorators)

    def auth_of(method: str) -> Auth:
        if decorated.by or not is_of_rest:
            return decorated
        return django_rest_permissions.auth_of_function(interpreter, view, method, default)

    def bodies(method: str) -> tuple[str, str]:
        no = ("", "")
        return django_rest_serializers.used_by(interpreter, [view, *handed], method, no) if is_of_rest else no

    return View(
        tuple(dict.fromkeys(verbs)),
        view.node.name,
        is_api,
        auth_of,
        is_said,
        bodies=bodies,
        parameters=lambda method: _read_by(interpreter, [view, *handed], method, is_api=is_api),
    )


def _auth_of_function(interpreter: Interpreter, view: FunctionValue, deep: int = 0) -> Auth:
    """Return who may call a view, or all of the functions that it hands its request on to."""
    found = python_guards.auth_of(interpreter, [view])
    if found.by or deep == django_handing_on.MAXIMUM_DEEP:
        return found
    handed = django_handing_on.handed_to(interpreter, view)
    asked = [_auth_of_function(interpreter, one, deep + 1) for one in handed]
    is_asked = asked and all(one.state == "required" for one in asked)
    return Auth(state="required", by=[source for one in asked for source in one.by]) if is_asked else Auth()
