"""From a directory to a report, in a process of its own: the same bytes every time, and no fault spreads."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from github_connections.analysis import AnalysisFailed, Limits, analyze, processes, reporting
from github_connections.analysis.frameworks import frameworks_of
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.in_process import analyze_here
from github_connections.analysis.processes import Request, send, start
from github_connections.analysis.tests.test_parsing import BUNDLE, CHAINED, GENERICS, NOISE
from github_connections.analysis.tests.trees import make_tree

SHOP = {
    "requirements.txt": "flask==3.0\n",
    "shop/__init__.py": "from flask import Flask\nfrom shop.api import api\n\n"
    "app = Flask(__name__)\napp.register_blueprint(api, url_prefix='/api')\n",
    "shop/api.py": "from flask import Blueprint\n\napi = Blueprint('api', __name__)\n\n\n"
    "@api.get('/items/<int:item_id>')\ndef item(item_id):\n    return {}\n",
    "tests/test_api.py": "def test_item():\n    pass\n",
    "web/package.json": '{"dependencies": {"express": "4"}, "devDependencies": {"vitest": "1"}}',
    "web/server.js": "const express = require('express');\nconst app = express();\n"
    "app.get('/health', (q, s) => s.end());\napp.listen(1);\n",
    "web/server.test.js": "test('answers', () => {});\n",
}
MORE = {f"shop/part{number}.py": f"VALUE = {number}\n" for number in range(150)}


@pytest.fixture
def shop(tmp_path) -> Path:
    return make_tree(tmp_path / "shop", SHOP)


def rows(report) -> list[tuple[str, str, str, int]]:
    return [(route.method, route.path, route.file, route.line) for route in report.routes]


ITEM = ("GET", "/api/items/{item_id}", "shop/api.py", 6)
HEALTH = ("GET", "/health", "web/server.js", 3)


def test_a_report_says_what_a_checkout_offers(shop):
    """Routes of two sub-projects with their frameworks, evidence, tests, languages and what was read."""
    report = analyze(shop, commit="abc")
    assert rows(report) == [ITEM, HEALTH]
    assert report.endpoints == report.routes
    assert len({route.id for route in report.routes}) == 2
    assert [route.project for route in report.routes] == ["", "web"]
    assert [(found.name, found.root, found.version) for found in report.frameworks] == [
        ("flask", "", "==3.0"),
        ("express", "web", "4"),
    ]
    assert report.frameworks[0].evidence == [{"file": "requirements.txt", "line": 1, "why": "depends on flask"}]
    assert [(test.file, test.framework, test.cases) for test in report.test_files] == [
        ("tests/test_api.py", "pytest", 1),
        ("web/server.test.js", "vitest", 1),
    ]
    assert [language.name for language in report.languages] == ["python", "javascript"]
    assert (report.limits.files_parsed, report.limits.truncated, report.analyzer.commit) == (3, False, "abc")


def test_the_same_input_gives_the_same_bytes(shop):
    """However many processes there are, and whatever they hash strings with."""
    make_tree(shop, MORE)
    found = {msgspec.json.encode(analyze(shop, Limits(processes=number))) for number in (1, 2, 3)}
    assert len(found) == 1


@pytest.mark.parametrize("doubled", ["v + v", 'f"{v}{v}"', '"%s%s" % (v, v)'])
def test_a_text_that_doubles_has_an_end(shop, doubled):
    """It would soon be longer than all memory; the routes around it are there."""
    source = "from flask import Flask\napp = Flask(__name__)\nv = '/a'\n"
    source += f"v = {doubled}\n" * 100 + "@app.get('/grown')\ndef grown(): ...\n"
    report = analyze(make_tree(shop, {"shop/grown.py": source}))
    assert "/grown" in {route.path for route in report.routes}


def test_an_id_stays_where_a_line_moves(shop):
    """A route is the same one when something is written above it."""
    before = {route.path: route.id for route in analyze(shop).routes}
    (shop / "shop/api.py").write_text("# moved\n" + SHOP["shop/api.py"])
    after = analyze(shop).routes
    assert [route.line for route in after] == [7, 3]
    assert {route.path: route.id for route in after} == before


@pytest.mark.parametrize("files", [{}, {"readme.md": "x"}, {"main.c": "int main;"}, {"a.py": "print(1)"}])
def test_an_unrecognised_checkout_is_no_failure(tmp_path, files):
    """Nothing known in it: `unknown`, and empty lists."""
    report = analyze(make_tree(tmp_path / "r", files))
    assert (report.framework, report.frameworks, report.routes, report.endpoints) == ("unknown", [], [], [])
    assert (report.components, report.limits.skipped) == ([], [])


def test_hostile_files_leave_the_others_rows(shop):
    """Everything bad at once, within the limits: the two routes are there, and what was not read is named."""
    make_tree(
        shop,
        {
            "bad/chained.js": CHAINED,
            "bad/chained.py": CHAINED,
            "bad/chained.java": b"class A { Object f() { return " + CHAINED + b"; } }",
            "bad/generics.java": GENERICS + b"RestController",
            "bad/generics.cs": GENERICS,
            "bad/bundle.js": BUNDLE,
            "bad/nested.py": b"(" * 100_000,
            "bad/noise.ts": NOISE,
            "bad/binary.py": b"\0" * 100,
            "bad/package.json": "[" * 100_000,
        },
    )
    os.mkfifo(shop / "bad/pipe.py")
    (shop / "bad/link").symlink_to("/")
    report = analyze(shop, Limits(seconds_per_file=1.0, seconds=100))
    assert rows(report) == [ITEM, HEALTH]
    reasons = {skipped.file: skipped.reason for skipped in report.limits.skipped}
    assert reasons["bad/bundle.js"] == "larger than 2097152 bytes"
    assert reasons["bad/binary.py"] == "binary"
    assert reasons["bad/link"] == "a link"
    assert reasons["bad/pipe.py"] == "neither a file nor a directory"
    assert reasons["bad/package.json"] == "not a readable manifest: not JSON"
    assert "bad/generics.java" in reasons


def _breaks(*_anything: object) -> None:
    raise ZeroDivisionError("made up")


def _broken(**parts: object) -> Framework:
    return Framework(
        name="broken", language="python", family="python", kind="server", **{"routes": lambda _: [], **parts}
    )


@pytest.mark.parametrize("part", ["routes", "declare"])
def test_a_framework_that_breaks_costs_its_own_rows(shop, monkeypatch, part):
    """The others' rows are all there, and the report says which framework broke."""
    broken = _broken(**{part: _breaks})
    monkeypatch.setattr(
        reporting,
        "frameworks_of",
        lambda family: (*frameworks_of(family), *([broken] if family == broken.family else [])),
    )
    report = analyze_here(shop, Limits(processes=1))
    assert rows(report) == [ITEM, HEALTH]
    reasons = [skipped.reason for skipped in report.limits.skipped if not skipped.file]
    assert "analysis of broken failed: ZeroDivisionError: made up" in reasons


