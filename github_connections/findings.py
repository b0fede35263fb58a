"""What an analysis found, in the database: a report becomes rows and a summary, and both become a report again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.db import connection as database
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from github_connections.analysis import Report
from github_connections.analysis.report import Component, Model, Route, TestFile
from github_connections.models import AnalysisRow, GithubConnection, RowKind

# How many rows of each kind the connection itself carries; all of them are in their own table.
SUMMARY_ROWS = 100
# The client's three keys first, then what helps to write a test; the rest stands in the rows themselves.
_OF_ROUTE = (
    *("method", "path", "file", "line", "framework", "handler", "params"),
    *("request_model", "response_model", "auth", "prefixes", "source", "confidence"),
)
_OF_COMPONENT = ("name", "file", "line", "framework", "kind", "props")
LONGEST_METHOD = 16
_TABLE = AnalysisRow._meta.db_table  # noqa: SLF001  # Django's own name for it
_COLUMNS = (
    *("connection_id", "kind", "position", "is_endpoint"),
    *("framework", "method", "path", "name", "file", "line", "data"),
)
_WHOLE_IN_SUMMARY = ("schema", "framework", "frameworks", "languages", "specs", "limits", "analyzer")
_NUL = b"\\u0000"


def storable_text(text: str) -> str:
    """Return the text without the one character that PostgreSQL cannot hold."""
    return text.replace("\0", "")


def storable(report: Report) -> Report:
    """The same for all texts of a report."""
    if _NUL not in msgspec.json.encode(report):
        return report
    return msgspec.convert(_without_nul(report.as_dict()), Report)


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return value


# --- to the database --------------------------------------------------------------------------------------------------


def replace_rows(connection: GithubConnection, report: Report) -> None:
    """Put this report's rows in the place of an earlier one's; the caller holds the connection.

    By COPY, which takes a fifth of the time of inserts while others wait for the connection.
    """
    forget_rows(connection)
    with database.cursor() as cursor, cursor.copy(f"COPY {_TABLE} ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for row in _rows(report):
            copy.write_row((connection.pk, *row))


def forget_rows(connection: GithubConnection) -> None:
    """Delete what was found; the caller holds the connection.

    Django would read all of it first, as django-tenants listens to every deletion.
    """
    with database.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE} WHERE connection_id = %s", [connection.pk])  # noqa: S608  # a constant


def summary_of(report: Report) -> dict[str, Any]:
    """Return what the connection carries: the first rows of each kind, and everything that is short by itself."""
    short = {name: getattr(report, name)[:SUMMARY_ROWS] for name in ("routes", "endpoints", "components")}
    plain = msgspec.structs.replace(report, models=[], test_files=[], **short).as_dict()
    return {
        "schema": plain["schema"],
        "framework": plain["framework"],
        "routes": _short(plain["routes"], _OF_ROUTE),
        "components": _short(plain["components"], _OF_COMPONENT),
        "endpoints": _short(plain["endpoints"], _OF_ROUTE),
        "truncated": max(len(report.routes), len(report.components)) > SUMMARY_ROWS,
        "frameworks": plain["frameworks"][:SUMMARY_ROWS],
        "languages": plain["languages"],
        "models": len(report.models),
        "test_files": len(report.test_files),
        "test_cases": sum(item.cases for item in report.test_files),
        "specs": plain["specs"][:SUMMARY_ROWS],
        "limits": {**plain["limits"], "skipped": plain["limits"]["skipped"][:SUMMARY_ROWS]},
        "analyzer": plain["analyzer"],
    }


def _short(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{key: row[key] for key in keys} for row in rows]


def _rows(report: Report) -> Iterator[tuple[Any, ...]]:
    """Yield the values of each row, in the order of _COLUMNS."""
    endpoints = {row.id for row in report.endpoints}
    for position, route in enumerate(report.routes):
        method = route.method[:LONGEST_METHOD]
        known = (route.framework, method, route.path, route.handler, route.file, route.line)
        yield RowKind.ROUTE.value, position, route.id in endpoints, *known, _json(route)
    others: tuple[tuple[RowKind, Sequence[Component | Model | TestFile]], ...] = (
        (RowKind.COMPONENT, report.components),
        (RowKind.MODEL, report.models),
        (RowKind.TEST_FILE, report.test_files),
    )
    for kind, rows in others:
        for position, row in enumerate(rows):
            known = (getattr(row, "framework", ""), "", "", getattr(row, "name", ""), row.file, getattr(row, "line", 0))
            yield kind.value, position, False, *known, _json(row)


def _json(row: msgspec.Struct) -> str:
    return msgspec.json.encode(row).decode()


# --- and back ---------------------------------------------------------------------------------------------------------


def is_analysed(connection: GithubConnection) -> bool:
    """Return whether an analysis of this connection was ever stored; its rows stay until a newer one's."""
    return bool(connection.analysis_summary)


def commit_of(connection: GithubConnection) -> str:
    """Return the commit that the stored rows were read from; a newer one may be cloned and not analysed yet."""
    return str(connection.analysis_summary.get("analyzer", {}).get("commit", ""))


def rows_of(connection: GithubConnection) -> QuerySet[AnalysisRow]:
    """Return all stored rows of a connection."""
    return AnalysisRow.objects.filter(connection=connection)


def report_of(connection: GithubConnection) -> Report:
    """Return the stored report; of the files that were skipped, the first SUMMARY_ROWS."""
    found: dict[str, list[tuple[bool, str]]] = {kind: [] for kind in RowKind.values}
    # As text, which is read ten times as fast as through Python's own JSON.
    stored = rows_of(connection).order_by("kind", "position").annotate(text=Cast("data", TextField()))
    for kind, is_endpoint, text in stored.values_list("kind", "is_endpoint", "text"):
        found[kind].append((is_endpoint, text))
    routes = [(is_endpoint, msgspec.json.decode(text, type=Route)) for is_endpoint, text in found[RowKind.ROUTE]]
    return msgspec.structs.replace(
        msgspec.convert({key: connection.analysis_summary[key] for key in _WHOLE_IN_SUMMARY}, Report),
        routes=[route for _, route in routes],
        endpoints=[route for is_endpoint, route in routes if is_endpoint],
        components=[msgspec.json.decode(text, type=Component) for _, text in found[RowKind.COMPONENT]],
        models=[msgspec.json.decode(text, type=Model) for _, text in found[RowKind.MODEL]],
        test_files=[msgspec.json.decode(text, type=TestFile) for _, text in found[RowKind.TEST_FILE]],
    )
