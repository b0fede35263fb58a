"""Django REST framework: who may call a view, and where that is said."""

from github_connections.analysis import Limits, in_process
from github_connections.analysis.tests.trees import make_tree

FILES = {
    "requirements.txt": "django\ndjangorestframework\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/settings.py": """INSTALLED_APPS = ["rest_framework"]
ROOT_URLCONF = "shop.urls"
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}
""",
    "shop/urls.py": """from django.urls import path
from shop import views

urlpatterns = [
    path("own", views.Own.as_view()),
    path("inherited", views.Inherited.as_view()),
    path("default", views.Default.as_view()),
    path("function", views.function),
]
""",
    "shop/views.py": """from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.views import APIView


class Own(APIView):
    permission_classes = [IsAdminUser]

    def get(self, request): ...


class Inherited(Own):
    def get(self, request): ...


class Default(APIView):
    def get(self, request): ...


@api_view(["GET"])
@permission_classes([AllowAny])
def function(request): ...
""",
}


def test_who_may_call_and_where_that_is_said(tmp_path):
    """By the class, by its base, by the settings, by a decorator: with the file and the line in each case."""
    report = in_process.analyze_here(make_tree(tmp_path / "shop", FILES), Limits(processes=1))
    said = {row.path: (row.auth.state, [(by.name, by.file, by.line) for by in row.auth.by]) for row in report.routes}
    assert said == {
        "/own": ("required", [("IsAdminUser", "shop/views.py", 7)]),
        "/inherited": ("required", [("IsAdminUser", "shop/views.py", 7)]),
        "/default": ("required", [("IsAuthenticated", "shop/settings.py", 3)]),
        "/function": ("none", [("AllowAny", "shop/views.py", 21)]),
    }


READ_BY_ALL = {
    **FILES,
    "shop/settings.py": """ROOT_URLCONF = "shop.urls"
REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"]}
""",
    "shop/urls.py": """from django.urls import path
from shop import views

urlpatterns = [
    path("class", views.Pens.as_view()), path("function", views.pens), path("chosen", views.Chosen.as_view()),
]
""",
    "shop/views.py": """from rest_framework.decorators import api_view
from rest_framework.generics import ListCreateAPIView


class Pens(ListCreateAPIView): ...


@api_view(["GET", "POST"])
def pens(request): ...


class Chosen(ListCreateAPIView):
    def get_permissions(self): ...
""",
}


def test_what_the_settings_let_everybody_read_needs_no_log_in_and_a_view_may_decide_by_itself(tmp_path):
    report = in_process.analyze_here(make_tree(tmp_path / "shop", READ_BY_ALL), Limits(processes=1))
    assert {(row.method, row.path): row.auth.state for row in report.routes} == {
        ("GET", "/class"): "none",
        ("POST", "/class"): "required",
        ("GET", "/function"): "none",
        ("POST", "/function"): "required",
        ("GET", "/chosen"): "unknown",
        ("POST", "/chosen"): "unknown",
    }


