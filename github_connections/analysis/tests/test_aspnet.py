"""ASP.NET Core: what an application asks of all its callers, and where its methods' parameters come from."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

SECURED = Path(__file__).parent / "fixtures" / "aspnet" / "secured"


@pytest.fixture(scope="module")
def found():
    """The rows of the fixture, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(SECURED, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


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
    ],
)
def test_parameters_come_from_where_the_kind_of_controller_takes_them(found, route, taken):
    assert {f"{one.place} {one.name} {one.type}" for one in found[route].params} == taken
