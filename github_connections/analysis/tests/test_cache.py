"""What an analysis leaves for the next one: believed only where it fits, and never a way to break it."""

import logging
import os
import resource
import stat

import msgspec
import pytest

from github_connections.analysis import Limits, analyze, cache, shares
from github_connections.analysis.in_process import analyze_here
from github_connections.analysis.parsing import Parsers
from github_connections.analysis.tests.test_parsing import GENERICS
from github_connections.analysis.tests.test_pipeline import ITEM, SHOP, rows
from github_connections.analysis.tests.trees import make_tree


@pytest.fixture
def shop(tmp_path):
    return make_tree(tmp_path / "shop", SHOP)


@pytest.fixture
def parsed(monkeypatch):
    """The paths that were parsed, and not taken from a cache."""
    paths = []
    really = Parsers.parse

    def counted(parsers, jobs, **others):
        jobs = list(jobs)
        paths.extend(job.path for job in jobs)
        return really(parsers, jobs, **others)

    monkeypatch.setattr(Parsers, "parse", counted)
    return paths


def analyzed(shop, directory, **limits):
    return analyze_here(shop, Limits(**{"processes": 1, **limits}), known=directory, keep=directory)


def test_an_unchanged_checkout_is_not_parsed_again(shop, tmp_path, parsed):
    """The whole report is the earlier one, byte for byte, also with another number of processes."""
    first = analyzed(shop, tmp_path / "kept")
    assert len(parsed) == 3
    second = analyzed(shop, tmp_path / "kept", processes=2)
    assert len(parsed) == 3
    assert msgspec.json.encode(second) == msgspec.json.encode(first)


def test_only_what_changed_is_parsed_again(shop, tmp_path, parsed):
    """One changed file costs one parse, a file that only moved costs none."""
    analyzed(shop, tmp_path / "kept")
    parsed.clear()
    (shop / "shop/api.py").write_text(SHOP["shop/api.py"].replace("/items", "/things"))
    (shop / "web/server.js").rename(shop / "web/index.js")
    report = analyzed(shop, tmp_path / "kept")
    assert parsed == ["shop/api.py"]
    assert {(row.path, row.file) for row in report.routes} == {
        ("/api/things/{item_id}", "shop/api.py"),
        ("/health", "web/index.js"),
    }


@pytest.mark.parametrize(
    "change",
    [{"requirements.txt": "flask==4"}, {"tests/test_more.py": "def test_x(): pass"}, {".env.example": "API_PREFIX=/x"}],
    ids=str,
)
def test_every_file_counts(shop, tmp_path, change):
    """A manifest, a test or a configuration that changed makes another report."""
    analyzed(shop, tmp_path / "kept")
    before = (tmp_path / "kept" / cache.REPORT).read_bytes()
    make_tree(shop, change)
    analyzed(shop, tmp_path / "kept")
    assert (tmp_path / "kept" / cache.REPORT).read_bytes() != before


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff" * 1000, b"\x91" * 100_000, msgspec.msgpack.encode({"version": 1}), b"half"]
)
def test_a_broken_cache_is_no_cache(shop, tmp_path, parsed, content):
    """Whatever lies there, the analysis is done and the cache written anew."""
    kept = tmp_path / "kept"
    analyzed(shop, kept)
    for file in kept.iterdir():
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2] if content == b"half" else content)
    parsed.clear()
    assert ITEM in rows(analyzed(shop, kept))
    assert len(parsed) == 3
    assert len(cache.known_answers(kept)) == 3


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_wrong_byte_is_no_cache(shop, tmp_path, parsed, share):
    """A cache that a disk has changed is noticed before its trees are used."""
    kept = tmp_path / "kept"
    analyzed(shop, kept)
    for file in kept.iterdir():
        content = bytearray(file.read_bytes())
        content[int(len(content) * share)] ^= 1
        file.write_bytes(content)
    assert ITEM in rows(analyzed(shop, kept))
    assert len(parsed) == 6


def test_another_analyser_is_not_believed(shop, tmp_path, parsed, monkeypatch):
    """Results of another version of this package's source are none."""
    analyzed(shop, tmp_path / "kept")
    monkeypatch.setattr(cache, "analyzer_version", lambda: "another")
    analyzed(shop, tmp_path / "kept")
    assert len(parsed) == 6


def test_the_file_is_for_its_owner_alone(shop, tmp_path):
    """Nobody else on the machine reads it, nothing half written lies about."""
    analyze(shop, keep=tmp_path / "kept")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "kept").iterdir()}
    assert modes == {cache.REPORT: 0o600, cache.TREES: 0o600}


