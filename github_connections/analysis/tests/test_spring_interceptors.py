"""Spring's interceptors: which routes those that turn strangers away are put around."""

from pathlib import Path

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.frameworks.java import spring_interceptors
from github_connections.analysis.tests.trees import ParsersHere

INTERCEPTED = Path(__file__).parent / "fixtures" / "spring" / "intercepted"


def test_a_route_that_an_interceptor_is_surely_around_asks_for_a_log_in(monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    report = in_process.analyze_here(INTERCEPTED, Limits(processes=1))
    found = {f"{row.method} {row.path}": ([by.name for by in row.auth.by], row.auth.state) for row in report.routes}
    assert found == {
        "GET /mill/flour/{id}": (["LoginInterceptor"], "required"),
        "GET /mill/flour/prices": ([], "unknown"),
        "POST /mill/grain": (["LoginInterceptor"], "required"),
        "GET /mill/staff/hours": (["StaffAuthInterceptor"], "required"),
        "POST /mill/staff/log-in": ([], "unknown"),
        "GET /mill/wind": ([], "unknown"),
    }


def test_of_interceptors_without_end_the_first_count(monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    monkeypatch.setattr(spring_interceptors, "MAXIMUM_INTERCEPTORS", 1)
    report = in_process.analyze_here(INTERCEPTED, Limits(processes=1))
    assert {by.name for row in report.routes for by in row.auth.by} == {"LoginInterceptor"}