CHOSEN = {
    **FILES,
    "shop/urls.py": """from django.urls import include, path
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.routers import SimpleRouter
from shop import views

class OpenRouter(SimpleRouter):
    @property
    def urls(self):
        return super().urls + [path("more", views.Open.as_view())]

router = OpenRouter()
router.register("pens", views.Pens, basename="pen")
router.register("inks", views.Inks, basename="ink")
urlpatterns = [
    path("", include(router.urls)),
    path("open", views.Open.as_view()),
    path("both", views.Both.as_view()),
    path("counted", views.Counted.as_view()),
    path("either", views.Either.as_view()),
    path("own", views.Own.as_view()),
    path("opening", views.Opening.as_view()),
    path("token", views.Token.as_view()),
]
""",
    "shop/permissions.py": """from rest_framework.permissions import SAFE_METHODS, BasePermission

class IsCustomer(BasePermission):
    def has_permission(self, request, view):
        return request.user.kind == "customer"

class ReadsOrCounts(BasePermission):
    def has_permission(self, request, view):
        if request.method in SAFE_METHODS:
            return True
        return request.user.counts

class IsOpening(BasePermission):
    def has_permission(self, request, view):
        return clock.hour > 8
""",
    "shop/views.py": """from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAdminUser, IsAuthenticated
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet, ViewSet
from shop.permissions import IsCustomer, IsOpening, ReadsOrCounts

class Pens(ModelViewSet):
    def get_permissions(self):
        if self.action in ["list", "retrieve"]:
            permission_classes = [AllowAny]
        elif self.action == "create":
            permission_classes = [IsCustomer]
        else:
            permission_classes = [IsAdminUser]
        return [permission() for permission in permission_classes]

class Inks(ViewSet):
    def get_permissions(self):
        if self.request.method == "GET":
            return [AllowAny()]
        return super().get_permissions()

    def list(self, request): ...

    def create(self, request): ...

    @action(detail=False, permission_classes=[IsAuthenticated & IsCustomer])
    def dry(self, request): ...

class Open(APIView):
    permission_classes = ()
    def get(self, request): ...

class Counted(APIView):
    permission_classes = ()
    def initial(self, request, *args): ...
    def get(self, request): ...

class Both(APIView):
    permission_classes = [IsOpening & IsAuthenticated]
    def get(self, request): ...

class Either(APIView):
    permission_classes = [IsAdminUser | ReadsOrCounts]
    def get(self, request): ...
    def post(self, request): ...

class Own(APIView):
    permission_classes = [IsCustomer]
    def get(self, request): ...

class Opening(APIView):
    permission_classes = [IsOpening]
    def get(self, request): ...

class Token(ObtainAuthToken):
    throttle_classes = []
""",
}


def test_permissions_are_chosen_by_the_action_put_together_and_written_by_the_program(tmp_path):
    """Below a router of the program's that adds to the urls of the library's."""
    report = in_process.analyze_here(make_tree(tmp_path / "shop", CHOSEN), Limits(processes=1))
    said = {(row.method, row.path): row.auth for row in report.routes}
    assert {key: auth.state for key, auth in said.items()} == {
        ("GET", "/pens/"): "none",
        ("POST", "/pens/"): "required",
        ("GET", "/pens/{pk}/"): "none",
        **dict.fromkeys(((verb, "/pens/{pk}/") for verb in ("PUT", "PATCH", "DELETE")), "required"),
        ("GET", "/inks/"): "none",
        ("POST", "/inks/"): "required",
        ("GET", "/inks/dry/"): "required",
        ("GET", "/open"): "none",
        ("GET", "/more"): "none",
        ("GET", "/both"): "required",
        ("GET", "/counted"): "unknown",
        ("GET", "/either"): "none",
        ("POST", "/either"): "required",
        ("GET", "/own"): "required",
        ("GET", "/opening"): "unknown",
        ("POST", "/token"): "none",
    }
    assert [by.name for by in said["POST", "/pens/"].by] == ["IsCustomer"]
    assert [by.name for by in said["POST", "/inks/"].by] == ["IsAuthenticated"]


ASKED_OF_ALL = {
    **FILES,
    "shop/settings.py": """ROOT_URLCONF = "shop.urls"
MIDDLEWARE = [
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
""",
    "shop/urls.py": """from django.urls import path
from shop import views

urlpatterns = [
    path("page", views.page), path("shelf", views.Shelf.as_view()), path("door", views.door),
    path("hall", views.Hall.as_view()), path("enter", views.Enter.as_view()), path("api", views.api),
]
""",
    "shop/views.py": """from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.utils.decorators import method_decorator
from django.views import View
from rest_framework.decorators import api_view

def page(request): ...

class Shelf(View):
    def get(self, request): ...

@login_not_required
def door(request): ...

@method_decorator(login_not_required, name="dispatch")
class Hall(View):
    def get(self, request): ...

class Enter(LoginView):
    template_name = "enter.html"

@api_view(["GET"])
def api(request): ...
""",
}