def test_a_link_in_its_place_is_not_written_through(shop, tmp_path):
    """A link where the cache belongs is replaced, and its target stays."""
    kept, target = tmp_path / "kept", tmp_path / "target"
    kept.mkdir()
    target.write_text("mine")
    (kept / cache.TREES).symlink_to(target)
    analyze(shop, keep=kept)
    assert target.read_text() == "mine"
    assert not (kept / cache.TREES).is_symlink()


def test_too_large_is_not_kept(shop, tmp_path, monkeypatch):
    """A cache has a bound, and beyond it there is none."""
    monkeypatch.setattr(cache, "MAXIMUM_BYTES", 10)
    analyzed(shop, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_a_full_disk_costs_the_cache_only(shop, tmp_path, caplog):
    """What cannot be written leaves the report as it is, no half of a file, and a word for who runs the service."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with caplog.at_level(logging.WARNING):
            report = analyzed(shop, tmp_path / "kept")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ITEM in rows(report)
    assert list((tmp_path / "kept").iterdir()) == []
    assert "cannot be kept for the next one: [Errno 27] File too large" in caplog.text


def test_what_the_process_says_of_the_cache_reaches_the_log(shop, tmp_path, caplog):
    """The analysis has no log of its own."""
    (tmp_path / "file").write_text("")
    report = analyze(shop, keep=tmp_path / "file" / "kept")
    assert ITEM in rows(report)
    assert "cannot be kept for the next one: [Errno 20] Not a directory" in caplog.text


def test_what_no_analysis_can_have_left_is_not_read(shop, tmp_path, parsed):
    """A pipe that nobody writes to, a file that is larger than memory."""
    kept = tmp_path / "kept"
    kept.mkdir()
    os.mkfifo(kept / cache.REPORT)
    (kept / cache.TREES).touch()
    os.truncate(kept / cache.TREES, 1 << 40)
    assert ITEM in rows(analyzed(shop, kept))
    assert len(parsed) == 3


def test_results_may_be_left_in_another_place(shop, tmp_path, parsed):
    """A later analysis that finds nothing new leaves the same results where it was told to."""
    analyze_here(shop, Limits(processes=1), keep=tmp_path / "first")
    analyze_here(shop, Limits(processes=1), known=tmp_path / "first", keep=tmp_path / "second")
    assert len(parsed) == 3
    kept = [{file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("first", "second")]
    assert kept[0] == kept[1]


def test_a_file_that_took_too_long_is_tried_again(shop, tmp_path, parsed):
    """What a busy machine could not do is not remembered as impossible."""
    (shop / "slow.java").write_bytes(GENERICS + b"RestController")
    analyzed(shop, tmp_path / "kept", seconds_per_file=0.3, parsing_memory_bytes=2**33)
    parsed.clear()
    analyzed(shop, tmp_path / "kept", seconds_per_file=0.3, parsing_memory_bytes=2**33)
    assert parsed == ["slow.java"]


def test_what_was_left_for_want_of_time_is_tried_again(shop, tmp_path, monkeypatch):
    """A report that depends on how quick the machine was is not the next one's."""
    with monkeypatch.context() as hurried:
        hurried.setattr(shares, "ran_out", lambda: True)
        analyzed(shop, tmp_path / "kept")
    assert not (tmp_path / "kept" / cache.REPORT).exists()
    analyzed(shop, tmp_path / "kept")
    assert (tmp_path / "kept" / cache.REPORT).exists()


def test_what_is_said_of_a_file_names_it_where_it_lies_now(shop, tmp_path):
    """An answer is kept by content; the file may have another name the next time."""
    (shop / "deep.py").write_bytes(b"from flask import Flask\nx = " + b"(\n" * 5_000 + b"1" + b")\n" * 5_000)
    for name in ("deep.py", "deeper.py"):
        (skipped,) = analyzed(shop, tmp_path / "kept").limits.skipped
        assert (skipped.file, skipped.reason) == (name, "nested or chained too deep; the rest of it was read")
        (shop / name).rename(shop / "deeper.py")


def test_what_is_too_large_to_read_counts_by_its_bytes(shop, tmp_path):
    """The languages of a kept report are those of now."""
    large = shop / "style.css"
    for size in (5 << 20, 6 << 20):
        large.touch()
        os.truncate(large, size)
        report = analyzed(shop, tmp_path / "kept")
        assert next(language.bytes for language in report.languages if language.name == "css") == size
