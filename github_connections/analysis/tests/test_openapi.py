"""A report as an OpenAPI 3.1 document: valid whatever the code holds, and true to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from github_connections.analysis.openapi import openapi
from github_connections.analysis.openapi_paths import templates
from github_connections.analysis.openapi_schemas import Schemas
from github_connections.analysis.report import Auth, Model, ModelField, Parameter, Report, Route
from github_connections.analysis.tests.reports import a_report, a_route, shop_report


def document_of(report: Report) -> Any:
    """The document, once the validator has taken it."""
    document = openapi(report, title="acme/shop")
    validate(document, cls=OpenAPIV31SpecValidator)
    return document


def operations(report: Report) -> set[str]:
    """`METHOD path` of each operation of the document."""
    paths = document_of(report)["paths"]
    return {
        f"{method.upper()} {path}" for path, item in paths.items() for method in item if not method.startswith("x-")
    }


def test_shop() -> None:
    """Parameters, bodies, answers and log-ins as the code declares them; the page is no operation."""
    paths = document_of(shop_report())["paths"]
    reference = {"$ref": "#/components/schemas/Order"}
    listing, creation = paths["/api/v1/orders"]["get"], paths["/api/v1/orders"]["post"]
    assert listing["parameters"] == [
        {"name": "quantity", "in": "query", "required": False, "schema": {"type": "integer"}}
    ]
    assert "security" not in listing
    assert creation["requestBody"]["content"]["application/json"]["schema"] == reference
    answer = creation["responses"]["201"]["content"]["application/json"]["schema"]
    assert answer == {"type": "array", "items": reference}
    assert creation["security"] == [{"logIn": []}]
    assert creation["x-auth"]["roles"] == ["clerk"]
    reading = paths["/api/v1/orders/{order_id}"]["get"]
    assert reading["security"] == []
    assert reading["parameters"][0]["schema"] == {"type": "integer"}
    assert reading["x-source"] == {"file": "app/orders.py", "line": 20, "handler": "read_order"}


def test_models_become_schemas() -> None:
    """Fields with their types and constraints; what JSON Schema has no word for stays visible."""
    schema = document_of(shop_report())["components"]["schemas"]["Order"]
    assert schema["required"] == ["id"]
    assert schema["properties"]["note"] == {
        "anyOf": [{"type": "string"}, {"type": "null"}],
        "maxLength": 200,
        "x-declared": {"pattern?": "x"},
    }
    assert schema["properties"]["parent"] == {"$ref": "#/components/schemas/Order"}


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/users/{id}", ["/users/{id}"]),
        ("/files/{path*}", ["/files/{path}"]),
        ("/files/{*}", ["/files/{rest}"]),
        ("/list/{page?}", ["/list/{page}", "/list"]),
        ("/{locale?}/about", ["/{locale}/about", "/about"]),
        ("/{year?}/{month?}", ["/{year}/{month}", "/{year}", "/"]),
        ("/docs/{slug*?}", ["/docs/{slug}", "/docs"]),
        ("/report.{format?}", ["/report.{format}", "/report"]),
        ("/{?settings.PREFIX}/users", ["/{unresolved}/users"]),
        ("/{?a}/{?b}", ["/{unresolved}/{unresolved_2}"]),
        ("/{id}/x/{id}", ["/{id}/x/{id_2}"]),
        ("/{user id}/{a:b}", ["/{user_id}/{a_b}"]),
        ("/a b/?c#d/{e", ["/a%20b/%3Fc%23d/%7Be"]),
        ("", ["/"]),
        ("no/slash", ["/no/slash"]),
    ],
)
def test_paths(path: str, written: list[str]) -> None:
    """Every form of a report's path becomes one that OpenAPI allows, for each way in which it can be asked for."""
    assert [template.path for template in templates(path)] == written
    document_of(a_report([a_route("GET", path)]))


