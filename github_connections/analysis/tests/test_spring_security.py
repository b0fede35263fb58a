"""Spring Security: what the rules over paths say of routes."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.tests.trees import ParsersHere

SECURED = Path(__file__).parent / "fixtures" / "spring" / "secured"
RULES = "shop/src/main/java/org/shop/SecurityConfiguration.java"


@pytest.fixture(scope="module")
def asked():
    """What the fixture's routes ask of their callers, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(SECURED, Limits(processes=1))
    return {f"{row.method} {row.path}": row.auth for row in report.routes}


@pytest.mark.parametrize(
    ("route", "state", "roles"),
    [
        ("POST /shop/api/orders", "none", []),
        ("DELETE /shop/api/orders/{number}", "required", ["orders:delete"]),
        ("GET /shop/api/prices/{article}", "optional", []),  # open, and handed the caller if there is one
        ("GET /shop/api/prices", "required", ["BUYER"]),  # open by its path, closed by its annotation
        ("GET /shop/pictures/{name}", "none", []),
        ("GET /shop/staff/log-in", "none", []),
        ("GET /shop/staff/orders", "required", ["CLERK", "OWNER"]),
        ("GET /shop/machines/{id}", "required", ["machine"]),
        ("GET /till/open", "none", []),
        ("POST /till/open", "required", ["CLERK"]),
        ("GET /stock", "none", []),  # in both branches
    ],
)
def test_the_first_rule_that_holds_for_a_route_counts(asked, route, state, roles):
    assert (asked[route].state, asked[route].roles) == (state, roles)


@pytest.mark.parametrize("route", ["GET /shelves", "GET /plan", "GET /shop/api/orders/{number}"])
def test_what_only_the_running_program_knows_is_not_guessed(asked, route):
    """Branches that say different things, and a list of open paths out of the settings."""
    assert asked[route] == Auth()


def test_a_route_says_which_rule_closes_it(asked):
    by = [AuthSource(name="hasAuthority", file=RULES, line=38)]
    assert asked["DELETE /shop/api/orders/{number}"].by == by
