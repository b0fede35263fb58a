"""What routes of FastAPI take and give: also what their dependencies take."""

from github_connections.analysis.tests.test_models import analysed

FILES = {
    "requirements.txt": "fastapi\n",
    "shop/paging.py": """from typing import Annotated
from fastapi import Depends, Header, Query
from pydantic import BaseModel

class Filters(BaseModel):
    colour: str
    largest: int | None = None

class Sorting:
    def __init__(self, by: str, down: bool = False): ...

def page(start: int = 0, word: Annotated[str | None, Query(alias="q")] = None): ...

def traced(request_id: Annotated[str, Header()]): ...
""",
    "shop/models.py": """from pydantic import BaseModel

class PenIn(BaseModel):
    colour: str

class PenOut(PenIn):
    id: int
""",
    "shop/app.py": """from typing import Annotated
from fastapi import Body, Depends, FastAPI, Query, UploadFile
from .models import PenIn, PenOut
from .paging import Filters, Sorting, page, traced

app = FastAPI(dependencies=[Depends(traced)])

@app.get("/pens", response_model=list[PenOut])
def pens(filters: Annotated[Filters, Query()], paged=Depends(page), sorting: Sorting = Depends()): ...

@app.post("/pens", status_code=201)
def make(pen: PenIn | None = None) -> PenOut: ...

@app.post("/pictures")
def draw(files: list[UploadFile]) -> dict: ...

@app.post("/numbers")
def count(numbers: list[int]): ...

@app.post("/words")
def learn(word: str = Body(embed=True)): ...
""",
}
TRACED = ("request-id", "header", True)


def _rows(tmp_path):
    return {(route.method, route.path): route for route in analysed(tmp_path, FILES).routes}


def _taken(route):
    return sorted((one.name, one.place, one.required) for one in route.params)


def test_parameters_of_dependencies_and_of_models(tmp_path):
    """A model in the query is its fields, a dependency is what it takes itself, under the names that callers write."""
    rows = _rows(tmp_path)
    assert _taken(rows["GET", "/pens"]) == [
        ("by", "query", True),
        ("colour", "query", True),
        ("down", "query", False),
        ("largest", "query", False),
        ("q", "query", False),
        TRACED,
        ("start", "query", False),
    ]
    assert _taken(rows["POST", "/pictures"]) == [("files", "file", True), TRACED]
    assert _taken(rows["POST", "/numbers"]) == [("numbers", "body", True), TRACED]


def test_models_and_statuses(tmp_path):
    """The body is the parameter's class, the answer `response_model` or what the function says it returns."""
    rows = _rows(tmp_path)
    said = {key: (row.request_model, row.response_model, row.status_codes) for key, row in rows.items()}
    assert said["GET", "/pens"] == ("", "PenOut", [])
    assert said["POST", "/pens"] == ("PenIn", "PenOut", [201])
    assert said["POST", "/pictures"] == ("", "", [])
    assert said["POST", "/words"] == ("", "", [])  # the body is `{"word": …}`


GUARDED = {
    "requirements.txt": "fastapi\n",
    "shop/deps.py": """from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer

def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="/token"))): ...
""",
    "shop/app.py": """from fastapi import APIRouter, Depends, FastAPI
from .deps import get_current_user

class People(APIRouter):
    def __init__(self, prefix=""):
        super().__init__(prefix=prefix, dependencies=[Depends(get_current_user)])

app = FastAPI()
people = People(prefix="/people")
known = APIRouter(dependencies=[Depends(get_current_user)])

@people.get("")
def everybody(): ...

@known.get("/me")
def me(): ...

@app.get("/open")
def open_to_all(): ...

app.include_router(people)
app.include_router(known)
""",
}


def test_dependencies_of_a_router_without_prefix_and_of_a_derived_one_ask_for_a_log_in(tmp_path):
    rows = {route.path: route.auth.state for route in analysed(tmp_path, GUARDED).routes}
    assert rows == {"/people": "required", "/me": "required", "/open": "unknown"}