def test_unresolved_part_stays_visible() -> None:
    """The variable in its place says what could not be resolved."""
    document = document_of(a_report([a_route("GET", "/{?settings.PREFIX}/users", confidence="partial")]))
    operation = document["paths"]["/{unresolved}/users"]["get"]
    assert operation["parameters"][0]["x-unresolved"] == "settings.PREFIX"
    assert (operation["x-confidence"], operation["x-path"]) == ("partial", "/{?settings.PREFIX}/users")


def test_paths_that_differ_in_names_alone_are_one() -> None:
    """OpenAPI takes them for the same; each method keeps its own declaration and the variables of the first."""
    report = a_report([a_route("GET", "/users/{id}"), a_route("DELETE", "/users/{user_id}")])
    paths = document_of(report)["paths"]
    assert list(paths) == ["/users/{id}"]
    assert [parameter["name"] for parameter in paths["/users/{id}"]["delete"]["parameters"]] == ["id"]
    assert paths["/users/{id}"]["delete"]["x-path"] == "/users/{user_id}"


def test_same_operation_twice_is_one_with_both_places() -> None:
    """Nothing that was found is dropped in silence."""
    report = a_report([a_route("GET", "/x", file="a.py"), a_route("GET", "/x", file="b.py", handler="other")])
    operation = document_of(report)["paths"]["/x"]["get"]
    assert operation["x-source"]["file"] == "a.py"
    assert operation["x-also"] == [{"file": "b.py", "line": 1, "handler": "other"}]


def test_any_method() -> None:
    """A route for every method is one for each that people write; what is declared for itself comes first."""
    report = a_report([a_route("ANY", "/x", handler="rest"), a_route("POST", "/x", handler="post")])
    item = document_of(report)["paths"]["/x"]
    assert set(item) == {"get", "post", "put", "patch", "delete"}
    assert item["post"]["x-source"]["handler"] == "post"
    assert "x-any-method" not in item["post"]
    assert item["get"]["x-any-method"] is True


def test_methods_and_routes_that_openapi_has_no_word_for() -> None:
    """A method of one's own and a websocket stay beside the operations."""
    report = a_report([a_route("PURGE", "/x", handler="purge"), a_route("GET", "/live", kind="websocket")])
    document = document_of(report)
    assert document["paths"]["/x"]["x-other-methods"]["purge"]["x-source"]["handler"] == "purge"
    assert [socket["path"] for socket in document["x-websockets"]] == ["/live"]
    assert "/live" not in document["paths"]


def test_bodies() -> None:
    """A form, an upload, one model and several fields of a body each have their own form."""
    file, field = Parameter(name="photo", place="file"), Parameter(name="title", place="form", type="str")
    one, two = Parameter(name="a", place="body", type="int"), Parameter(name="b", place="body", required=False)
    for parameters, media_type, properties in (
        ([field], "application/x-www-form-urlencoded", ["title"]),
        ([file, field], "multipart/form-data", ["photo", "title"]),
        ([one, two], "application/json", ["a", "b"]),
        ([one, file], "multipart/form-data", ["a", "photo"]),
    ):
        document = document_of(a_report([a_route("POST", "/x", params=parameters)]))
        content = document["paths"]["/x"]["post"]["requestBody"]["content"]
        assert list(content) == [media_type]
        assert list(content[media_type]["schema"]["properties"]) == properties


def test_model_without_fields_hides_no_fields() -> None:
    """A class of requests that holds rules names what is sent, and the fields are those of its rules."""
    model = Model(name="StoreBoat", file="StoreBoat.php", line=3, kind="class", fields=[])
    name = Parameter(name="name", place="body")
    route = a_route("POST", "/boats", framework="laravel", params=[name], request_model="StoreBoat")
    document = document_of(a_report([route], models=[model]))
    content = document["paths"]["/boats"]["post"]["requestBody"]["content"]
    assert list(content["application/json"]["schema"]["properties"]) == ["name"]


