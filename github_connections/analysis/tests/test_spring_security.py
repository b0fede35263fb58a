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
        ("GET /yard/open", "none", []),  # by what another method of the class says
        ("POST /yard/carts", "required", []),
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


def test_what_stands_behind_more_rules_than_anybody_writes_is_not_known(tmp_path, monkeypatch):
    """They would be compared with every route."""
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    rules = "\n".join(f'http.authorizeRequests().antMatchers("/shop/{number}").permitAll();' for number in range(400))
    (tmp_path / "Shop.java").write_text(f"""
        import org.springframework.security.config.annotation.web.builders.HttpSecurity;
        import org.springframework.web.bind.annotation.GetMapping;
        import org.springframework.web.bind.annotation.RestController;

        @RestController
        class Shop {{
            void rules(HttpSecurity http) {{
                {rules}
                http.authorizeRequests().anyRequest().authenticated();
            }}

            @GetMapping("/shop/7")
            String seven() {{ return ""; }}

            @GetMapping("/orders")
            String orders() {{ return ""; }}
        }}
    """)
    report = in_process.analyze_here(tmp_path, Limits(processes=1))
    assert {row.path: row.auth.state for row in report.routes} == {"/shop/7": "none", "/orders": "unknown"}