KIN = {
    "requirements.txt": "starlette\n",
    "kin.py": """from starlette.applications import Starlette
from starlette.routing import Route

async def item(request): ...

app = Starlette(routes=[Route("/items/{id:int}", item)])
""",
}


def test_functions_of_starlette_are_given_the_request_and_declare_nothing(tmp_path):
    (row,) = analysed(tmp_path, KIN).routes
    assert [(one.name, one.place) for one in row.params] == [("id", "path")]


LOG_INS = """from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import HTTPBearer

app = FastAPI()
scheme = HTTPBearer(auto_error=False)

async def strict(token=Depends(scheme)):
    if token is None:
        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
        )
    return token

async def lenient(token=Depends(scheme)):
    if token is None:
        return None
    if not token.credentials:
        raise HTTPException(401)
    return token

def caller(*, required: bool = True):
    return strict if required else lenient

@app.get("/strict")
def a(who=Depends(strict)): ...

async def firm(token=Depends(scheme)):
    if not token:
        raise AuthRequired()
    return token

@app.get("/firm")
def e(who=Depends(firm)): ...

@app.get("/lenient")
def b(who=Depends(lenient)): ...

@app.get("/known")
def c(who=Depends(caller())): ...

@app.post("/either", status_code=status.HTTP_202_ACCEPTED)
def d(who=Depends(caller(required=False))): ...
"""


def test_a_log_in_is_optional_where_its_dependency_lets_nobody_in(tmp_path):
    """A scheme that raises nothing does not make a log-in optional: who depends on it may refuse by itself."""
    found = analysed(tmp_path, {"requirements.txt": "fastapi\n", "app.py": LOG_INS}).routes
    said = {route.path: (route.auth.state, route.status_codes) for route in found}
    assert said == {
        "/strict": ("required", []),
        "/firm": ("required", []),
        "/lenient": ("optional", []),
        "/known": ("required", []),
        "/either": ("optional", [202]),
    }


FORM = """from typing import Annotated
from fastapi import Depends, FastAPI
from fastapi.security import OAuth2PasswordRequestForm

app = FastAPI()

@app.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]): ...
"""


def test_the_form_of_a_log_in_has_its_fields(tmp_path):
    """FastAPI's own class of it is in no file of the program."""
    found = analysed(tmp_path, {"requirements.txt": "fastapi\n", "app.py": FORM}).routes
    taken = {one.name: (one.place, one.required) for one in found[0].params}
    assert taken["username"] == taken["password"] == ("form", True)
    assert taken["scope"] == ("form", False)


OWN_SCHEMES = """from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPBearer

class Bearer(HTTPBearer):
    async def __call__(self, request: Request): ...

class Ranked:
    def __init__(self, rank): ...

    def __call__(self, request: Request):
        if request.state.user.rank < self.rank:
            raise HTTPException(403)

def counted():
    raise HTTPException(status_code=429)

app = FastAPI()

@app.get("/known", dependencies=[Depends(Bearer())])
def known(request: Request):
    return request.headers.get("X-Trace")

@app.get("/maybe", dependencies=[Depends(Bearer(auto_error=False))])
def maybe(): ...

@app.get("/ranked", dependencies=[Depends(Ranked(3))])
def ranked(): ...

@app.get("/all", dependencies=[Depends(Ranked(AllowAny))])
def every(): ...

@app.get("/counted", dependencies=[Depends(counted)])
def open_to_all(): ...
"""


def test_schemes_and_dependencies_of_the_program_ask_for_a_log_in(tmp_path):
    found = analysed(tmp_path, {"requirements.txt": "fastapi\n", "app.py": OWN_SCHEMES}).routes
    assert {route.path: route.auth.state for route in found} == {
        "/known": "required",
        "/maybe": "optional",
        "/ranked": "required",
        "/all": "unknown",
        "/counted": "unknown",
    }
    known = next(route for route in found if route.path == "/known")
    assert [(one.name, one.place) for one in known.params] == [("X-Trace", "header")]
