"""Ktor: what handlers read of a request."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

REQUESTS = Path(__file__).parent / "fixtures" / "ktor" / "requests"


@pytest.fixture(scope="module")
def found():
    """The rows of the fixture, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(REQUESTS, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


@pytest.mark.parametrize(
    ("route", "read"),
    [
        ("GET /orders", {"query page?", "query shop", "query limit", "header X-Client?"}),
        ("POST /orders", {"body body", "cookie cart?"}),
        ("PUT /orders/{id}", {"path id", "body body"}),
        ("POST /log-in", {"form name", "form password"}),
    ],
)
def test_what_a_handler_reads_are_its_parameters(found, route, read):
    params = found[route].params
    assert {f"{one.place} {one.name}{'' if one.required else '?'}" for one in params} == read


@pytest.mark.parametrize(("route", "model"), [("POST /orders", "Order"), ("PUT /orders/{id}", "Order")])
def test_what_is_received_is_the_model_of_the_body(found, route, model):
    assert found[route].request_model == model