@pytest.mark.parametrize(
    ("state", "security"),
    [("required", [{"logIn": []}]), ("optional", [{}, {"logIn": []}]), ("none", []), ("unknown", None)],
)
def test_unknown_is_not_none(state: Any, security: Any) -> None:
    """What the code does not tell of a log-in is not told by the document either."""
    document = document_of(a_report([a_route("GET", "/x", auth=Auth(state=state))]))
    assert document["paths"]["/x"]["get"].get("security") == security
    assert "security" not in document


@pytest.mark.parametrize(
    ("written", "schema"),
    [
        ("int", {"type": "integer"}),
        ("uuid.UUID", {"type": "string", "format": "uuid"}),
        ("List<String>", {"type": "array", "items": {"type": "string"}}),
        ("number[]", {"type": "array", "items": {"type": "number"}}),
        ("[]Order", {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}),
        ("Promise<Order[]>", {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}),
        ("Optional[int]", {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        ("Something", {}),
        ("Something | None", {}),
        ("a | b | c", {}),
        ("", {}),
        ("list[" * 50, {}),
        ("[]" * 500, {}),
    ],
)
def test_types(written: str, schema: dict[str, Any]) -> None:
    """Types as languages write them; one that is not known says nothing rather than something wrong."""
    made = Schemas([Model(name="Order", file="x.py", line=1, kind="class")]).of_type(written)
    assert made == schema or (not schema and "type" not in str(made).replace("'type': 'array'", ""))


TEXT = st.text(max_size=12)
PATHS = st.lists(
    st.one_of(TEXT, TEXT.map("{{{}}}".format), TEXT.map("{{{}?}}".format), TEXT.map("{{{}*}}".format)), max_size=5
).map(lambda parts: "/" + "/".join(parts))
PLACES = st.sampled_from(["path", "query", "body", "header", "cookie", "form", "file"])
TYPES = st.one_of(
    TEXT, st.sampled_from(["int", "list[Order]", "Order?", "Map<String, Order>", "Optional[Optional[int]]"])
)
PARAMETERS = st.lists(
    st.builds(Parameter, name=TEXT, place=PLACES, type=TYPES, required=st.booleans(), model=TYPES), max_size=4
)
ROUTES = st.builds(
    Route,
    method=st.one_of(st.sampled_from(["GET", "POST", "ANY", "HEAD", "LINK"]), TEXT),
    path=PATHS,
    file=TEXT,
    line=st.integers(0, 9),
    framework=TEXT,
    kind=st.sampled_from(["api", "graphql", "rpc", "websocket"]),
    handler=TEXT,
    params=PARAMETERS,
    auth=st.builds(
        Auth, state=st.sampled_from(["required", "optional", "none", "unknown"]), roles=st.lists(TEXT, max_size=2)
    ),
    request_model=TYPES,
    response_model=TYPES,
    status_codes=st.lists(st.integers(-1, 999), max_size=3),
    deprecated=st.booleans(),
    summary=TEXT,
    confidence=st.sampled_from(["exact", "partial"]),
)
VALUES = st.one_of(st.booleans(), st.integers(-5, 5), TEXT, st.lists(TEXT, max_size=3), st.none())
CONSTRAINTS = st.dictionaries(
    st.one_of(TEXT, st.sampled_from(["max_length", "ge", "gt", "enum", "minLength"])), VALUES, max_size=3
)
FIELDS = st.lists(
    st.builds(ModelField, name=TEXT, type=TYPES, required=st.booleans(), constraints=CONSTRAINTS), max_size=3
)
MODELS = st.builds(Model, name=st.one_of(TEXT, st.just("Order")), file=TEXT, line=st.just(1), kind=TEXT, fields=FIELDS)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(routes=st.lists(ROUTES, max_size=6), models=st.lists(MODELS, max_size=3))
def test_document_is_valid_whatever_the_report_holds(routes: list[Route], models: list[Model]) -> None:
    """No text of a repository makes a document that the validator refuses, and no two operations share an id."""
    document = document_of(a_report(routes, models=models))
    ids = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in [
            *(item[key] for key in item if not key.startswith("x-")),
            *item.get("x-other-methods", {}).values(),
        ]
    ]
    assert len(ids) == len(set(ids))
