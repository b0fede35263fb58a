"""What a checkout offers: plain Python, a directory in, a report out. Nothing of it is run or imported."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from github_connections.analysis.limits import Limits
    from github_connections.analysis.report import Report
    from github_connections.analysis.supervised import AnalysisFailed, analyze

__all__ = ["AnalysisFailed", "Limits", "Report", "analyze"]

_HOMES = {"AnalysisFailed": "supervised", "Limits": "limits", "Report": "report", "analyze": "supervised"}


def __getattr__(name: str) -> object:
    """Load what is asked for, and not before: each process of an analysis begins with this package and needs none."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
