"""Rows and directories, compared both ways."""

import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import World, make_project
from github_connections import workspace
from github_connections.deadlines import EXPIRY, RECOVERY
from github_connections.models import GithubConnection
from github_connections.reconciliation import Kind, reconcile
from github_connections.states import Status
from qualisys.encryption import encrypt
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import clear_deadline, set_deadline
from qualisys.tenancy.models import Deadline, Tenant

LONG_AGO = time.time() - 3600


@pytest.fixture(autouse=True)
def clone_root(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of clones for one test, in which everything counts as settled."""
    monkeypatch.setattr("github_connections.reconciliation._is_settled", lambda path: path.exists())
    settings.CLONE_ROOT = tmp_path / "clones"
    settings.CLONE_ROOT.mkdir()
    return Path(settings.CLONE_ROOT)


def cloned(world: World, project: Project, tenant: Tenant | None = None, **fields: Any) -> GithubConnection:
    """Make a connection with everything that belongs to a clone at rest: row, directory, deadline."""
    made = GithubConnection.objects.create(
        project=project,
        repo_url="https://github.com/acme/shop",
        github_id=1,
        branch="main",
        encrypted_token=encrypt("ghp_x"),
        created_by=world.acme_owner,
        **{"status": Status.CLONED, "clone_path": "somewhere", "expires_at": timezone.now(), **fields},
    )
    workspace.checkout_path((tenant or world.acme).pk, made.pk).mkdir(parents=True)
    set_deadline(made.pk, EXPIRY, timezone.now())
    return made


def kinds(**options: bool) -> list[Kind]:
    return [finding.kind for finding in reconcile(**options).findings]


def test_what_is_right_is_left_alone(world: World, project: Project) -> None:
    """A clone with its row and its deadline is nothing to report."""
    connection = cloned(world, project)
    assert kinds() == []
    assert workspace.checkout_path(world.acme.pk, connection.pk).exists()


def test_a_directory_removed_by_hand(world: World, project: Project) -> None:
    """The row says so, instead of claiming a clone that is not there; a second run finds nothing."""
    connection = cloned(world, project)
    workspace.checkout_path(world.acme.pk, connection.pk).rmdir()
    assert kinds() == [Kind.ROW_WITHOUT_DIRECTORY]
    connection.refresh_from_db()
    assert (connection.status, connection.error_code, connection.clone_path) == (Status.FAILED, "CLONE_MISSING", "")
    assert kinds() == []


def test_a_row_removed_by_hand(world: World, project: Project) -> None:
    """Its directory and its deadline go too."""
    connection = cloned(world, project)
    GithubConnection.objects.filter(pk=connection.pk).delete()
    assert kinds() == [Kind.DIRECTORY_WITHOUT_ROW, Kind.DEADLINE_WITHOUT_ROW]
    assert not workspace.checkout_path(world.acme.pk, connection.pk).exists()
    assert not Deadline.objects.exists()


def test_what_an_analysis_kept(world: World, project: Project) -> None:
    """It stays with its clone, and goes where neither a row nor a clone is there for it."""
    connection = cloned(world, project, status=Status.ANALYZED)
    ours, stray = (workspace.analysis_path(world.acme.pk, key) for key in (connection.pk, uuid.uuid4()))
    for directory in (ours, stray):
        directory.mkdir(parents=True)
    assert kinds(dry_run=True) == [Kind.ANALYSIS_WITHOUT_CLONE]
    assert stray.exists()
    assert kinds() == [Kind.ANALYSIS_WITHOUT_CLONE]
    assert (ours.exists(), stray.exists()) == (True, False)
    assert kinds() == []


def test_what_an_attempt_left_behind(world: World, project: Project) -> None:
    """A private directory of no running attempt goes; that of the running one stays."""
    connection = cloned(world, project, status=Status.CLONING)
    incoming = workspace.checkout_path(world.acme.pk, connection.pk).parent.parent / "incoming"
    running, abandoned = (incoming / f"{connection.pk}.{attempt}" for attempt in (connection.attempt_id, uuid.uuid4()))
    for directory in (running, abandoned):
        directory.mkdir(parents=True)
    assert kinds() == [Kind.ABANDONED_ATTEMPT]
    assert running.exists()
    assert not abandoned.exists()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.PENDING, RECOVERY),
        (Status.CLONING, RECOVERY),
        (Status.CLONED, RECOVERY),  # to be analysed
        (Status.ANALYZED, EXPIRY),
    ],
)
def test_a_lost_deadline_is_set_again(world: World, project: Project, status: Status, kind: str) -> None:
    """A connection that waits for something is looked at again."""
    connection = cloned(world, project, status=status)
    clear_deadline(connection.pk)
    assert kinds() == [Kind.MISSING_DEADLINE]
    assert Deadline.objects.get(pk=connection.pk).kind == kind


def test_a_dry_run_changes_nothing(world: World, project: Project) -> None:
    """It reports the same as the run that follows it."""
    connection = cloned(world, project)
    GithubConnection.objects.filter(pk=connection.pk).delete()
    expected = [Kind.DIRECTORY_WITHOUT_ROW, Kind.DEADLINE_WITHOUT_ROW]
    assert kinds(dry_run=True) == expected
    assert workspace.checkout_path(world.acme.pk, connection.pk).exists()
    assert Deadline.objects.exists()
    assert kinds() == expected


def test_what_changed_lately_is_left_to_the_next_run(
    world: World, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory without a row may be a clone that is being published at this moment."""
    monkeypatch.undo()
    connection = cloned(world, project)
    GithubConnection.objects.filter(pk=connection.pk).delete()
    clear_deadline(connection.pk)
    assert kinds() == []
    assert workspace.checkout_path(world.acme.pk, connection.pk).exists()


def test_another_database_is_noticed(world: World, clone_root: Path) -> None:
    """Where no clone belongs to a tenant that is known, nothing is deleted and the command fails."""
    stranger = clone_root / str(uuid.uuid4()) / "repos" / str(uuid.uuid4())
    stranger.mkdir(parents=True)
    os.utime(stranger, (LONG_AGO, LONG_AGO))
    with pytest.raises(CommandError, match="is it the right one"):
        call_command("reconcile_repositories")
    assert stranger.exists()


def test_a_volume_that_is_not_mounted_costs_no_clone(world: World, clone_root: Path, tmp_path: Path) -> None:
    """Where most clones are missing at once nothing is changed, until an operator says that they are lost."""
    made = [cloned(world, make_project(world, f"Shop {number}")) for number in range(4)]
    elsewhere = tmp_path / "elsewhere"
    clone_root.rename(elsewhere)
    clone_root.mkdir()
    assert "volume" in str(reconcile().refused)
    clone_root.rmdir()
    elsewhere.rename(clone_root)
    assert kinds() == []
    for connection in made[1:]:
        workspace.checkout_path(world.acme.pk, connection.pk).rmdir()
    assert kinds(accept_loss=True) == [Kind.ROW_WITHOUT_DIRECTORY] * 3


def test_one_tenants_trouble_stops_no_other(world: World, project: Project, tmp_path: Path) -> None:
    """A link in the place of a tenant's directory is reported, and the next tenant is compared."""
    cloned(world, project)
    incoming = workspace.checkout_path(world.acme.pk, uuid.uuid4()).parent.parent / "incoming"
    incoming.symlink_to(tmp_path)
    with tenant_context(world.globex):
        lost = cloned(world, make_project(world, "Globex shop"), world.globex)
    workspace.checkout_path(world.globex.pk, lost.pk).rmdir()
    assert sorted(kinds()) == [Kind.NOT_COMPARED, Kind.ROW_WITHOUT_DIRECTORY]


def test_an_unknown_tenants_directory_is_reported_and_kept(world: World, project: Project, clone_root: Path) -> None:
    """Beside known tenants too, nothing of an unknown one is deleted."""
    cloned(world, project)
    stranger = clone_root / str(uuid.uuid4()) / "repos" / str(uuid.uuid4())
    stranger.mkdir(parents=True)
    assert kinds() == [Kind.UNKNOWN_TENANT]
    assert stranger.exists()


def test_links_are_refused(world: World, project: Project, clone_root: Path, tmp_path: Path) -> None:
    """A link in the place of a tenant's clones is followed by nobody."""
    connection = cloned(world, project)
    outside = tmp_path / "outside"
    outside.mkdir()
    lies_at = workspace.checkout_path(world.acme.pk, connection.pk)
    lies_at.rmdir()
    lies_at.symlink_to(outside)
    assert kinds() == [Kind.ROW_WITHOUT_DIRECTORY]
    assert outside.exists()


def test_every_tenant_is_compared_with_its_own_rows(world: World, project: Project) -> None:
    """Another tenant's clone is right where its own row says so, and wrong below Acme."""
    cloned(world, project)
    with tenant_context(world.globex):
        made = cloned(world, make_project(world, "Globex shop"), world.globex)
    astray = workspace.checkout_path(world.acme.pk, made.pk)
    astray.mkdir()
    assert kinds() == [Kind.DIRECTORY_WITHOUT_ROW]
    assert not astray.exists()
    assert workspace.checkout_path(world.globex.pk, made.pk).exists()


def test_the_command_prints_json(world: World, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints one document with every finding."""
    connection = cloned(world, project)
    GithubConnection.objects.filter(pk=connection.pk).delete()
    clear_deadline(connection.pk)
    call_command("reconcile_repositories", "--dry-run", "--json")
    document = json.loads(capsys.readouterr().out)
    assert document["refused"] is None
    assert [(found["kind"], found["tenant"]) for found in document["findings"]] == [("directory_without_row", "acme")]
