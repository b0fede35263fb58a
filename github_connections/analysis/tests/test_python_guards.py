"""Views of Flask and Django that turn strangers away in ways of their own."""

from github_connections.analysis.tests.test_models import analysed

FLASK = {
    "requirements.txt": "flask\n",
    "desk/guards.py": """from functools import wraps
from flask import abort, g, jsonify, redirect, request, session, url_for

def keyed(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if request.headers.get("X-Key") != KEY:
            return jsonify(error="no key"), 401
        return view(*args, **kwargs)
    return inner

def ranked(rank):
    def around(view):
        @wraps(view)
        def inner(*args, **kwargs):
            if g.user.rank < rank:
                abort(403)
            return view(*args, **kwargs)
        return inner
    return around

def counted(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if busy():
            abort(429)
        return view(*args, **kwargs)
    return inner

def opened(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if open_now() or g.user.is_admin:
            return view(*args, **kwargs)
        reason = "It is closed."
        abort(403, description=reason)
    return inner

def tried_again(view):
    @wraps(view)
    def inner(*args, **kwargs):
        answer = view(*args, **kwargs)
        if answer.status_code != 401:
            return answer
    return inner

def known():
    if "user" not in session:
        return redirect(url_for("door.login"))

def known_but_at_the_door():
    if request.endpoint != "desk.bell" and "user" not in session:
        return redirect(url_for("door.login"))
""",
    "desk/app.py": """from flask import Blueprint, Flask, abort, g, redirect, session, url_for
from desk.guards import counted, keyed, known, known_but_at_the_door, opened, ranked, tried_again

app = Flask(__name__)
drawers = Blueprint("drawers", __name__, url_prefix="/drawers")
drawers.before_request(known)
halls = Blueprint("halls", __name__, url_prefix="/halls")
halls.before_request(known_but_at_the_door)

@app.get("/keyed")
@keyed
def first(): return ""

@app.get("/ranked")
@ranked(3)
def second(): return ""

@app.get("/counted")
@counted
def third(): return ""

@app.get("/opened")
@opened
def by_the_clock(): return ""

@app.get("/asks")
def fourth():
    if not session.get("user"):
        return redirect(url_for("login"))
    return ""

@app.get("/login")
def login():
    if current_user.is_authenticated:
        return redirect(url_for("fourth"))
    return ""

@app.post("/login")
def login_by_form():
    if not session.get("tries"):
        return redirect(url_for("login"))
    return ""

@app.get("/ask")
def fifth():
    if not g.user:
        abort(401)
    return ""

@app.get("/tried")
@tried_again
def sixth(): return ""

@app.get("/leave")
def leave():
    session.clear()
    return redirect(url_for("login"))

@drawers.get("/")
def drawer(): return ""

@halls.get("/bell")
def bell(): return ""

app.register_blueprint(drawers)
app.register_blueprint(halls)
""",
}


def test_decorators_of_the_program_and_views_that_turn_strangers_away(tmp_path):
    said = {route.path: route.auth for route in analysed(tmp_path, FLASK).routes}
    assert {path: auth.state for path, auth in said.items()} == {
        "/keyed": "required",
        "/ranked": "required",
        "/counted": "unknown",
        "/opened": "unknown",
        "/asks": "required",
        "/login": "unknown",
        "/ask": "required",
        "/tried": "unknown",
        "/leave": "unknown",
        "/drawers/": "required",
        "/halls/bell": "unknown",
    }
    assert [by.name for by in said["/keyed"].by] == ["keyed"]


DJANGO = {
    "requirements.txt": "django\n",
    "desk/settings.py": "ROOT_URLCONF = 'desk.urls'\n",
    "desk/guards.py": """from django.contrib.auth.decorators import user_passes_test

def in_group(name):
    return user_passes_test(lambda user: user.groups.filter(name=name).exists())
""",
    "desk/urls.py": """from django.urls import path
from desk import views

urlpatterns = [
    path("page", views.page), path("shelf", views.Shelf.as_view()), path("asks", views.asks), path("open", views.open),
]
""",
    "desk/views.py": """from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from desk.guards import in_group

@in_group("writers")
def page(request):
    return render(request, "page.html")

@method_decorator(in_group("writers"), name="dispatch")
class Shelf(View):
    def get(self, request): ...

def asks(request):
    if not request.user.is_authenticated:
        return redirect("login")
    return render(request, "page.html")

def open(request):
    if request.user.is_authenticated:
        return redirect("page")
    return render(request, "page.html")
""",
}


def test_django_s_decorators_made_by_the_program(tmp_path):
    said = {route.path: route.auth.state for route in analysed(tmp_path, DJANGO).routes}
    assert said == {"/page": "required", "/shelf": "required", "/asks": "required", "/open": "unknown"}


HANDING_ON = {
    **DJANGO,
    "desk/urls.py": """from django.urls import path
from desk import views

urlpatterns = [path("pens", views.pens), path("pens/new", views.new), path("pens/lent", views.lent)]
""",
    "desk/guards.py": """from django.http import JsonResponse

def keyed(view):
    def inner(request, *args):
        if request.headers.get("X-Key") != KEY:
            return JsonResponse({}, status=401)
        return view(request, *args)
    return inner

def answering(*verbs):
    def around(view):
        def inner(request, *args):
            return view(request, *args) if request.method in verbs else None
        return inner
    return around
""",
    "desk/views.py": """from django.shortcuts import redirect, render
from desk.guards import answering, keyed

@keyed
def add(request): ...

@keyed
def show(request): ...

def pens(request):
    if request.method == "POST":
        return add(request)
    return show(request)

def new(request):
    return _edit(request, "new.html")

def _edit(request, template):
    if request.method == "POST":
        return redirect("pens")
    return render(request, template)

@answering("POST", "DELETE")
def lent(request):
    return count(request)
""",
}


def test_a_view_answers_as_the_functions_do_that_it_hands_its_request_to(tmp_path):
    said = {(route.method, route.path): route.auth.state for route in analysed(tmp_path, HANDING_ON).routes}
    assert said == {
        ("GET", "/pens"): "required",
        ("POST", "/pens"): "required",
        ("GET", "/pens/new"): "unknown",
        ("POST", "/pens/new"): "unknown",
        ("POST", "/pens/lent"): "unknown",
        ("DELETE", "/pens/lent"): "unknown",
    }


BY_VERB = {
    "requirements.txt": "flask\nflask-restful\n",
    "app.py": """from flask import Flask
from flask_restful import Api, Resource

app = Flask(__name__)
api = Api(app)

class Pens(Resource):
    method_decorators = {"put": [auth.login_required]}

    def get(self): ...

    def put(self): ...

api.add_resource(Pens, "/pens")
""",
}


def test_decorators_that_a_class_lists_by_the_verb(tmp_path):
    said = {route.method: route.auth.state for route in analysed(tmp_path, BY_VERB).routes}
    assert said == {"GET": "unknown", "PUT": "required"}
