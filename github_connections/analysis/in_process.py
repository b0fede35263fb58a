"""An analysis in this very process (parsing still happens in its children)."""

from __future__ import annotations

from pathlib import Path

import msgspec

from github_connections.analysis import cache
from github_connections.analysis.checkout import Checkout
from github_connections.analysis.limits import Limits
from github_connections.analysis.processes import Progress
from github_connections.analysis.report import Report


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Nobody wants to know how far it is."""


def analyze_here(
    directory: Path,
    limits: Limits,
    *,
    known: Path | None = None,
    keep: Path | None = None,
    progress: Progress = _silent,
    commit: str = "",
) -> Report:
    """Return what `analyze` returns, whose arguments these are."""
    encoded = encoded_report(directory, limits, known=known, keep=keep, progress=progress, commit=commit)
    return msgspec.json.decode(encoded, type=Report)


def encoded_report(
    directory: Path, limits: Limits, *, known: Path | None, keep: Path | None, progress: Progress, commit: str
) -> bytes:
    """Analyse, and return the report as JSON, as it may have been kept; what `analyze` runs in a child."""
    progress("listing", 0, 0)
    checkout = Checkout(directory, limits, commit)
    earlier = cache.known_report(known, checkout.digest) if known is not None else None
    if earlier is not None:
        cache.keep_both_of(known, keep)
        return earlier
    # Not before: to load all that knows a language or a framework takes as long as to see that nothing has changed.
    from github_connections.analysis.pipeline import new_report

    return new_report(checkout, known, keep, progress)
