"""From a directory to a report: inventory, sub-projects, parsing, linking, rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct, field

from github_connections.analysis import cache as caching
from github_connections.analysis import shares
from github_connections.analysis.checkout import Checkout
from github_connections.analysis.families import Families, Linked, link_beside, of_families
from github_connections.analysis.inventory import Inventory
from github_connections.analysis.limits import MAXIMUM_DOCUMENT_BYTES
from github_connections.analysis.linking.program import FAMILIES, Program
from github_connections.analysis.parsing import ParsedFile, Parsers
from github_connections.analysis.processes import Answer, Job, Progress
from github_connections.analysis.projects import Project, Roots, find_projects
from github_connections.analysis.report import Reached, Report, Skipped
from github_connections.analysis.reporting import part_of, report_of, sought
from github_connections.analysis.sketches import Wanted
from github_connections.analysis.specifications import descriptions_in
from github_connections.analysis.syntax.nodes import Head
from github_connections.analysis.test_files import TestReader

MAXIMUM_SKIPPED = 1_000
# The shares of an analysis' seconds after which files are not parsed any more: before the linking, and while it asks.
SHARE_BEFORE_LINKING = 0.6
SHARE_WHILE_LINKING = 0.8


class _Work(Struct):
    """What one analysis collects on its way."""

    checkout: Checkout
    parsers: Parsers
    keys: dict[str, str]  # path → content, where answers are known or kept
    answers: dict[str, Answer] = field(default_factory=dict)  # by content
    skipped: list[Skipped] = field(default_factory=list)
    read_bytes: int = 0
    is_hurried: bool = False  # something has no result that may have one the next time

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file of the checkout, of no more than a file may have."""
        with shares.uninterrupted():  # a directory that is half closed would be taken for another
            return self.checkout.inventory.read(path, self.checkout.limits.bytes_per_file)

    def parse(self, files: list[ParsedFile]) -> None:
        """Parse files of which there is a sketch; one that cannot be parsed has nothing in it."""
        waiting = {file.path: file for file in files}
        jobs = [Job(file.path, file.language, file.size, needed=True) for file in files]
        with shares.uninterrupted():
            for answer in self.parsers.parse(jobs, share=SHARE_WHILE_LINKING):
                waiting.pop(answer.path).fill(self.head_of(answer.path, answer), answer.encoded)

    def head_of(self, path: str, answer: Answer) -> Head | None:
        """Return the head, or None where the file has no result; what is to be said of the file is noted.

        An answer that was kept may have been given for another file with the same content.
        """
        self.is_hurried = self.is_hurried or answer.passing
        if answer.failure or answer.head is None:
            self.skipped.append(Skipped(file=path, reason=answer.failure))
        elif answer.cut:
            self.skipped.append(Skipped(file=path, reason="nested or chained too deep; the rest of it was read"))
        return None if answer.failure else answer.head


def new_report(checkout: Checkout, known: Path | None, keep: Path | None, progress: Progress) -> bytes:
    """Return the report of a checkout as JSON; what is known of its files is taken from `known`, and left in `keep`."""
    with Parsers(checkout.root, checkout.limits, lambda: _sought(checkout)) as parsers:
        if known is None:
            parsers.prepare()  # while the files are listed and read
        digest = checkout.digest if keep else ""
        work = _Work(checkout, parsers, keys=checkout.keys if known or keep else {})
        report = msgspec.json.encode(_analyzed(work, known, keep, progress))
    if not work.is_hurried:
        caching.keep_report(keep, digest, report)
    return report


def _sought(checkout: Checkout) -> dict[str, Wanted]:
    return {language: sought(language) for language in {source.language for source in checkout.inventory.sources}}


def _analyzed(work: _Work, known: Path | None, keep: Path | None, progress: Progress) -> Report:
    inventory = work.checkout.inventory
    paths = inventory.paths
    projects, unreadable = _projects(inventory, paths)
    work.skipped += unreadable
    files = _parse(work, projects, caching.known_answers(known), progress)
    caching.keep_answers(keep, work.answers)
    work.answers.clear()
    progress("linking", 0, 0)
    described = descriptions_in(
        inventory.others, lambda path: inventory.read(path, MAXIMUM_DOCUMENT_BYTES), work.skipped
    )
    linked = _Linking(work, projects, paths).of(files)
    work.is_hurried = work.is_hurried or any(one.is_hurried for one in linked)
    report = report_of(
        [part for one in linked for part in one.parts],
        projects,
        {file.path: file.project_root for file in files},
        described,
        work.checkout.commit,
    )
    tests = TestReader([*projects, *_projects(inventory, inventory.others_of_tests)[0]])
    return msgspec.structs.replace(
        report,
        languages=inventory.languages(),
        test_files=list(tests.rows(inventory.tests, work.read)),
        limits=_reached(work, len(files), linked),
    )


