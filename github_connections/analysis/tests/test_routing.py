"""Routers in each other: what is left out is told."""

from github_connections.analysis.linking import routing
from github_connections.analysis.linking.values import Kind
from github_connections.analysis.report import Place

KIND = Kind("pens")
PLACE = Place("pens.py", 1)


def test_a_router_that_is_mounted_in_ever_more_places_says_that_not_all_are_told(monkeypatch):
    monkeypatch.setattr(routing, "MAXIMUM_MOUNTS_OF_ONE", 2)
    outer, inner = routing.Router(KIND, PLACE), routing.Router(KIND, PLACE)
    for prefix in ("/a", "/b", "/a"):
        outer.mount(prefix, inner, PLACE, "mount")
    assert not outer.cut
    outer.mount("/c", inner, PLACE, "mount")
    assert outer.cut
    assert [mounted.prefix for mounted in outer.mounts] == ["/a", "/b"]
