"""Micronaut: what methods take."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

PERMISSIONS = Path(__file__).parent / "fixtures" / "micronaut" / "permissions"


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ("GET /api/pumps", {"query make?", "query page", "query power?", "cookie crew?"}),
        # A simple value of a method with a body is a field of it; a class of nobody's is left alone.
        ("POST /api/pumps/{id}/oil", {"path id", "body litres"}),
        (
            "GET /api/pumps/search",
            {
                "query makes",
                "query colour",
                "header Accept-Language",
                "query page?",
                "query size?",
                "query sort?",
            },
        ),
        ("PUT /api/pumps/{id}", {"path id", "query reason", "file picture", "body request"}),
    ],
)
def test_what_nothing_is_said_of_is_in_the_query_or_in_the_body(monkeypatch, route, taken):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(PERMISSIONS, Limits(processes=1))
    params = next(row.params for row in report.routes if f"{row.method} {row.path}" == route)
    assert sorted(f"{one.place} {one.name}{'' if one.required else '?'}" for one in params) == sorted(taken)


@pytest.mark.parametrize(("route", "kind"), [("GET /api/pumps", "api"), ("GET /api/pumps/board", "page")])
def test_what_answers_with_a_view_is_a_page(monkeypatch, route, kind):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(PERMISSIONS, Limits(processes=1))
    assert next(row.kind for row in report.routes if f"{row.method} {row.path}" == route) == kind
