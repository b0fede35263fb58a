"""The second phase for each language family by itself: they know nothing of each other, and are linked side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import msgspec
from msgspec import Struct

from github_connections.analysis.copies import copies
from github_connections.analysis.frameworks import all_frameworks
from github_connections.analysis.linking.program import FAMILIES
from github_connections.analysis.parsing import ParsedFile
from github_connections.analysis.report import Skipped
from github_connections.analysis.reporting import Part


class Linked(Struct, frozen=True):
    """What some families have to say, how many of their files are parsed by now, and what is to be said of files."""

    parts: list[Part]
    files_parsed: int
    skipped: list[Skipped]


Families = dict[str, list[ParsedFile]]


def of_families(files: Iterable[ParsedFile]) -> Families:
    """Return the files of each family that a framework is of; a family without files has what is no source."""
    found: Families = {framework.family: [] for framework in all_frameworks()}
    for file in files:
        found.setdefault(FAMILIES.get(file.language, file.language), []).append(file)
    return found


def link_beside(
    families: Families, processes: int, link: Callable[[Families], Linked], link_in_copy: Callable[[Families], Linked]
) -> list[Linked]:
    """Share the families out to so many processes: this one does the first share, copies of it do the others'."""
    first, *others = _shares(families, processes)
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
    return shares
