"""Spring Security: which routes a pattern is about."""

import pytest

from github_connections.analysis.frameworks.java.spring_matchers import Matcher


@pytest.mark.parametrize(
    ("pattern", "path", "holds"),
    [
        ("/shop/**", "/shop", True),
        ("/shop/**", "/shop/a/b", True),
        ("/shop/**", "/shops", False),
        ("/shop/*", "/shop/{id}", True),
        ("/shop/*", "/shop/a/b", False),
        ("/shop/{id}", "/shop/{number}", True),
        ("/shop/{id:[0-9]{1,3}}/lines", "/shop/{number}/lines", True),
        ("/shop/open", "/shop/{id}", False),
        ("/**/lines", "/shop/{id}/lines", True),
        ("/**/*.html", "/a/b.html", True),
        ("/error**", "/error", True),
        ("/v?/shop", "/v1/shop", True),
        ("/{*rest}", "/a/b", True),
        ("shop/", "/shop", True),
        ("/**", "/", True),
    ],
)
def test_a_pattern_is_about_the_routes_that_it_can_only_mean(pattern, path, holds):
    assert Matcher(patterns=(pattern,)).holds_for("GET", path) is holds


def test_a_pattern_full_of_stars_is_compared_all_the_same():
    """Going back to every star would take longer than anybody waits."""
    stars = Matcher(patterns=("/**/a" * 60 + "/" + "*a" * 60 + "b",))
    assert stars.holds_for("GET", "/a" * 400 + "/" + "a" * 4000) is False


@pytest.mark.parametrize(
    ("matcher", "method", "holds"),
    [
        (Matcher(frozenset({"POST"})), "GET", False),
        (Matcher(frozenset({"POST"})), "POST", True),
        (Matcher(frozenset({"POST"}), ("/shop",)), "ANY", None),
        (Matcher(is_partial=True), "GET", None),
        (Matcher(is_of_library=True), "GET", False),
        (Matcher(), "GET", True),
    ],
)
def test_methods_and_what_nobody_can_read_count(matcher, method, holds):
    assert matcher.holds_for(method, "/shop") is holds