def test_a_fault_that_is_no_frameworks_fails_the_analysis(shop, monkeypatch):
    """Where nothing can be linked there is no report that says `unknown`."""
    monkeypatch.setattr(reporting, "link", _breaks)
    with pytest.raises(ZeroDivisionError):
        analyze_here(shop, Limits(processes=1))


def test_an_analysis_that_takes_too_long_is_ended(shop):
    """Its whole process group goes, and the one who asked is told in a sentence."""
    with pytest.raises(AnalysisFailed, match=r"The analysis took longer than 0\.01 seconds\."):
        analyze(shop, Limits(seconds=0.01))
    assert not _left_behind()


def test_an_analysis_that_dies_says_so(shop):
    """A process that something kills ends in a sentence, and leaves no parser behind."""
    make_tree(shop, MORE)

    def kill_once(stage: str, _done: int, _total: int) -> None:
        if stage == "listing":
            for process in _left_behind():
                if b"analysis_process" in _command(process):
                    os.kill(process, signal.SIGKILL)

    with pytest.raises(AnalysisFailed, match="The analysis ended without a report"):
        analyze(shop, progress=kill_once)
    assert not _left_behind()


def test_too_little_memory_is_a_sentence(shop):
    """A process that may not grow ends, and nobody waits for it."""
    with pytest.raises(AnalysisFailed, match="The analysis "):
        analyze(shop, Limits(linking_memory_bytes=1024))


def test_a_directory_that_is_not_there_is_said(tmp_path):
    """The first thing that can be wrong."""
    with pytest.raises(AnalysisFailed, match="There is no directory"):
        analyze(tmp_path / "nowhere")


def test_whoever_waits_may_end_it(shop):
    """What `progress` raises ends the analysis and reaches the one who asked."""
    with pytest.raises(KeyError):
        analyze(shop, progress=lambda *_: {}["gone"])
    assert not _left_behind()


def test_nothing_goes_on_when_the_one_who_asked_has_died(shop):
    """The other end of its pipes gone, the whole group ends itself: a worker that was killed can end nothing."""
    make_tree(shop, {f"shop/slow{number}.java": GENERICS.decode() for number in range(40)})
    with start("analysis_process", leads=True) as process:
        send(process.stdin, msgspec.msgpack.encode(Request(str(shop), Limits(seconds_per_file=600), "", "", "")))
        assert process.stdout.read(1)
        process.stdin.close()
        assert process.wait(timeout=60) == -signal.SIGKILL


def test_a_pattern_without_an_end_ends_with_its_processor_seconds():
    """It holds the interpreter, so that no thread of its process notices that nobody waits any more."""
    endless = f"import re; from {processes.__name__} import limit_processor; limit_processor(0.5)"
    command = [sys.executable, "-c", f"{endless}; re.match('(a+)+b', 'a' * 60)"]
    ended = subprocess.run(command, check=False, env=processes.environment(), timeout=60)
    assert ended.returncode == -signal.SIGKILL


def test_progress_is_told(shop):
    """The stages come in their order, and as many files are parsed as there are."""
    told = []
    analyze(make_tree(shop, MORE), progress=lambda *step: told.append(step))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["listing", "parsing", "linking"]
    assert max(step for step in told if step[0] == "parsing") == ("parsing", 153, 153)


def test_two_analyses_at_once_do_not_meet(shop):
    """Each has processes of its own."""
    found = []
    threads = [threading.Thread(target=lambda: found.append(rows(analyze(shop)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[ITEM, HEALTH]] * 2


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _left_behind() -> list[int]:
    """Return the processes of analyses that this test started and that still run."""
    return [process for process in _descendants(os.getpid()) if b"github_connections.analysis." in _command(process)]


def _descendants(process: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return []
    return [*children, *(inner for child in children for inner in _descendants(child))]