def test_a_middleware_asks_for_a_log_in_before_all_views_but_those_that_say_otherwise(tmp_path):
    report = in_process.analyze_here(make_tree(tmp_path / "shop", ASKED_OF_ALL), Limits(processes=1))
    said = {row.path: (row.auth.state, [(by.name, by.file) for by in row.auth.by]) for row in report.routes}
    asked = ("required", [("LoginRequiredMiddleware", "shop/settings.py")])
    assert said == {
        **dict.fromkeys(("/page", "/shelf"), asked),
        **dict.fromkeys(("/door", "/hall", "/enter", "/api"), ("unknown", [])),
    }


DEPENDING = {
    **FILES,
    "shop/urls.py": """from django.urls import path
from rest_framework.routers import SimpleRouter
from shop import views

router = SimpleRouter()
router.register("negated", views.Negated, basename="negated")
router.register("nested", views.Nested, basename="nested")
router.register("tried", views.Tried, basename="tried")
urlpatterns = [path("read", views.Read.as_view()), path("strangers", views.Strangers.as_view()), *router.urls]
""",
    "shop/views.py": """from rest_framework.permissions import SAFE_METHODS, AllowAny, BasePermission, IsAuthenticated
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet


class Negated(ViewSet):
    def get_permissions(self):
        if not self.action == "list":
            return [IsAuthenticated()]
        return [AllowAny()]

    def create(self, request): ...


class Nested(ViewSet):
    def get_permissions(self):
        if self.action == "create":
            if self.request.query_params.get("invitation"):
                return [AllowAny()]
            return [IsAuthenticated()]
        return [IsAuthenticated()]

    def create(self, request): ...


class Tried(ViewSet):
    def get_permissions(self):
        return [AllowAny()] if self.action == "list" else [IsAuthenticated()]

    def create(self, request): ...


class Reading(BasePermission):
    def has_permission(self, request, view):
        if request.method in SAFE_METHODS:
            return request.user.is_authenticated
        return request.user.is_staff


class IsNotAuthenticated(BasePermission):
    def has_permission(self, request, view):
        return not request.user.is_authenticated


class Read(APIView):
    permission_classes = [Reading]
    def get(self, request): ...


class Strangers(APIView):
    permission_classes = [IsNotAuthenticated]
    def get(self, request): ...
""",
}


def test_what_depends_on_something_else_is_not_told(tmp_path):
    """Conditions that are turned round, stand in each other or in what is given back; who reads may be asked, too."""
    report = in_process.analyze_here(make_tree(tmp_path / "shop", DEPENDING), Limits(processes=1))
    assert {row.path: row.auth.state for row in report.routes} == {
        "/negated/": "unknown",
        "/nested/": "unknown",
        "/tried/": "unknown",
        "/read": "required",
        "/strangers": "unknown",
    }


MAPPED = {
    "requirements.txt": "django\ndjangorestframework\n",
    "shop/urls.py": """from rest_framework.routers import SimpleRouter
from shop.views import Pens

router = SimpleRouter()
router.register("pens", Pens)
urlpatterns = router.urls
""",
    "shop/views.py": """from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAdminUser
from rest_framework.viewsets import GenericViewSet
from shop.serializers import LabelSerializer


class Pens(GenericViewSet):
    permission_classes = [AllowAny]

    @action(detail=True, methods=["post"], permission_classes=[IsAdminUser], serializer_class=LabelSerializer)
    def label(self, request, pk): ...

    @label.mapping.put
    def relabel(self, request, pk): ...
""",
    "shop/serializers.py": """from rest_framework.serializers import Serializer

class LabelSerializer(Serializer): ...
""",
}


def test_what_is_mapped_to_an_action_has_its_permissions_and_its_serializer(tmp_path):
    """`@label.mapping.put` is another verb of the action, whatever the view set says for the others."""
    report = in_process.analyze_here(make_tree(tmp_path / "shop", MAPPED), Limits(processes=1))
    said = {row.method: (row.auth.state, [by.name for by in row.auth.by], row.request_model) for row in report.routes}
    assert said == dict.fromkeys(("POST", "PUT"), ("required", ["IsAdminUser"], "LabelSerializer"))
