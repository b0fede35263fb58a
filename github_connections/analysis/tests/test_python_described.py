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
