"""`script/demo`: the main job from nothing to an analysed repository, through the public API."""

import argparse
import getpass
import json
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from qualisys.dev.api_client import ApiClient
from qualisys.dev.seeding import OWN_REPOSITORY, OWNER, PROJECT_NAME, TENANT_HOST, seed, serve_loopback_github
from qualisys.dev.stack import PROJECT, Stack, free_port

UNDER_WAY = {"pending", "cloning", "cloned"}
SECONDS_BETWEEN_LOOKS = 0.1
PATIENCE_SECONDS = 1200
ROUTES_SHOWN = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "repo_url",
        nargs="?",
        help="a repository on github.com; needs GITHUB_PAT, or asks for it. "
        "Without it, a loopback GitHub serves this project's own repository.",
    )
    parser.add_argument("--json", action="store_true", help="print the final connection, and nothing else, on stdout")


def run(options: argparse.Namespace) -> int:
    """Connect the repository and return 0 when it was analysed."""
    console = Console(stderr=options.json, highlight=False, soft_wrap=True)
    pat = _ask_for_token() if options.repo_url else None
    with ExitStack() as cleanup:
        console.print("Starting PostgreSQL and Redis …")
        stack = cleanup.enter_context(Stack())
        console.print("Migrating, and making the tenant Acme with its owner …")
        seed(stack)
        if pat is None:
            github = serve_loopback_github(stack, cleanup, {})
            console.print(f"A loopback GitHub at {github.clone_url} stands in for github.com.")
        connection = _connect(stack, console, options.repo_url, pat or stack.secrets.loopback_token)
    if options.json:
        print(json.dumps(connection, indent=2))
    return 0 if connection["status"] == "analyzed" else 1


def _ask_for_token() -> str:
    return os.environ.get("GITHUB_PAT") or getpass.getpass("GitHub personal access token (not shown): ")


def _connect(stack: Stack, console: Console, repo_url: str | None, pat: str) -> dict[str, Any]:
    port = free_port()
    console.print("Starting the web server, a worker and beat …")
    stack.start_workers()
    stack.start_web(port)
    api = ApiClient(port, TENANT_HOST)
    api.log_in(OWNER, stack.secrets.owner_password)
    path = f"/projects/{api.project_named(PROJECT_NAME)['id']}/github"
    _disconnect_earlier(api, path)
    wanted = repo_url or f"https://github.com/{OWN_REPOSITORY}"
    console.print(f"POST /api/v1{path}  {wanted}")
    api.call("POST", path, {"repo_url": wanted, "pat": pat})
    connection = _watch(api, path, console)
    _describe(connection, console)
    return connection


def _disconnect_earlier(api: ApiClient, path: str) -> None:
    """An earlier demo's connection makes room for this one."""
    if api.exists(path):
        api.call("DELETE", path)


def _watch(api: ApiClient, path: str, console: Console) -> dict[str, Any]:
    """Show the progress of clone and analysis until they have ended, and return the connection."""
    columns = (TextColumn("{task.description:<14}"), BarColumn(), TaskProgressColumn("{task.percentage:>3.0f} %"))
    deadline = time.monotonic() + PATIENCE_SECONDS
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("pending", total=None)
        while True:
            connection: dict[str, Any] = api.call("GET", path)
            _show(bar, task, connection)
            if connection["status"] not in UNDER_WAY or time.monotonic() > deadline:
                return connection
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _show(bar: Progress, task: TaskID, connection: dict[str, Any]) -> None:
    if connection["status"] == "analyzed":
        bar.update(task, description="analyzed", completed=100, total=100)
        return
    progress = connection["progress"] or {"stage": connection["status"], "percent": None}
    known = progress["percent"] is not None
    bar.update(task, description=progress["stage"], completed=progress["percent"] or 0, total=100 if known else None)


def _describe(connection: dict[str, Any], console: Console) -> None:
    if connection["status"] != "analyzed":
        said = connection["error_message"] or f"not at its end after {PATIENCE_SECONDS} seconds"
        console.print(f"[bold red]{connection['status']}[/]: {escape(said)}")
        return
    console.print(f"[bold green]{connection['status']}[/] {connection['repo_url']}")
    console.print(f"  branch      {connection['branch']}", markup=False)
    console.print(f"  commit      {connection['commit_sha']}")
    console.print(f"  size        {decimal(connection['size_bytes'])}")
    console.print(f"  expires     {connection['expires_at']}")
    console.print(f"  lies at     {_place_of(connection)}", markup=False)
    _describe_analysis(connection, console)


def _describe_analysis(connection: dict[str, Any], console: Console) -> None:
    summary, routes = connection["analysis_summary"], connection["routes_count"]
    console.print(f"  framework   {summary['framework']}")
    console.print(
        f"  found       {routes} routes, {connection['endpoints_count']} of them endpoints of an API; "
        f"{connection['components_count']} components; {summary['test_cases']} test cases"
    )
    shown = summary["routes"][:ROUTES_SHOWN]
    width = max((len(route["path"]) for route in shown), default=0)
    for route in shown:
        line = f"{route['method']:<6}  {route['path']:<{width}}  {route['file']}:{route['line']}"
        console.print(f"    {_harmless(line)}", markup=False)
    if routes > ROUTES_SHOWN:
        console.print(f"    … and {routes - ROUTES_SHOWN} more: GET …/github/analysis")


def _harmless(text: str) -> str:
    """Text out of a repository must not move a terminal's cursor."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _place_of(connection: dict[str, Any]) -> Path:
    root = Path(os.environ.get("CLONE_ROOT", PROJECT / "tmp" / "tenants"))
    return next(root.glob(f"*/repos/{connection['id']}"))
