"""Parsing in processes: a file that hurts costs its own result only, within its seconds and its memory."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from github_connections.analysis import parsing, processes
from github_connections.analysis.limits import MEBIBYTE, Limits
from github_connections.analysis.parser_process import Task
from github_connections.analysis.parsing import ParserDidNotStart, Parsers
from github_connections.analysis.processes import Answer, Job, environment, send, start
from github_connections.analysis.tests.trees import make_tree

# With lines, so that nobody takes them for something minified.
CHAINED = b"(x" + b".a(1)\n" * 50_000 + b")"
NOISE = random.Random(4).randbytes(200_000)  # noqa: S311  # the same on every run
GENERICS = b"a<\n" * 20_000
BUNDLE = b"function f(){return g(1,{a:[2,3]})};" * 140_000
HURTFUL = {
    "chained.js": ("javascript", CHAINED),
    "chained.py": ("python", CHAINED),
    "chained.java": ("java", b"class A { Object f() { return " + CHAINED + b"; } }"),
    "nested.py": ("python", b"(" * 100_000 + b")" * 100_000),
    "nested.js": ("javascript", b"(" * 100_000 + b")" * 100_000),
    "nested.ts": ("typescript", b"[" * 100_000),
    "nested.java": ("java", b"class A { int x = " + b"(" * 100_000 + b"1;}"),
    "generics.java": ("java", GENERICS),
    "generics.cs": ("csharp", GENERICS),
    "bundle.js": ("javascript", BUNDLE),
    "noise.py": ("python", NOISE),
    "noise.ts": ("typescript", NOISE),
    "noise.java": ("java", NOISE),
    "unknown.cob": ("cobol", b"x"),
}


GOOD = b"from flask import Flask\napp = Flask(__name__)\n"


def needed(root: Path, path: str, language: str = "python", content: bytes = GOOD) -> Job:
    """Make a file, and a job that has it parsed whatever it holds."""
    make_tree(root, {path: content})
    return Job(path, language, len(content), needed=True)


def answers(root: Path, jobs: list[Job], **limits) -> dict[str, Answer]:
    with Parsers(root, Limits(**{"processes": 1, **limits}), dict) as parsers:
        return {answer.path: answer for answer in parsers.parse(jobs, share=1)}


def is_intact(answer: Answer) -> bool:
    return bool(answer.head and answer.head.imports == ["flask"] and answer.encoded and not answer.failure)


@pytest.mark.parametrize("path", HURTFUL)
def test_a_hurtful_file_costs_its_own_result_only(tmp_path, path):
    """Whatever becomes of it, it ends in its seconds, and the files around it have their results."""
    language, content = HURTFUL[path]
    around = [needed(tmp_path, f"{number}.py") for number in range(6)]
    jobs = [*around[:3], needed(tmp_path, path, language, content), *around[3:]]
    began = time.monotonic()
    found = answers(tmp_path, jobs, seconds_per_file=1.0, bytes_per_file=8 * MEBIBYTE)
    assert time.monotonic() - began < 20
    assert len(found) == 7
    assert all(is_intact(found[job.path]) for job in around)
    assert found[path].failure or found[path].encoded


def test_a_slow_file_is_ended_and_named(tmp_path):
    """A parse that nothing but a kill ends has the reason in its answer, and is not believed for ever."""
    jobs = [needed(tmp_path, "good.py"), needed(tmp_path, "slow.java", "java", GENERICS)]
    found = answers(tmp_path, jobs, seconds_per_file=0.3, parsing_memory_bytes=8192 * MEBIBYTE)
    assert is_intact(found["good.py"])
    assert found["slow.java"].failure == "parsing took longer than 0.3 seconds"
    assert found["slow.java"].passing


def test_a_parser_that_nobody_waits_for_ends(tmp_path):
    """Those who would end it were killed while it was at a file that takes for ever."""
    job = needed(tmp_path, "slow.java", "java", GENERICS)
    with start("parser_process", str(2**33)) as process:
        send(process.stdin, msgspec.msgpack.encode(Task(str(tmp_path), len(GENERICS), 0.1, {})))
        send(process.stdin, msgspec.msgpack.encode([job]))
        process.stdin.close()
        assert process.wait(timeout=60) == -signal.SIGPROF


def test_what_other_files_took_is_not_counted(tmp_path, monkeypatch):
    """A parser that was busy with many small files and then has to wait is not at one file for too long."""
    clock, used = [0.0], [0.0]
    monkeypatch.setattr(parsing.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(parsing._Child, "_processor_seconds", lambda _child: used[0])
    with Parsers(tmp_path, Limits(processes=1), dict) as parsers:
        child = parsers._start()
        child.ready = True
        for _ in range(50):
            child.waiting.clear()
            child.give([needed(tmp_path, "good.py")])
            clock[0] += 0.1
            used[0] += 0.1
        clock[0] += 1.5
        assert not child.is_over(1.0)
        used[0] += 1.5
        assert child.is_over(1.0)


def test_memory_is_bounded(tmp_path):
    """A parse that wants more address space than it may have ends, and the others go on."""
    good = needed(tmp_path, "good.py")
    jobs = [good, needed(tmp_path, "large.js", "javascript", BUNDLE), good]
    found = answers(tmp_path, jobs, parsing_memory_bytes=150 * MEBIBYTE, bytes_per_file=8 * MEBIBYTE)
    assert is_intact(found["good.py"])
    assert found["large.js"].failure
    assert not found["large.js"].passing


def test_a_killed_child_is_replaced(tmp_path):
    """A child that somebody kills costs at most the file it was at."""
    jobs = [needed(tmp_path, f"{number}.py") for number in range(200)]
    found = {}
    others = _children()  # this process may have started a server
    # One alone, of which it is known that it has started.
    with Parsers(tmp_path, Limits(processes=1), dict) as parsers:
        for answer in parsers.parse(jobs, share=1):
            found[answer.path] = answer
            if len(found) == 20:
                (parser,) = set(_children()) - set(others)
                os.kill(parser, signal.SIGKILL)
    failures = [answer.failure for answer in found.values() if answer.failure]
    assert len(found) == 200
    assert len(failures) <= 1
    assert set(failures) <= {"the parser ended: too much memory, or a fault in it"}


def test_no_child_is_left_behind(tmp_path):
    """Whoever stops listening half way leaves no process."""
    before = _children()
    with Parsers(tmp_path, Limits(processes=2), dict) as parsers:
        next(parsers.parse([needed(tmp_path, "good.py")] * 100, share=1))
        assert len(_children()) == len(before) + 2
    assert _children() == before


def test_parsers_stay_for_what_comes_later(tmp_path):
    """The next files are given to the processes that are there; one that died meanwhile is replaced."""
    good = needed(tmp_path, "good.py")
    with Parsers(tmp_path, Limits(processes=1), dict) as parsers:
        assert all(is_intact(answer) for answer in parsers.parse([good] * 30, share=1))
        before = _children()
        assert all(is_intact(answer) for answer in parsers.parse([good], share=1))
        assert _children() == before
        os.kill(before[-1], signal.SIGKILL)
        os.waitid(os.P_PID, before[-1], os.WEXITED | os.WNOWAIT)
        assert all(is_intact(answer) for answer in parsers.parse([good] * 2, share=1))


def test_paths_may_be_as_long_as_the_system_lets_them(tmp_path):
    """Also where no two of them fit into what a process is told at once."""
    deep = "/".join(["d" * 250] * 14)
    jobs = [needed(tmp_path, f"{deep}/{number}.py") for number in range(50)]
    found = answers(tmp_path, [*jobs, needed(tmp_path, "good.py")])
    assert len(found) == 51
    assert all(is_intact(answer) for answer in found.values())


def test_time_that_is_over_is_said(tmp_path):
    """When the analysis' seconds are nearly over, the rest is left out file by file."""
    found = answers(tmp_path, [needed(tmp_path, f"{number}.py") for number in range(50)], seconds=0.0)
    assert {answer.failure for answer in found.values()} == {"there was no time left for it"}
    assert len(found) == 50


def test_a_child_that_cannot_start_is_no_files_fault(monkeypatch, tmp_path):
    """An installation that is broken fails once, and not file by file."""
    make_tree(tmp_path, {"github_connections/__init__.py": "raise SystemExit(3)"})
    monkeypatch.setattr(processes, "PACKAGE_ROOT", tmp_path)
    with pytest.raises(ParserDidNotStart, match="ended with status 3 at its start"):
        answers(tmp_path, [needed(tmp_path, "good.py")])


def test_children_know_no_secrets(monkeypatch):
    """What a parsing process is started with is named one by one."""
    monkeypatch.setenv("SECRET_KEY", "made-up")
    assert set(environment()) == {"PATH", "PYTHONPATH", "LC_ALL"}


def test_a_child_imports_no_django():
    """A parsing process holds the grammars and nothing of the service."""
    module = "github_connections.analysis.parser_process"
    code = f"import {module}, sys; print([n for n in sys.modules if 'django' in n])"
    command = [sys.executable, "-s", "-P", "-c", code]
    printed = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True, cwd="/")
    assert printed.stdout.strip() == "[]"


def _children() -> list[int]:
    return [int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
