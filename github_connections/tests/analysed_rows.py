"""Connections whose analysis was stored."""

from typing import Any

from github_connections import findings
from github_connections.analysis import Report
from github_connections.analysis.tests.reports import shop_report
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_rows import make_connection
from qualisys.projects.models import Project


def make_analysed(project: Project, report: Report | None = None, **fields: Any) -> GithubConnection:
    """Make a connection with this report stored, or that of a small shop."""
    report = report or shop_report()
    summary = findings.summary_of(report)
    connection = make_connection(project, **{"status": Status.ANALYZED, "analysis_summary": summary, **fields})
    findings.replace_rows(connection, report)
    return connection
