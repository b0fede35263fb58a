"""What decorators list by name that a view of Flask takes, and what REST framework's generic views read themselves."""

from github_connections.analysis.tests.test_models import analysed

PENS = """from flask import Flask
from flask_apispec import use_kwargs
from flask_jwt_extended import jwt_optional
from flask_smorest import Blueprint
from marshmallow import Schema, fields

app = Flask(__name__)
pens = Blueprint("pens", __name__)

class Paging(Schema):
    page = fields.Int(required=True)

class Filters(Paging):
    colour = fields.Str(data_key="c")

@app.get("/pens")
@jwt_optional
@use_kwargs({"tag": fields.Str(), "limit": fields.Int(required=True)})
def listed(**given): ...

@app.post("/pens")
@use_kwargs({"colour": fields.Str()})
def made(colour): ...

@pens.route("/sorted")
@pens.arguments(Filters, location="query")
def sorted_pens(filters): ...

app.register_blueprint(pens)
"""
NOTES = {
    "requirements.txt": "django\ndjangorestframework\n",
    "notes/settings.py": 'ROOT_URLCONF = "notes.urls"\nINSTALLED_APPS = []\n',
    "notes/urls.py": """from django.urls import path
from rest_framework import generics

class Notes(generics.ListCreateAPIView):
    def list(self, request):
        return request.query_params.get("word")

    def create(self, request, *args):
        return request.data.get("note")

class Note(generics.UpdateAPIView):
    def update(self, request, *args):
        return request.data["text"]

urlpatterns = [path("notes/", Notes.as_view()), path("note/", Note.as_view())]
""",
}


def _taken(report):
    return {
        (route.method, route.path): [(one.name, one.place, one.type, one.required) for one in route.params]
        for route in report.routes
    }


def test_decorators_list_what_a_view_takes(tmp_path):
    """A mapping of fields, and a schema of the query; of a view that is read from, all are in the query."""
    report = analysed(tmp_path, {"requirements.txt": "flask\nflask-apispec\n", "pens.py": PENS})
    assert _taken(report) == {
        ("GET", "/pens"): [("tag", "query", "Str", False), ("limit", "query", "Int", True)],
        ("POST", "/pens"): [("colour", "body", "Str", False)],
        ("GET", "/sorted"): [("page", "query", "Int", True), ("c", "query", "Str", False)],
    }
    said = {(route.method, route.path): route.auth.state for route in report.routes}
    assert said["GET", "/pens"] == "optional"


def test_generic_views_read_where_they_do_it(tmp_path):
    """`create` answers a POST, `update` a PUT and a PATCH."""
    assert _taken(analysed(tmp_path, NOTES)) == {
        ("GET", "/notes/"): [("word", "query", "", False)],
        ("POST", "/notes/"): [("note", "body", "", False)],
        ("PUT", "/note/"): [("text", "body", "", True)],
        ("PATCH", "/note/"): [("text", "body", "", True)],
    }


TOYS = """from flask import Flask
from flask_restful import reqparse
from flask_restx import Api, Resource, fields

app = Flask(__name__)
api = Api(app)
toy = api.model("Toy", {"id": fields.Integer(readonly=True), "name": fields.String(required=True)})
car = api.inherit("Car", toy, {"wheels": fields.Integer})
parser = reqparse.RequestParser()
parser.add_argument("year", type=int, required=True)
parser.add_argument("page", location="args")
changing = parser.copy()
changing.add_argument("why")
changing.remove_argument("page")

@api.route("/toys")
class Toys(Resource):
    @api.expect([toy], validate=True)
    def post(self): ...

    @api.expect(toy)
    def get(self): ...

@api.route("/cars")
class Cars(Resource):
    @api.expect(car)
    def post(self): ...

    def put(self):
        return changing.parse_args()
"""


def test_models_that_are_expected_and_parsers_that_are_copies(tmp_path):
    assert _taken(analysed(tmp_path, {"requirements.txt": "flask\nflask-restx\n", "toys.py": TOYS})) == {
        ("GET", "/toys"): [],
        ("POST", "/toys"): [("name", "body", "String", True)],
        ("POST", "/cars"): [("name", "body", "String", True)],
        ("PUT", "/cars"): [("year", "body", "int", True), ("why", "body", "", False)],
    }


STARS = """from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Route

async def found(request):
    return request.query_params.get("word"), request.headers["X-Sky"], request.headers.get("User-Agent")

class Stars(HTTPEndpoint):
    async def get(self, request):
        return request.cookies.get("night")

    @requires("authenticated")
    async def post(self, request):
        star = await request.json()
        return star["name"]

app = Starlette(routes=[Route("/found", found), Route("/stars", Stars)])
"""


def test_functions_and_classes_of_starlette_read_their_request(tmp_path):
    report = analysed(tmp_path, {"requirements.txt": "starlette\n", "app.py": STARS})
    assert _taken(report) == {
        ("GET", "/found"): [("word", "query", "", False), ("X-Sky", "header", "", True)],
        ("GET", "/stars"): [("night", "cookie", "", False)],
        ("POST", "/stars"): [("name", "body", "", True)],
    }
    said = {(route.method, route.path): route.auth.state for route in report.routes}
    assert said["POST", "/stars"] == "required"
    assert said["GET", "/stars"] == "unknown"
