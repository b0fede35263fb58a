"""JAX-RS: what methods take."""

from pathlib import Path

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

EMBEDDED = Path(__file__).parent / "fixtures" / "jaxrs" / "embedded"


def test_an_annotated_body_is_one_and_a_header_is_called_after_its_constant(monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(EMBEDDED, Limits(processes=1))
    row = next(row for row in report.routes if row.method == "POST")
    assert {(one.place, one.name) for one in row.params} == {("body", "shelf"), ("header", "Accept-Language")}
    assert row.request_model == "Shelf"
