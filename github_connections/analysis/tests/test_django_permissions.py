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
