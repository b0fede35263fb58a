"""What a checkout offers: plain Python, a directory in, a report out. Nothing of it is run or imported."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Report:
    """Routes, endpoints and components of a repository, each with the file that declares it."""

    framework: str = "unknown"
    routes: list[dict[str, Any]] = field(default_factory=list)
    endpoints: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)


def analyze(checkout: Path) -> Report | None:  # noqa: ARG001  # the seam: no analyser reads it yet
    """Return what the checkout offers; None as long as there is no analyser, and the clone stays `cloned`."""
    return None
