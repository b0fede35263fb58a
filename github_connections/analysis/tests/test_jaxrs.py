"""JAX-RS: what methods take."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

FIXTURES = Path(__file__).parent / "fixtures" / "jaxrs"


@pytest.mark.parametrize(
    ("method", "taken", "state"),
    [
        # A body with an annotation that says nothing of its place; a header that is called after a constant.
        ("POST", {("body", "shelf"), ("header", "Accept-Language")}, "optional"),
        ("PUT", {("path", "number"), ("body", "shelf")}, "required"),
    ],
)
def test_what_a_method_takes_without_being_told_from_where(monkeypatch, method, taken, state):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(FIXTURES / "embedded", Limits(processes=1))
    row = next(row for row in report.routes if row.method == method)
    assert {(one.place, one.name) for one in row.params} == taken
    assert (row.request_model, row.auth.state) == ("Shelf", state)


def test_a_bean_is_taken_from_where_its_fields_and_its_constructor_say(monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    [row] = in_process.analyze_here(FIXTURES / "whiteboard", Limits(processes=1)).routes
    assert {(one.place, one.name) for one in row.params} == {("path", "name"), ("header", "X-Trace"), ("query", "page")}


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        # A class with annotated fields is a bean; what a library hands in by its type is no body.
        ("POST /parcels/{id}", {"path id", "query from", "header X-Shop", "body parcel"}),
        ("PUT /parcels/{id}/label", {"path id", "file picture", "form text"}),
        ("GET /stock/all-items", {"query page", "header X-Shop"}),
    ],
)
def test_what_quarkus_takes_without_being_told(monkeypatch, route, taken):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(FIXTURES / "quarkus_data", Limits(processes=1))
    params = next(row.params for row in report.routes if f"{row.method} {row.path}" == route)
    assert {f"{one.place} {one.name}" for one in params} == taken


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ("POST /rest/plates", {"header X-Press?", "form metal", "form note?", "file picture?"}),
        (
            "DELETE /rest/plates/{number}",
            {"header X-Press?", "header X-Trace?", "path number", "query heat?", "query reason?"},
        ),
    ],
)
def test_what_is_not_sent_is_null_unless_a_validator_refuses_it(monkeypatch, route, taken):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(FIXTURES / "jersey", Limits(processes=1))
    params = next(row.params for row in report.routes if f"{row.method} {row.path}" == route)
    assert {f"{one.place} {one.name}{'' if one.required else '?'}" for one in params} == taken
