"""The second phase for each language family by itself: they know nothing of each other, and are linked side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import msgspec
from msgspec import Struct

from github_connections.analysis.frameworks import NAMES
from github_connections.analysis.linking.program import FAMILIES
from github_connections.analysis.parsing import ParsedFile
from github_connections.analysis.projects import ECOSYSTEMS, Project
from github_connections.analysis.report import Skipped
from github_connections.analysis.reporting import Part


class Linked(Struct, frozen=True):
    """What some families have to say, how many of their files are parsed by now, and what is to be said of files.

    It is hurried where time ran out on the way, or something else that may be otherwise the next time.
    """

    parts: list[Part]
    files_parsed: int
    skipped: list[Skipped]
    is_hurried: bool


Families = dict[str, list[ParsedFile]]
# What is not parsed, and shows routes by where it stands or by its text.
_NO_SOURCES = {"astro": "javascript", "graphql": "javascript", "razor": "csharp"}


def of_families(files: Iterable[ParsedFile], languages: Iterable[str], projects: Iterable[Project]) -> Families:
    """Return the files of each family that has a file or a manifest; one of manifests alone has what is no source."""
    ecosystems = {project.ecosystem for project in projects}
    present = {_family_of(language) for language in languages}
    found: Families = {family: [] for family in NAMES if family in present or ECOSYSTEMS[family] in ecosystems}
    for file in files:
        found[_family_of(file.language)].append(file)
    return found


def _family_of(language: str) -> str:
    return _NO_SOURCES.get(language) or FAMILIES.get(language, language)


def link_beside(
    families: Families, processes: int, link: Callable[[Families], Linked], link_in_copy: Callable[[Families], Linked]
) -> list[Linked]:
    """Share the families out to so many processes: this one does the first share, copies of it do the others'.

    The first is the one with most files that may yet be parsed: a copy has to start a parser of its own.
    """
    first, *others = _shares(families, processes)
    if not others:
        return [link(first)]
    # Not before: to load what makes copies takes as long as to link a small program.
    from github_connections.analysis.copies import copies

    with copies([partial(_encoded, link_in_copy, share) for share in others]) as answers:
        own = link(first)
        return [own, *(msgspec.msgpack.decode(answer, type=Linked) for answer in answers())]


def _encoded(link: Callable[[Families], Linked], share: Families) -> bytes:
    return msgspec.msgpack.encode(link(share))


def _shares(families: Mapping[str, list[ParsedFile]], processes: int) -> list[Families]:
    """Give each family, the largest first, to the share with least; the trees' bytes say how much there is to do."""
    sizes = {family: sum(len(file.encoded) for file in files) for family, files in families.items()}
    shares: list[Families] = [{} for _ in range(max(1, min(processes, sum(map(bool, sizes.values())))))]
    for family in sorted(families, key=lambda family: (-sizes[family], family)):
        least = min(shares, key=lambda share: sum(sizes[other] for other in share)) if sizes[family] else shares[0]
        least[family] = families[family]
    return sorted(shares, key=_left_to_parse, reverse=True)


def _left_to_parse(share: Families) -> int:
    return sum(file.size for files in share.values() for file in files if not file.is_parsed)
