"""Prints what a directory offers, as the analysis of a connection would find it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from github_connections.analysis import AnalysisFailed, Limits, Report, analyze


class Command(BaseCommand):
    """`manage.py analyze_path DIR [--json] [--processes N]`."""

    help = "Print the routes, endpoints and components of a directory. Nothing in it is run."
    requires_system_checks: list[str] = []  # it needs neither a database nor a tenant

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the directory and how to print."""
        parser.add_argument("directory", type=Path, help="the directory to analyse")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
        parser.add_argument("--processes", type=int, default=0, help="how many processes parse (default: one a core)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Analyse and print."""
        limits = Limits(processes=options["processes"]) if options["processes"] > 0 else Limits()
        try:
            report = self._analyze(options["directory"], limits)
        except AnalysisFailed as failed:
            raise CommandError(str(failed)) from failed
        if options["json"]:
            self.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
        else:
            _print(report, Console(file=sys.stdout, soft_wrap=True, highlight=False))

    @staticmethod
    def _analyze(directory: Path, limits: Limits) -> Report:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        console = Console(file=sys.stderr)
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("listing", total=None)

            def show(stage: str, done: int, total: int) -> None:
                bar.update(task, description=stage, completed=done, total=total or None)

            return analyze(directory, limits, progress=show)


def _print(report: Report, console: Console) -> None:
    found = ", ".join(f"{item.name}{f' in {item.root}' if item.root else ''}" for item in report.frameworks)
    console.print(f"Framework: {report.framework}{f' ({found})' if found else ''}")
    languages = ", ".join(f"{item.name} {item.share:.0%}" for item in report.languages[:6] if item.share >= 0.005)
    console.print(f"Languages: {languages or 'none'}")
    console.print(
        f"{len(report.routes)} routes, {len(report.endpoints)} of them endpoints of an API; "
        f"{len(report.components)} components; {sum(item.cases for item in report.test_files)} test cases"
    )
    if report.routes:
        table = Table("method", "path", "where", "handler", box=None, pad_edge=False)
        for route in report.routes:
            mark = "" if route.confidence == "exact" else " ?"
            table.add_row(route.method, f"{route.path}{mark}", f"{route.file}:{route.line}", route.handler)
        console.print(table)
    if report.components:
        table = Table("component", "kind", "where", box=None, pad_edge=False)
        for component in report.components:
            table.add_row(component.name, component.kind, f"{component.file}:{component.line}")
        console.print(table)
    reached = report.limits
    console.print(f"{reached.files_parsed} of {reached.files_seen} files were read, {len(reached.skipped)} were not:")
    for skipped in reached.skipped[:20]:
        console.print(f"  {skipped.file or '–'}: {skipped.reason}")
    if len(reached.skipped) > 20:
        console.print(f"  … and {len(reached.skipped) - 20} more (--json has all)")
