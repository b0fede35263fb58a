"""ASP.NET Core: what an application asks of all its callers, and where its methods' parameters come from."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

FIXTURES = Path(__file__).parent / "fixtures" / "aspnet"


@pytest.fixture(scope="module")
def found():
    """The rows of the fixtures, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        reports = [
            in_process.analyze_here(FIXTURES / name, Limits(processes=1))
            for name in ("secured", "answers", "requests", "filters")
        ]
    return {f"{row.method} {row.path}": row for report in reports for row in report.routes}


@pytest.mark.parametrize(
    ("route", "state", "by"),
    [
        ("GET /health", "unknown", []),  # what is asked for controllers holds for them alone
        ("DELETE /carts/{id}", "required", ["Authorize"]),
        ("GET /orders/{number}", "required", ["RequireAuthorization"]),
        ("POST /orders", "none", []),
        ("GET /till", "required", ["FallbackPolicy"]),
        ("GET /time", "none", []),
    ],
)
def test_what_the_set_up_asks_of_everybody_holds_where_nothing_else_is_said(found, route, state, by):
    assert (found[route].auth.state, [source.name for source in found[route].auth.by]) == (state, by)


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ("DELETE /carts/{id}", {"path id int"}),
        ("GET /orders/{number}", {"path number int", "query sorting Sorting"}),
        ("POST /orders", {"body order Order"}),
        ("POST /baskets/add", {"form order Order"}),
        ("GET /baskets/find", {"query order Order"}),
        ("GET /orders", {"query Text string", "query Page int", "header X-Shop string"}),
        ("PUT /carts/{id}", {"path id int", "query Text string", "query Page int", "header X-Shop string"}),
        ("PATCH /carts/{cartId}", {"path cartId string", "body changes Delta[Cart]"}),
        ("POST /carts/{cartId}/close", {"path cartId string"}),
        # Parts of the program are no input: what is registered, a database, what is made of other parts.
        ("POST /sacks", {"body sack Sack"}),
        ("GET /sacks", {"query ids Array[int]", "query least Weight"}),
        # Classes that stand inside others.
        ("POST /bread", {"body command Bake.Command"}),
        ("GET /bread", {"query Text string", "query Page int"}),
        ("POST /dough", {"body dough Dough"}),
        # What a handler reads of its request by name.
        ("POST /grain", {"body body Sack", "header X-Trace ", "query dry "}),
        (
            "POST /flour/{sort}",
            {"path sort string", "body sack Sack", "file pictures List[IFormFile]", "header X-Miller ", "file label "},
        ),
        ("GET /customers/{id}", {"path id ", "query Name string", "query IsNew bool"}),
    ],
)
def test_parameters_come_from_where_the_kind_of_controller_takes_them(found, route, taken):
    assert {f"{one.place} {one.name} {one.type}" for one in found[route].params} == taken


@pytest.mark.parametrize(
    ("route", "request_model", "response_model"),
    [
        ("POST /flour/{sort}", "Sack", ""),
        ("POST /grain", "Sack", ""),
        ("POST /bread", "Bake.Command", ""),
        ("GET /orders", "", "Order"),
        ("GET /orders/by/{number}", "", "Order"),
        ("PUT /carts/{id}", "", "Order"),
        ("POST /customers", "Customer", "Order"),
        ("GET /customers/{id}", "", "Order"),
        ("GET /customers", "", "Order"),
    ],
)
def test_models_are_said_by_types_and_by_what_is_produced(found, route, request_model, response_model):
    assert (found[route].request_model, found[route].response_model) == (request_model, response_model)


@pytest.mark.parametrize(("route", "kind"), [("POST /baskets/add", "page"), ("POST /baskets/put", "api")])
def test_what_takes_a_body_is_no_page(found, route, kind):
    assert found[route].kind == kind


def test_a_model_inside_another_class_is_called_as_the_route_calls_it(monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(FIXTURES / "requests", Limits(processes=1))
    fields = {model.name: [field.name for field in model.fields] for model in report.models}
    assert fields["Bake.Command"] == ["Recipe"]
    assert fields["Recipe"] == ["Flour", "Minutes"]


@pytest.mark.parametrize(("route", "state"), [("DELETE /ovens/{number}", "required"), ("GET /ovens", "unknown")])
def test_a_filter_of_the_program_that_asks_who_calls_says_so_by_its_name(found, route, state):
    assert found[route].auth.state == state


@pytest.mark.parametrize(
    ("route", "state"),
    [
        ("GET /openapi/{documentName}.json", "none"),
        ("GET /tides", "unknown"),  # what is said of what a library maps is not said of all
        ("GET /cargo", "required"),
        ("GET /cranes", "required"),
        ("GET /ropes", "unknown"),
        ("GET /ships", "unknown"),
        ("POST /ships", "required"),
        ("DELETE /ships/{id}", "required"),
        ("GET /level", "unknown"),  # a filter of controllers is for them alone
        ("GET /gates", "required"),
    ],
)
def test_a_filter_that_answers_strangers_asks_who_calls(found, route, state):
    assert found[route].auth.state == state


def test_what_the_host_calls_with_the_application_is_where_it_begins(found):
    assert found["GET /till"].confidence == "exact"
