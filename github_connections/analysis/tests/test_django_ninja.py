"""Django Ninja: where parameters are, what pages are asked by, and who may call."""

from github_connections.analysis.tests.test_models import analysed

STALLS = {
    "requirements.txt": "django\ndjango-ninja\n",
    "fair/settings.py": 'ROOT_URLCONF = "fair.urls"\n',
    "fair/urls.py": """from django.urls import path
from .api import api

urlpatterns = [path("api/", api.urls)]
""",
    "fair/api.py": """from ninja import Form, Header, NinjaAPI, PatchDict, Path, Query, Router, Schema
from ninja.pagination import PageNumberPagination, paginate
from ninja.security import HttpBearer, django_auth

class Known(HttpBearer):
    def authenticate(self, request, token): ...

class Day(Schema):
    year: int
    month: int

class Stall(Schema):
    name: str
    size: int = 1

api = NinjaAPI()

@api.get("/days/{year}/{month}")
@paginate(PageNumberPagination)
def day(request, day: Path[Day], stall: Query[Stall], x_sky: Header[str] = None): ...

@api.get("/all", auth=[Known(), django_auth])
@paginate
def every(request): ...

@api.post("/stalls")
def add(request, stall: Form[Stall], note: Form[str]): ...

@api.patch("/stalls")
def change(request, stall: PatchDict[Stall]): ...

known = Router(auth=Known())
api.add_router("/known", known)

@known.get("/stall")
def own(request): ...
""",
}


def _taken(route):
    return [(one.name, one.place, one.type, one.required) for one in route.params]


def test_ninja_says_in_brackets_where_a_parameter_is_and_pages_what_it_gives(tmp_path):
    rows = {(route.method, route.path): route for route in analysed(tmp_path, STALLS).routes}
    assert _taken(rows["GET", "/api/days/{year}/{month}"]) == [
        ("year", "path", "int", True),
        ("month", "path", "int", True),
        ("name", "query", "str", True),
        ("size", "query", "int", False),
        ("x-sky", "header", "str", False),
        ("page", "query", "int", False),
        ("page_size", "query", "int", False),
    ]
    assert [one.name for one in rows["GET", "/api/all"].params] == ["limit", "offset"]
    assert [by.name for by in rows["GET", "/api/all"].auth.by] == ["Known", "ninja.security.django_auth"]
    assert _taken(rows["POST", "/api/stalls"]) == [
        ("name", "form", "str", True),
        ("size", "form", "int", False),
        ("note", "form", "str", True),
    ]
    assert [one.place for one in rows["PATCH", "/api/stalls"].params] == ["body"]
    assert [by.name for by in rows["GET", "/api/known/stall"].auth.by] == ["Known"]
