"""What views of Flask and Django read of a request, who must be logged in, and what their decorators name."""

from github_connections.analysis.openapi import openapi
from github_connections.analysis.tests.test_models import analysed

SHOP = {
    "requirements.txt": "flask\nflask-restful\nflask-smorest\n",
    "shop/schemas.py": """from marshmallow import Schema, fields

class PenSchema(Schema):
    colour = fields.Str(required=True)
""",
    "shop/app.py": """from flask import Blueprint, Flask, jsonify, request
from flask.views import MethodView
from flask_login import login_required
from flask_restful import Api, Resource, reqparse
from flask_smorest import Blueprint as Described
from .schemas import PenSchema

app = Flask(__name__)
api = Api(app)
staff = Blueprint("staff", __name__, url_prefix="/staff")
pens = Described("pens", __name__, url_prefix="/pens")
parser = reqparse.RequestParser()
parser.add_argument("price", type=int, required=True)
parser.add_argument("trace", location="headers")

@staff.before_request
@login_required
def known_person(): ...

@staff.get("/sales")
def sales():
    return jsonify(page=request.args.get("page", 1, type=int), year=request.args["year"])

@app.route("/letters", methods=["GET", "POST"])
def letters():
    seen = request.args.get("seen")
    data = request.get_json() or {}
    return {"to": data["to"], "copy": data.get("copy"), "seen": seen}

@app.post("/pictures")
def pictures():
    if "title" in request.form:
        return request.form["title"]
    return request.files["picture"].filename

@app.post("/note")
def note():
    return request.json["text"]

@app.get("/shelf")
@login_required_if_closed
def shelf(): ...

class Prices(Resource):
    def get(self): ...

    @login_required
    def put(self):
        return parser.parse_args()

class Pens(MethodView):
    @pens.response(200, PenSchema(many=True))
    def get(self): ...

    @pens.arguments(PenSchema)
    @pens.response(201, PenSchema)
    def post(self, pen): ...

api.add_resource(Prices, "/prices")
pens.add_url_rule("/", view_func=Pens.as_view("pens"))
app.register_blueprint(pens)
app.register_blueprint(staff)
""",
}
LIBRARY = {
    "requirements.txt": "django\ndjangorestframework\n",
    "manage.py": 'import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "library.settings"\n',
    "library/settings.py": 'ROOT_URLCONF = "library.urls"\n',
    "library/urls.py": """from django.urls import path
from .views import Books, Search, borrow, hold

urlpatterns = [
    path("books/", Books.as_view()), path("search/", Search.as_view()), path("borrow/", borrow), path("hold/", hold),
]
""",
    "library/views.py": """import json
from django.http import JsonResponse
from django.views.generic import ListView
from rest_framework.decorators import api_view
from rest_framework.views import APIView

class Books(ListView):
    def get_queryset(self):
        return self.request.GET.get("author")

class Search(APIView):
    def get(self, request):
        return request.query_params["q"]

    def post(self, request):
        return request.data["q"], request.data.get("page")

@api_view(["POST"])
def borrow(req):
    return req.data["book"]

def hold(request):
    if request.method == "POST":
        wanted = json.loads(request.body)
        return JsonResponse({"book": wanted["book"]})
""",
}
FAIR = {
    "requirements.txt": "django\ndjango-ninja\n",
    "fair/settings.py": 'ROOT_URLCONF = "fair.urls"\n',
    "fair/urls.py": """from django.urls import path
from .api import api

urlpatterns = [path("api/", api.urls)]
""",
    "fair/api.py": """from ninja import File, NinjaAPI, Query, Schema, UploadedFile

class StallIn(Schema):
    name: str

class StallOut(Schema):
    id: int

class Filters(Schema):
    word: str = None

api = NinjaAPI()

@api.get("/stalls", response=list[StallOut])
def stalls(request, page: int = 1, filters: Filters = Query(...)): ...

@api.put("/stalls/{int:number}", response={200: StallOut, 404: None})
def change(request, number: int, stall: StallIn): ...

@api.post("/plans")
def draw(request, plan: UploadedFile = File(...)): ...
""",
}


def _rows(tmp_path, files):
    return {(route.method, route.path): route for route in analysed(tmp_path, files).routes}


