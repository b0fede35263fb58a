"""The service running for real: a worker of its own, a GitHub on the wire, repositories made on the spot."""

import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.conf import settings as django_settings
from django.db import connection

from conftest import World, make_project
from github_connections import services
from github_connections.models import GithubConnection
from github_connections.tests.cloned_source import source as source
from github_connections.tests.connection_api import api as api
from github_connections.tests.connection_rows import clone_root as clone_root
from github_connections.tests.fake_github import fake_github as fake_github
from github_connections.tests.fault_fixtures import acme_shop as acme_shop
from github_connections.tests.fault_fixtures import globex_shop as globex_shop
from github_connections.tests.fault_fixtures import owners as owners
from github_connections.tests.fault_fixtures import stack as stack
from github_connections.tests.redis_commands import redis_commands as redis_commands
from qualisys.celery import app
from qualisys.dev.live_service import Worker, running_web
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.stack import free_port
from qualisys.projects.models import Project

Answer = TypeVar("Answer")

# Of the form that GitHub's have, and good for nothing.
PAT = "ghp_" + "LiveTestToken0123456789abcdefghijklm"
URL = "https://github.com/acme/shop"
PATIENCE_SECONDS = 30


AUTHOR = {
    "GIT_AUTHOR_NAME": "A. Author",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_COMMITTER_NAME": "A. Author",
    "GIT_COMMITTER_EMAIL": "author@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(directory: Path, *arguments: str) -> str:
    """Run git in this directory and return what it prints."""
    command = ["git", "-c", "init.defaultBranch=main", *arguments]
    run = subprocess.run(
        command, cwd=directory, env={**os.environ, **AUTHOR}, check=True, capture_output=True, text=True
    )
    return run.stdout.strip()


def make_repository(directory: Path, files: dict[str, str] | None = None) -> Path:
    """Make a repository with one commit of these files on the branch main."""
    directory.mkdir(parents=True)
    git(directory, "init", "--quiet")
    for name, text in (files or {"README.md": "A shop.\n", "shop/views.py": "def index(): ...\n"}).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--message", "First")
    return directory


@pytest.fixture(scope="session")
def small_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of two files."""
    return make_repository(tmp_path_factory.mktemp("sources") / "small")


@pytest.fixture(scope="session")
def _github() -> Iterator[LoopbackGitHub]:
    with LoopbackGitHub() as github:
        github.add_token(PAT)
        yield github


@pytest.fixture
def github(_github: LoopbackGitHub, settings: Any, tmp_path: Path) -> Iterator[LoopbackGitHub]:
    """A loopback GitHub in the place of github.com, with the repository acme/shop."""
    settings.GITHUB_API_URL, settings.GITHUB_CLONE_URL = _github.api_url, _github.clone_url
    _github.add_repository("acme/shop", make_repository(tmp_path / "shop"))
    yield _github
    _github.reset()
    _github.add_token(PAT)


@pytest.fixture(scope="session")
def live_environment(
    _world: World, _github: LoopbackGitHub, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What the service's processes must know to work on this run's database and GitHub."""
    database = connection.settings_dict["NAME"]
    return {
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/qualisys?", f"/{database}?"),
        "GITHUB_API_URL": _github.api_url,
        "GITHUB_CLONE_URL": _github.clone_url,
        "CLONE_RETRY_DELAY": "0",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path_factory.mktemp("counts")),
        "METRICS_PORT": str(free_port()),
        "HEARTBEAT_FILE": str(tmp_path_factory.mktemp("heart") / "beat"),
        "WEBHOOK_ALLOW_LOOPBACK": "true",
        "WEBHOOK_TIMEOUT": "2",
    }


@pytest.fixture(scope="session")
def metrics_url(live_environment: dict[str, str]) -> str:
    """Where the worker serves what its processes have counted."""
    return f"http://127.0.0.1:{live_environment['METRICS_PORT']}/metrics"


@pytest.fixture(scope="session")
def _worker(live_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    worker = Worker(live_environment, tmp_path_factory.mktemp("worker") / "worker.log")
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def worker(_worker: Worker, committed: World, github: LoopbackGitHub) -> Iterator[Worker]:
    """A real Celery worker in a process of its own, on committed rows; what it cloned goes with the test."""
    yield _worker
    for directory in Path(django_settings.CLONE_ROOT).iterdir():
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def web_port(live_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The real web server's port."""
    with running_web(live_environment, tmp_path_factory.mktemp("web") / "web.log") as port:
        yield port


@pytest.fixture
def shop(committed: World) -> Project:
    """A project of Acme, committed."""
    return make_project(committed)


def wait_until(ask: Callable[[], Answer], seconds: float = PATIENCE_SECONDS) -> Answer:
    """Return the first true answer; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"still {answer!r} after {seconds} seconds"
        time.sleep(0.05)
    return answer


def wait_for_status(project: Project, *statuses: str) -> GithubConnection:
    """Return the project's connection once it is in one of these statuses."""

    def reached() -> GithubConnection | None:
        return GithubConnection.objects.filter(project=project, status__in=statuses).first()

    return wait_until(reached)


def clone_directories() -> list[Path]:
    """Return everything that lies in any tenant's directories of clones, complete or not."""
    return sorted(Path(django_settings.CLONE_ROOT).glob("*/*/*"))


def connect(world: World, project: Project, **fields: str) -> GithubConnection:
    """Connect as Acme's owner, acme/shop unless another repository is named."""
    return services.connect(project.pk, actor_id=world.acme_owner.pk, **{"repo_url": URL, "pat": PAT, **fields})


def disconnect(world: World, project: Project) -> None:
    services.disconnect(project.pk, actor_id=world.acme_owner.pk)


def deliver(connection_id: uuid.UUID, schema: str = "acme") -> None:
    """Send the clone's message to the workers, once more or too late."""
    app.send_task("github_connections.tasks.clone_repository", [str(connection_id)], headers={"_schema_name": schema})


@pytest.fixture
def acme_admin_pages(committed: World, client: Any) -> Callable[[GithubConnection], list[bytes]]:
    """The pages of Acme's admin that show a connection, as Acme's owner gets them."""
    client.defaults["HTTP_HOST"] = "acme.localhost"
    client.force_login(committed.acme_owner)

    def pages(connection: GithubConnection) -> list[bytes]:
        base = "/admin/github_connections/githubconnection/"
        return [client.get(path).content for path in (base, f"{base}{connection.pk}/change/")]

    return pages
