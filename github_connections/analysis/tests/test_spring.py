"""Spring: what a base class's type variable stands for, and parameters of which nothing is said."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

FIXTURES = Path(__file__).parent / "fixtures" / "spring"


@pytest.fixture(scope="module")
def found():
    """The rows of the fixture, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        reports = [in_process.analyze_here(FIXTURES / name, Limits(processes=1)) for name in ("crud", "functions")]
    return {f"{row.method} {row.path}": row for report in reports for row in report.routes}


@pytest.mark.parametrize(
    ("route", "request_model", "response_model"),
    [
        ("GET /articles", "", "Article"),
        ("GET /articles/{id}", "", "Article"),
        ("POST /articles", "Article", "Article"),
        ("GET /articles/search", "", "Article"),
        ("POST /articles/mark", "Filter", ""),
    ],
)
def test_a_variable_of_a_base_class_is_the_class_that_is_given_for_it(found, route, request_model, response_model):
    assert (found[route].request_model, found[route].response_model) == (request_model, response_model)


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ("GET /articles", {"query page?", "query size?", "query sort?", "query text?"}),
        ("POST /articles", {"body item"}),
        ("GET /articles/search", {"query text?", "query colour?", "query limit"}),
        ("POST /articles/mark", {"form filter?", "header If-Match"}),
        # A map is handed all there is; a part that is read as a class is no file.
        ("GET /articles/all", {"query page?", "query size?", "query sort?", "query ids?"}),
        ("POST /articles/import", {"form meta-data", "file picture"}),
    ],
)
def test_parameters_without_annotations_are_taken_from_the_query_or_the_form(found, route, taken):
    params = found[route].params
    assert {f"{one.place} {one.name}{'' if one.required else '?'}" for one in params} == taken


@pytest.mark.parametrize(
    ("route", "state", "roles"), [("GET /staff", "required", ["clerk"]), ("GET /staff/hours", "none", [])]
)
def test_shiro_and_sa_token_say_who_may_call(found, route, state, roles):
    assert (found[route].auth.state, found[route].auth.roles) == (state, roles)


@pytest.mark.parametrize(("route", "kind"), [("GET /about", "page"), ("GET /imprint", "redirect")])
def test_views_without_controllers_are_pages(found, route, kind):
    assert found[route].kind == kind


@pytest.mark.parametrize(
    ("route", "handler", "read"),
    [
        ("GET /trips", "TripHandler.all", {"query page", "query sort"}),
        ("POST /trips", "TripHandler.add", {"body body", "header X-Captain"}),
        ("GET /trips/{trip}", "TripHandler.one", {"path trip"}),
    ],
)
def test_a_handler_that_is_injected_reads_what_its_class_says(found, route, handler, read):
    row = found[route]
    assert row.handler == handler
    assert {f"{one.place} {one.name}" for one in row.params} == read
    assert row.request_model == ("Trip" if row.method == "POST" else "")


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ("GET /boats/{name}", {"path name", "query year?", "header X-Trace?"}),
        ("POST /boats", {"form title?", "header If-Match?"}),
        ("POST /boats/pictures", {"file picture?", "header X-Size?"}),
        ("GET /boats/search", {"query q?"}),
        # What a mapping asks for, without what is negotiated and what must not be there.
        ("GET /boats", {"query state", "header X-Diver"}),
    ],
)
def test_what_a_method_asks_its_request_for_by_name_is_taken(monkeypatch, route, taken):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(FIXTURES / "requests", Limits(processes=1))
    params = next(row.params for row in report.routes if f"{row.method} {row.path}" == route)
    assert {f"{one.place} {one.name}{'' if one.required else '?'}" for one in params} == taken
