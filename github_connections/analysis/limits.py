"""How much an analysis may take."""

from __future__ import annotations

import os

import msgspec
from msgspec import Struct

MEBIBYTE = 1024 * 1024
# Of a manifest, a configuration or an OpenAPI document.
MAXIMUM_DOCUMENT_BYTES = 1 * MEBIBYTE
MAXIMUM_DOCUMENT_DEPTH = 100


def default_processes() -> int:
    """Return how many parsing processes to start where nobody says: one a core, at most four."""
    return max(1, min(4, len(os.sched_getaffinity(0))))


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds of one analysis; what lies beyond them is left out, and the report says so.

    `seconds` is for all of it, and the only one that fails it: a report without its end would be no report.
    """

    # Files of any kind, and bytes of source that is parsed.
    files: int = 50_000
    bytes: int = 300 * MEBIBYTE
    bytes_per_file: int = 2 * MEBIBYTE
    # Of a processor; a machine that is busy with something else gets four times as many by the clock.
    seconds_per_file: float = 5.0
    seconds: float = 300.0
    # Bytes of address space by which a parsing process may grow, and a process that links.
    parsing_memory_bytes: int = 384 * MEBIBYTE
    linking_memory_bytes: int = 4096 * MEBIBYTE
    processes: int = msgspec.field(default_factory=default_processes)