def _projects(inventory: Inventory, paths: Iterable[str]) -> tuple[list[Project], list[Skipped]]:
    return find_projects(paths, lambda path: inventory.read(path, MAXIMUM_DOCUMENT_BYTES))


def _reached(work: _Work, files_read: int, linked: list[Linked]) -> Reached:
    said = [*work.checkout.inventory.skipped, *work.skipped, *(item for one in linked for item in one.skipped)]
    skipped = sorted(said, key=lambda item: (item.file, item.reason))
    return Reached(
        files_seen=work.checkout.inventory.files_seen,
        files_read=files_read,
        files_parsed=sum(one.files_parsed for one in linked),
        bytes=work.read_bytes,
        truncated=work.checkout.inventory.truncated or len(skipped) > MAXIMUM_SKIPPED,
        skipped=skipped[:MAXIMUM_SKIPPED],
    )


# --- parsing --------------------------------------------------------------------------------------------------------


def _parse(work: _Work, projects: list[Project], earlier: dict[str, Answer], progress: Progress) -> list[ParsedFile]:
    """Return the files by path, those with anything sought in them parsed, from the cache where they were before."""
    found = dict(_known(work, earlier))
    before, sources = frozenset(found), work.checkout.inventory.sources
    progress("parsing", len(before), len(sources))
    jobs = (Job(source.path, source.language, source.size) for source in sources if source.path not in before)
    answers = work.parsers.parse(jobs, share=SHARE_BEFORE_LINKING)
    for count, answer in enumerate(answers, len(before) + 1):
        found[answer.path] = answer
        progress("parsing", count, len(sources))
    return list(_files(work, Roots(projects), found))


def _known(work: _Work, earlier: dict[str, Answer]) -> Iterator[tuple[str, Answer]]:
    for source in work.checkout.inventory.sources if earlier else ():
        answer = earlier.get(work.keys[source.path])
        if answer is not None:
            yield source.path, answer


def _files(work: _Work, roots: Roots, found: dict[str, Answer]) -> Iterator[ParsedFile]:
    for source in work.checkout.inventory.sources:
        answer = found.get(source.path)
        if answer is None:
            continue
        if source.path in work.keys and not answer.passing:
            work.answers[work.keys[source.path]] = answer
        head = work.head_of(source.path, answer)
        if head is None:
            continue
        work.read_bytes += source.size
        root = roots.of(source.path, FAMILIES.get(source.language, source.language))
        yield ParsedFile(source.path, source.language, source.size, root, head, answer.encoded, work.read, work.parse)


# --- linking --------------------------------------------------------------------------------------------------------


class _Linking(Struct):
    """Links the families, each share of them in this process or in a copy of it."""

    work: _Work
    projects: list[Project]
    paths: list[str]

    def of(self, files: list[ParsedFile]) -> list[Linked]:
        """Return what all families have to say."""
        families = of_families(files, self.work.checkout.inventory.counted, self.projects)
        return link_beside(families, self.work.checkout.limits.processes, self._linked, self._linked_in_copy)

    def _linked(self, families: Families) -> Linked:
        parts = [part_of(family, partial(self._program, files)) for family, files in families.items()]
        parsed = sum(file.is_parsed for files in families.values() for file in files)
        skipped = [item for part in parts for item in part.skipped]
        return Linked(parts, parsed, skipped, shares.ran_out() or self.work.is_hurried)

    def _linked_in_copy(self, families: Families) -> Linked:
        """Parse in children of its own: those that are there answer to the process that started them."""
        self.work.skipped = []
        with self.work.parsers.others() as self.work.parsers:
            linked = self._linked(families)
        return msgspec.structs.replace(linked, skipped=[*linked.skipped, *self.work.skipped])

    def _program(self, files: list[ParsedFile]) -> Program:
        return Program(files, self.projects, self.paths, self.work.read, _sought(self.work.checkout))
