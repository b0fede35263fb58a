"""Connections with a real clone on disk: git's own files in it, and whatever a test lays there besides."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import ApiAs, World
from github_connections import workspace
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_api import path_of
from github_connections.tests.connection_rows import make_connection
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.tenancy.context import current_tenant

FILES = {
    "README.md": b"A shop.\n",
    "shop/views.py": b"def index(): ...\n",
    "shop/api/orders.py": "# Bestellungen für Äpfel\n".encode(),
    "web/index.html": b"<script>alert(document.domain)</script>\n",
    "logo.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
}


def clone_of(directory: Path, place: Path, files: dict[str, bytes] = FILES) -> str:
    """Make a repository of these files, clone it to the place as the service does, and return its commit."""
    for name, content in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)

    def git(*arguments: str | Path) -> str:
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
        run = subprocess.run(["git", *identity, *arguments], cwd=directory, check=True, capture_output=True, text=True)
        return run.stdout.strip()

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "First")
    place.parent.mkdir(parents=True, exist_ok=True)
    git("clone", "--quiet", "--depth=1", f"file://{directory}", place)
    return git("rev-parse", "HEAD")


class Source:
    """The source of a project, as a QA automation engineer asks for it."""

    def __init__(self, client: Any, project: Project, connection: GithubConnection, commit: str) -> None:
        self.client, self.project, self.connection, self.commit = client, project, connection, commit
        self.place = workspace.checkout_path(current_tenant().pk, connection.pk)

    def tree(self, headers: dict[str, str] | None = None, **parameters: object) -> Any:
        return self.client.get(f"{path_of(self.project.pk)}/tree", parameters, headers=headers)

    def file(self, path: str, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"{path_of(self.project.pk)}/files/{path}", headers=named)

    def listed(self, **parameters: object) -> list[tuple[str, str]]:
        """Return path and type of each entry on the first page."""
        answer = self.tree(**parameters)
        assert answer.status_code == 200, answer.content
        return [(entry["path"], entry["type"]) for entry in answer.json()["results"]]


@pytest.fixture
def source(world: World, project: Project, api_as: ApiAs, clone_root: Path, tmp_path: Path) -> Source:
    """A connected project whose clone lies on disk."""
    connection = make_connection(project, Status.ANALYZED)
    place = workspace.checkout_path(world.acme.pk, connection.pk)
    commit = clone_of(tmp_path / "repository", place)
    GithubConnection.objects.filter(pk=connection.pk).update(clone_path=str(place), commit_sha=commit)
    return Source(api_as(world.by_role[Role.QA_AUTOMATION]), project, connection, commit)
