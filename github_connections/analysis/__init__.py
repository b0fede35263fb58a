"""What a checkout offers: plain Python, a directory in, a report out. Nothing of it is run or imported."""

from github_connections.analysis.analyze import AnalysisFailed, analyze
from github_connections.analysis.limits import Limits
from github_connections.analysis.report import Report

__all__ = ["AnalysisFailed", "Limits", "Report", "analyze"]
