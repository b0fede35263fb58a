"""Hostile repositories through the whole task: the row says the truth, and nothing is left beside it."""

from pathlib import Path
from typing import Any

import pytest

from github_connections import cloning
from github_connections.models import GithubConnection
from github_connections.tests.conftest import PAT
from github_connections.tests.connection_rows import clone_root as clone_root
from github_connections.tests.connection_rows import everything_below, make_cloned, make_connection
from github_connections.tests.hostile_clones import hostile as hostile
from github_connections.tests.hostile_clones import processes_naming
from github_connections.tests.hostile_repositories import FILE, LINK, MEBIBYTE, TREE, HostileRepository, nested
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.encryption import encrypt
from qualisys.projects.models import Project

URL = "https://github.com/acme/hostile"


def cloned(project: Project, github: LoopbackGitHub, repository: HostileRepository, **fields: Any) -> GithubConnection:
    """Return the connection as the task leaves it."""
    github.add_repository("acme/hostile", repository.directory)
    connection = make_connection(project, repo_url=URL, encrypted_token=encrypt(PAT), **fields)
    cloning.clone_connection(connection.pk)
    connection.refresh_from_db()
    return connection


def test_links_are_published_as_files(
    project: Project, github: LoopbackGitHub, hostile: HostileRepository, clone_root: Path
) -> None:
    """What readers get has no link in it."""
    hostile.commit_files({b"link": b"/etc/passwd"}, mode=LINK)
    connection = cloned(project, github, hostile)
    assert connection.status == "cloned"
    assert Path(connection.clone_path, "link").read_text() == "/etc/passwd"
    assert not Path(connection.clone_path, "link").is_symlink()


def in_gits_directory(hostile: HostileRepository) -> None:
    hostile.commit(hostile.tree((TREE, b".GIT", hostile.tree((FILE, b"config", hostile.blob(b""))))))


def too_deep(hostile: HostileRepository) -> None:
    hostile.import_files([(b"/".join([b"d"] * 2_030) + b"/f", b"x")])


def too_large(hostile: HostileRepository) -> None:
    hostile.commit_files({b"large": bytes(30 * MEBIBYTE)})


def too_many(hostile: HostileRepository) -> None:
    hostile.import_files((b"%d" % number, b"") for number in range(3_000))


def bomb(hostile: HostileRepository) -> None:
    hostile.commit(nested(hostile, (FILE, b"f", hostile.blob(b"x")), depth=9, width=10))


def with_token(hostile: HostileRepository) -> None:
    hostile.commit_files({b"settings.py": f'TOKEN = "{PAT}"'.encode()})


def without_a_commit(_hostile: HostileRepository) -> None:
    """As it was made."""


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (in_gits_directory, "REPOSITORY_UNSAFE"),
        (too_deep, "REPOSITORY_UNSAFE"),
        (too_large, "REPOSITORY_TOO_LARGE"),
        (too_many, "REPOSITORY_TOO_LARGE"),
        (bomb, "REPOSITORY_TOO_LARGE"),
        (with_token, "TOKEN_LEAKED"),
        (without_a_commit, "BRANCH_NOT_FOUND"),
    ],
)
def test_refused_repository_ends_failed_at_once_and_leaves_nothing(
    make: Any, code: str, project: Project, github: LoopbackGitHub, hostile: HostileRepository, clone_root: Path,
    settings: Any,
) -> None:  # fmt: skip
    """One attempt, its own code, a sentence without the token; no directory, no process."""
    settings.CLONE_MAX_BYTES, settings.CLONE_MAX_FILES = 10 * MEBIBYTE, 2_500
    settings.CLONE_MAX_MEMORY_BYTES = 200 * MEBIBYTE
    make(hostile)
    connection = cloned(project, github, hostile)
    assert (connection.status, connection.error_code, connection.attempts) == ("failed", code, 1)
    assert connection.error_message.isprintable()
    assert PAT not in connection.error_message
    assert everything_below(clone_root) == []
    assert processes_naming(str(clone_root)) == []


def test_quota_that_ends_a_clone_half_way_is_named(
    project: Project, github: LoopbackGitHub, hostile: HostileRepository, clone_root: Path, settings: Any
) -> None:
    """The tenant had 10 MiB left of its quota, and not CLONE_MAX_BYTES, when git was stopped."""
    settings.TENANT_MAX_CLONE_BYTES = 30 * MEBIBYTE
    make_cloned(Project.objects.create(name="Other", created_by=project.created_by), size_bytes=20 * MEBIBYTE)
    too_large(hostile)
    connection = cloned(project, github, hostile)
    assert (connection.status, connection.error_code) == ("failed", "TENANT_QUOTA")
