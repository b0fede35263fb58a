"""Language families are linked beside each other, in copies of the process of which none stays."""

import multiprocessing
import os
import select
import signal
import subprocess
import sys
import time

import msgspec
import pytest

from github_connections.analysis import Limits
from github_connections.analysis.copies import CopyEnded, copies
from github_connections.analysis.families import of_families
from github_connections.analysis.frameworks import NAMES, frameworks_of
from github_connections.analysis.in_process import analyze_here
from github_connections.analysis.processes import environment
from github_connections.analysis.projects import Project
from github_connections.analysis.tests.test_sketches import SHOP
from github_connections.analysis.tests.trees import make_tree

FLASK = "from flask import Flask\napp = Flask(__name__)\n" + "".join(
    f"@app.get('/{number}')\ndef f{number}(): ...\n" for number in range(100)
)
GO = 'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.HandleFunc("/go", handle)\n}\n'


def test_what_several_processes_say_is_what_one_says(tmp_path):
    """Also of files that are parsed, or gone, when a copy of the process asks for them."""
    checkout = make_tree(tmp_path, {**SHOP, "app.py": FLASK, "main.go": GO})
    reports = [analyze_here(checkout, Limits(processes=number)) for number in (1, 2, 3)]
    assert {route.framework for route in reports[0].routes} == {"flask", "spring", "net/http"}
    assert len({msgspec.json.encode(report) for report in reports}) == 1
    lost = checkout / "src/shop/Paths.java"
    content = lost.read_bytes()
    said = []
    for number in (1, 2):
        lost.write_bytes(content)
        report = analyze_here(
            checkout,
            Limits(processes=number),
            progress=lambda stage, *_: lost.unlink(True) if stage == "linking" else 0,
        )
        said.append(msgspec.json.encode(report))
        assert [(skipped.file, skipped.reason) for skipped in report.limits.skipped] == [
            ("src/shop/Paths.java", "could not be read")
        ]
    assert said[0] == said[1]


@pytest.mark.parametrize("family", NAMES)
def test_a_framework_is_found_by_its_family(family):
    """Else its files would be linked without it, as only the frameworks of families that are there are loaded."""
    assert {framework.family for framework in frameworks_of(family)} == {family}


def test_only_what_a_checkout_has_is_linked():
    """By its files, by what is no source and has routes all the same, and by its manifests; in an order that stays."""
    project = Project("", "ruby", "Gemfile")
    assert list(of_families([], ["python", "css"], [])) == ["python"]
    assert list(of_families([], ["razor", "graphql"], [project])) == ["javascript", "csharp", "ruby"]


def test_a_schema_beside_another_language_has_its_rows(tmp_path):
    """Operations of GraphQL are read by the frameworks of JavaScript, of which there need be no file."""
    checkout = make_tree(tmp_path, {"app.py": FLASK, "schema.graphql": "type Query {\n  users: [User]\n}\n"})
    report = analyze_here(checkout, Limits(processes=1))
    assert {route.framework for route in report.routes} == {"flask", "graphql"}


def test_copies_answer_in_the_order_of_their_tasks():
    """The first that is done need not be the first that was asked."""
    with copies([lambda: time.sleep(0.3) or b"slow", lambda: b"quick"]) as answers:
        assert answers() == [b"slow", b"quick"]
    assert not multiprocessing.active_children()


def test_a_copy_that_fails_says_why():
    """In the words of what it raised."""
    with copies([lambda: {}["gone"]]) as answers, pytest.raises(CopyEnded, match="KeyError: 'gone'"):
        answers()


def test_a_copy_that_is_killed_is_not_waited_for():
    """Nor is it taken for one that had nothing to say."""
    with (
        copies([lambda: os.kill(os.getpid(), signal.SIGKILL) or b""]) as answers,
        pytest.raises(CopyEnded, match="ended with status -9"),
    ):
        answers()


def test_no_copy_stays_when_nobody_waits():
    """Whoever leaves before the answers are there ends those who were to give them."""
    with pytest.raises(KeyError), copies([lambda: time.sleep(60) or b""]):
        raise KeyError
    assert not multiprocessing.active_children()


def test_no_copy_stays_when_the_one_who_waits_is_killed():
    """Each ends by itself, and whoever reads from what they share finds its end."""
    code = """
import time
from github_connections.analysis.copies import copies
with copies([lambda: time.sleep(600) or b""] * 2) as answers:
    print("started", flush=True)
    answers()
"""
    with subprocess.Popen([sys.executable, "-c", code], env=environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"started\n"
        process.kill()
        assert select.select([process.stdout], [], [], 60)[0]
        assert process.stdout.read() == b""
