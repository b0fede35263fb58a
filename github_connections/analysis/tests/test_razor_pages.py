"""Razor Pages: who may see them, and what their models take."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

FIXTURE = Path(__file__).parent / "fixtures" / "aspnet" / "pages"


@pytest.fixture(scope="module")
def found():
    """The rows of the fixture, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(FIXTURE, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


@pytest.mark.parametrize(
    ("route", "state", "by"),
    [
        ("GET /", "required", ["Authorize"]),
        ("GET /Help", "unknown", []),
        ("GET /Crew/LogIn", "none", []),
        ("POST /Crew/Cabins/{number?}", "required", ["AuthorizeFolder"]),
        ("GET /Shop/Basket", "required", ["AuthorizeAreaPage"]),
        ("GET /tickets", "required", ["Authorize"]),
    ],
)
def test_conventions_and_attributes_say_who_may_see_a_page(found, route, state, by):
    assert (found[route].auth.state, [source.name for source in found[route].auth.by]) == (state, by)


@pytest.mark.parametrize(
    ("route", "handler", "taken"),
    [
        ("GET /", "", set()),
        ("POST /", "IndexModel.OnPost", {"query note string"}),
        ("GET /call-us/{about?}", "", {"path about "}),
        (
            "GET /Crew/Cabins/{number?}",
            "IndexModel.OnGetAsync",
            {"path number int", "query sort string", "query q string"},
        ),
        (
            "POST /Crew/Cabins/{number?}",
            "IndexModel.OnPostAsync",
            {"path number ", "query berth int", "form Cabin Cabin", "form q string", "query handler string"},
        ),
    ],
)
def test_a_page_takes_what_its_handlers_and_its_bound_properties_do(found, route, handler, taken):
    assert found[route].handler == handler
    assert {f"{one.place} {one.name} {one.type}" for one in found[route].params} == taken


def test_a_class_that_is_filled_from_a_form_is_the_model_of_the_request(found):
    assert found["POST /Crew/Cabins/{number?}"].request_model == "Cabin"
