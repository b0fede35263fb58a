"""Rails: who answers a route that a gem adds."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

GEMS = Path(__file__).parent / "fixtures" / "rails" / "gems"


@pytest.fixture(scope="module")
def added():
    """The rows of the fixture, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(GEMS, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


@pytest.mark.parametrize(
    ("route", "handler"),
    [
        ("GET /admins/unlock/new", "admins/unlocks#new"),
        ("GET /admins/unlock", "admins/unlocks#show"),
        ("POST /admins/unlock", "admins/unlocks#create"),
        ("POST /admins/sign_in", "devise/sessions"),
        ("GET /account/auth/github", "devise/omniauth_callbacks#passthru"),
    ],
)
def test_a_controller_of_the_program_s_own_answers_what_devise_routes_to_it(added, route, handler):
    assert added[route].handler == handler
