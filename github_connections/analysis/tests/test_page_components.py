"""What a route in the browser is said to show."""

from __future__ import annotations

from github_connections.analysis import Limits, in_process
from github_connections.analysis.tests.test_fixtures import FIXTURES


def test_a_page_says_what_it_shows_whether_loaded_at_once_or_when_it_is_first_seen() -> None:
    """Components by the name of their variable or of their file, also behind a lazy import."""
    found = in_process.analyze_here(FIXTURES / "vue_router" / "flags", Limits(processes=1)).routes
    shown = {route.path: route.handler for route in found}
    assert shown["/login"] == "src/views/Login.vue"
    assert shown["/plain"] == "src/views/Plain.vue"
    found = in_process.analyze_here(FIXTURES / "react_router" / "kept", Limits(processes=1)).routes
    assert {route.path: route.handler for route in found}["/exhibits/{id}"] == "Exhibition"
    found = in_process.analyze_here(FIXTURES / "react_router" / "consumed", Limits(processes=1)).routes
    assert {route.path: route.handler for route in found}["/panel"] == "Panel"
    found = in_process.analyze_here(FIXTURES / "solid_router" / "apiary", Limits(processes=1)).routes
    assert {route.path: route.handler for route in found}["/ui/hives"] == "Hives"
    found = in_process.analyze_here(FIXTURES / "svelte_spa_router" / "tables", Limits(processes=1)).routes
    shown = {route.path: route.handler for route in found}
    assert shown["/seeds"] == "Seeds"
    assert shown["/seeds/{kind}/{year?}"] == "src/routes/Seed.svelte"
