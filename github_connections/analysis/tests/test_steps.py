"""Steps are counted for each file, and what lies aside of a server gets few of them."""

import pytest

from github_connections.analysis import Limits, reporting
from github_connections.analysis.in_process import analyze_here
from github_connections.analysis.linking.link import link
from github_connections.analysis.linking.steps import (
    MAXIMUM_STEPS_ASIDE,
    MAXIMUM_STEPS_PER_FILE,
    OutOfSteps,
    Steps,
)
from github_connections.analysis.tests.trees import make_tree


def take(steps: Steps, number: int) -> None:
    for _ in range(number):
        steps.step()


def test_a_file_has_its_share():
    """What it imports has one too, and takes nothing of it."""
    steps = Steps()
    with steps.share_of_a_file():
        take(steps, 1000)
        with steps.share_of_a_file():
            take(steps, MAXIMUM_STEPS_PER_FILE)
        take(steps, MAXIMUM_STEPS_PER_FILE - 1000)
        with pytest.raises(OutOfSteps):
            steps.step()


def test_what_lies_aside_is_left():
    """Without a word, and what comes after it goes on."""
    steps = Steps()
    reached = []
    with steps.share_aside():
        take(steps, MAXIMUM_STEPS_ASIDE)
        reached.append("its share")
        steps.step()
        reached.append("more")
    assert reached == ["its share"]
    assert not steps.is_aside
    take(steps, 10 * MAXIMUM_STEPS_ASIDE)


def test_what_is_called_back_counts_for_who_called():
    """A function that a package which knows of no server is given to call: it may set one up."""
    steps = Steps()
    with steps.share_aside():
        take(steps, 10)
        with steps.share_back():
            take(steps, 5 * MAXIMUM_STEPS_ASIDE)
        assert steps.is_aside
        take(steps, MAXIMUM_STEPS_ASIDE - 10)
        steps.step()
        pytest.fail("more than its share")


def test_the_end_of_a_files_share_is_no_end_of_what_lies_aside():
    """It is heard of around it."""
    steps = Steps()
    with steps.share_of_a_file():
        take(steps, MAXIMUM_STEPS_PER_FILE - 5)
        with pytest.raises(OutOfSteps), steps.share_aside():
            take(steps, 6)


def test_a_file_that_is_asked_for_from_aside_has_its_own_share():
    """Its top is run once, for everybody."""
    steps = Steps()
    with steps.share_aside():
        with steps.share_of_a_file():
            assert not steps.is_aside
            take(steps, MAXIMUM_STEPS_PER_FILE)
        assert steps.is_aside


def test_what_lies_aside_in_go(tmp_path, monkeypatch):
    """Packages that use no server's library, nor import one that does; those that only ask others are among them."""
    files = {
        "go.mod": "module example.com/shop\n",
        "main.go": 'package main\nimport "example.com/shop/web"\nfunc main() { web.Start() }\n',
        "web/web.go": """package web
import ("net/http"; "example.com/shop/prices")
func Start() { http.HandleFunc("/"+prices.Path(), nil) }
""",
        "prices/prices.go": 'package prices\nfunc Path() string { return "prices" }\n',
        "client/client.go": 'package client\nimport "net/http"\nfunc Ask() { http.Get("https://example.com/x") }\n',
    }
    seen = []

    def linked(*arguments):
        interpreter = link(*arguments)
        seen.append(interpreter.registry.aside)
        return interpreter

    monkeypatch.setattr(reporting, "link", linked)
    report = analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert [(route.method, route.path) for route in report.routes] == [("ANY", "/prices")]
    assert frozenset().union(*seen) == {"prices/prices.go", "client/client.go"}
