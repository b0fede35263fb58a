"""Prints what a directory offers, as the analysis of a connection would find it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from github_connections.analysis import AnalysisFailed, Limits, Report, analyze

_SKIPPED_SHOWN = 20
_LANGUAGES_SHOWN = 6
_LEAST_SHARE = 0.005


class Command(BaseCommand):
    """`manage.py analyze_path DIR [--json] [--processes N] [--cache DIR]`."""

    help = "Print the routes, endpoints and components of a directory. Nothing in it is run."
    requires_system_checks: list[str] = []  # it needs neither a database nor a tenant

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the directory and how to print."""
        parser.add_argument("directory", type=Path, help="the directory to analyse")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
        parser.add_argument("--processes", type=int, default=0, help="how many processes parse (default: one a core)")
        parser.add_argument("--cache", type=Path, help="a directory to keep results in for the next time")

    def handle(self, *args: Any, **options: Any) -> None:
        """Analyse and print."""
        limits = Limits(processes=options["processes"]) if options["processes"] > 0 else Limits()
        try:
            report = _analyze(options["directory"], limits, options["cache"])
        except AnalysisFailed as failed:
            raise CommandError(str(failed)) from failed
        if options["json"]:
            self.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        else:
            self.stdout.write("\n".join(map(_harmless, _lines(report))))


def _analyze(directory: Path, limits: Limits, cache: Path | None) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("listing", total=None)

        def show(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total or None)

        return analyze(directory, limits, known=cache, keep=cache, progress=show)


def _lines(report: Report) -> Iterable[str]:
    yield from _summary(report)
    routes = (
        (row.method, _marked(row.path, row.confidence), f"{row.file}:{row.line}", row.handler) for row in report.routes
    )
    yield from _table(("method", "path", "where", "handler"), routes)
    components = ((row.name, row.kind, f"{row.file}:{row.line}") for row in report.components)
    yield from _table(("component", "kind", "where"), components)
    yield from _what_was_skipped(report)


def _summary(report: Report) -> Iterable[str]:
    found = ", ".join(f"{item.name}{f' in {item.root}' if item.root else ''}" for item in report.frameworks)
    yield f"Framework: {report.framework}{f' ({found})' if found else ''}"
    shown = [item for item in report.languages[:_LANGUAGES_SHOWN] if item.share >= _LEAST_SHARE]
    yield f"Languages: {', '.join(f'{item.name} {item.share:.0%}' for item in shown) or 'none'}"
    yield (
        f"{len(report.routes)} routes, {len(report.endpoints)} of them endpoints of an API; "
        f"{len(report.components)} components; {sum(item.cases for item in report.test_files)} test cases"
    )


def _what_was_skipped(report: Report) -> Iterable[str]:
    reached = report.limits
    yield (
        f"{reached.files_read} of {reached.files_seen} files were read, {reached.files_parsed} of them parsed; "
        f"skipped: {len(reached.skipped) or 'none'}"
    )
    for skipped in reached.skipped[:_SKIPPED_SHOWN]:
        yield f"  {skipped.file or '–'}: {skipped.reason}"
    if len(reached.skipped) > _SKIPPED_SHOWN:
        yield f"  … and {len(reached.skipped) - _SKIPPED_SHOWN} more (--json has all)"


def _marked(path: str, confidence: str) -> str:
    return path if confidence == "exact" else f"{path} ?"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    """Return rows one below the other, never cut off: somebody may search in them."""
    table = [headings, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table if len(table) > 1 else ():
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _harmless(text: str) -> str:
    """Text out of a repository must not move a terminal's cursor."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