def _taken(route):
    return [(one.name, one.place, one.type, one.required) for one in route.params]


def test_flask_reads_its_request_by_name(tmp_path):
    rows = _rows(tmp_path, SHOP)
    assert _taken(rows["GET", "/staff/sales"]) == [("page", "query", "int", False), ("year", "query", "", True)]
    assert _taken(rows["GET", "/letters"]) == [("seen", "query", "", False)]
    assert _taken(rows["POST", "/letters"]) == [
        ("seen", "query", "", False),
        ("to", "body", "", True),
        ("copy", "body", "", False),
    ]
    assert _taken(rows["POST", "/pictures"]) == [("title", "form", "", False), ("picture", "file", "", True)]
    assert _taken(rows["GET", "/prices"]) == []
    assert _taken(rows["PUT", "/prices"]) == [("price", "body", "int", True), ("trace", "header", "", False)]


def test_a_log_in_is_asked_for_by_the_method_that_says_so_or_before_each_request(tmp_path):
    rows = _rows(tmp_path, SHOP)
    states = {key: route.auth.state for key, route in rows.items()}
    assert states["GET", "/staff/sales"] == "required"
    assert states["PUT", "/prices"] == "required"
    assert states["GET", "/prices"] == "unknown"
    assert states["POST", "/note"] == "unknown"
    assert states["GET", "/shelf"] == "optional"
    assert rows["PUT", "/prices"].handler == "Prices.put"


def test_a_view_inside_a_function_is_itself_whatever_that_function_takes(tmp_path):
    code = """from flask import Flask

class Settings: ...

class Server:
    def __init__(self):
        self.app = Flask(__name__)
        self.add_routes()

    def add_routes(self):
        @self.app.get("/inside")
        def inside(): ...

def create_app(settings=Settings):
    app = Flask(__name__)

    @app.get("/made")
    def made(): ...

    return app

server = Server()
application = create_app()
"""
    rows = _rows(tmp_path, {"requirements.txt": "flask\n", "server.py": code})
    assert {path: route.handler for (_, path), route in rows.items()} == {"/inside": "inside", "/made": "made"}


def test_schemas_in_decorators_are_what_a_view_takes_and_gives(tmp_path):
    rows = _rows(tmp_path, SHOP)
    assert (rows["GET", "/pens/"].request_model, rows["GET", "/pens/"].response_model) == ("", "PenSchema")
    assert (rows["POST", "/pens/"].request_model, rows["POST", "/pens/"].response_model) == ("PenSchema", "PenSchema")


def test_one_key_of_a_body_is_a_property_of_it(tmp_path):
    paths = openapi(analysed(tmp_path, SHOP))["paths"]
    schema = paths["/note"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"type": "object", "properties": {"text": {}}, "required": ["text"]}


def test_django_reads_its_request_by_name(tmp_path):
    rows = _rows(tmp_path, LIBRARY)
    assert _taken(rows["GET", "/books/"]) == [("author", "query", "", False)]
    assert _taken(rows["GET", "/search/"]) == [("q", "query", "", True)]
    assert _taken(rows["POST", "/search/"]) == [("q", "body", "", True), ("page", "body", "", False)]
    assert _taken(rows["POST", "/borrow/"]) == [("book", "body", "", True)]
    assert _taken(rows["POST", "/hold/"]) == [("book", "body", "", True)]
    assert _taken(rows["GET", "/hold/"]) == []


def test_operations_of_ninja_take_what_their_functions_declare(tmp_path):
    rows = _rows(tmp_path, FAIR)
    assert _taken(rows["GET", "/api/stalls"]) == [("page", "query", "int", False), ("word", "query", "str", False)]
    assert _taken(rows["PUT", "/api/stalls/{number}"]) == [
        ("number", "path", "int", True),
        ("stall", "body", "StallIn", True),
    ]
    assert _taken(rows["POST", "/api/plans"]) == [("plan", "file", "UploadedFile", True)]
    changed = rows["PUT", "/api/stalls/{number}"]
    assert (changed.request_model, changed.response_model) == ("StallIn", "StallOut")
    assert rows["GET", "/api/stalls"].response_model == "StallOut"
