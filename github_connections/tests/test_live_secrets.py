"""The token is found nowhere but encrypted in its row: during a clone, after it, and when it is refused."""

import base64
import os
import subprocess
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection as database

from conftest import ApiAs, World
from github_connections import workspace
from github_connections.tests.conftest import PAT, URL, connect, wait_for_status, wait_until
from qualisys.dev import faults
from qualisys.dev.live_service import Worker
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.postgres_installation import binaries_for
from qualisys.projects.models import Project

FORMS = [
    PAT.encode(),
    base64.b64encode(PAT.encode()).rstrip(b"="),
    base64.b64encode(f"x-access-token:{PAT}".encode()).rstrip(b"="),
    base64.b64encode(f"Bearer {PAT}".encode()).rstrip(b"="),
]


def holds_the_token(content: bytes) -> bool:
    return any(form in content for form in FORMS)


def processes_with_the_token() -> list[str]:
    """Return the processes of this machine, this test's own aside, whose arguments or environment hold it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        for part in ("cmdline", "environ"):
            try:
                content = (process / part).read_bytes()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if holds_the_token(content):
                found.append(f"{process}/{part}")
    return found


def files_with_the_token(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file() and holds_the_token(path.read_bytes())]


def test_the_detector_finds_the_token(tmp_path: Path) -> None:
    """The look-ups of this module do find a token where there is one."""
    (tmp_path / "config").write_text(f"url = https://{PAT}@github.com")
    assert files_with_the_token(tmp_path) == [tmp_path / "config"]
    with subprocess.Popen(["sleep", "30"], env={"TOKEN": PAT}) as sleeper:
        found = processes_with_the_token()
        sleeper.kill()
    assert found == [f"/proc/{sleeper.pid}/environ"]


def test_the_token_is_nowhere_during_a_clone(
    worker: Worker, committed: World, shop: Project, github: LoopbackGitHub
) -> None:
    """While git waits for the pack, with the token handed over, no process and no file shows it."""
    github.inject("/acme/shop.git/git-upload-pack", faults.only_first(1, faults.hang(2)))
    connect(committed, shop)
    wait_until(lambda: any(asked.path.endswith("git-upload-pack") for asked in github.requests))

    assert processes_with_the_token() == []
    assert files_with_the_token(Path(settings.CLONE_ROOT)) == []
    # The proof that it was handed over: git was let in.
    wait_for_status(shop, "analyzed")


def test_the_token_is_nowhere_after_a_clone(
    worker: Worker, committed: World, shop: Project, api_as: ApiAs, acme_admin_pages
) -> None:
    """Neither the clone, nor the database, Redis, the logs, the API or the admin shows it."""
    connection = connect(committed, shop)
    wait_for_status(shop, "analyzed")

    lies_at = workspace.checkout_path(committed.acme.pk, connection.pk)
    assert files_with_the_token(lies_at) == []
    assert "acme/shop.git" in (lies_at / ".git/config").read_text()
    assert not holds_the_token(database_dump())
    assert not holds_the_token(redis_contents())
    assert not holds_the_token(worker.log.read_bytes())
    assert not holds_the_token(api_as(committed.acme_owner).get(f"/api/v1/projects/{shop.pk}/github").content)
    pages = acme_admin_pages(connection)
    assert all(b"acme/shop" in page for page in pages)
    assert not any(holds_the_token(page) or connection.encrypted_token.encode() in page for page in pages)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_the_token_is_in_no_error(
    committed: World, shop: Project, api_as: ApiAs, github: LoopbackGitHub, caplog, status: int
) -> None:
    """A refusal tells nothing of the token, even where GitHub repeats it."""
    github.inject("/api/v3/repos", faults.status(status, message=f"Bad credentials {PAT}"))
    answer = api_as(committed.acme_owner).post(
        f"/api/v1/projects/{shop.pk}/github", {"repo_url": URL, "pat": PAT}, format="json"
    )
    assert answer.status_code == 400
    assert not holds_the_token(answer.content)
    assert not holds_the_token(caplog.text.encode())


def database_dump() -> bytes:
    """Return everything in the run's database, as pg_dump writes it."""
    url = os.environ["DATABASE_URL"].replace("/qualisys?", f"/{database.settings_dict['NAME']}?")
    return subprocess.run([str(binaries_for(None) / "pg_dump"), url], check=True, capture_output=True).stdout


def redis_contents() -> bytes:
    """Return everything in Redis, as it would be sent to a replica."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        return b"".join(client.dump(key) or b"" for key in client.scan_iter())
