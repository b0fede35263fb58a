"""Clones whose time is over are removed, the directory first; the trouble of one stops no other."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import World, make_project
from github_connections import refreshing, tasks, workspace
from github_connections.deadlines import RECOVERY
from github_connections.expiry import expire_due
from github_connections.history import Event, history_of_project
from github_connections.models import GithubConnection
from github_connections.states import ON_DISK, Status
from github_connections.tests.connection_rows import deadline_of, everything_below, make_cloned
from github_connections.tests.fake_github import FakeGitHub
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import Sweep
from qualisys.tenancy.models import Deadline

DAY = timedelta(days=1)


def row(connection: GithubConnection) -> GithubConnection:
    """Return the connection as it is now."""
    return GithubConnection.objects.get(pk=connection.pk)


def place_of(connection: GithubConnection, world: World) -> Path:
    """Return where Acme's clone of the connection lies."""
    return workspace.checkout_path(world.acme.pk, connection.pk)


@pytest.mark.parametrize("status", sorted(ON_DISK))
def test_clone_past_its_time_is_removed(status: str, project: Project, clone_root: Path) -> None:
    """A cloned and an analysed connection past their time lose their directory and are expired."""
    made = make_cloned(project, status)
    assert expire_due() == Sweep(handled=1, failed=0)
    now = row(made)
    assert (now.status, now.clone_path) == (Status.EXPIRED, "")
    assert everything_below(clone_root) == []
    assert deadline_of(made.pk) is None
    entry = history_of_project(project.pk).get()
    assert (entry.additional_data["event"], entry.actor) == (Event.EXPIRED, None)


@pytest.mark.parametrize("status", sorted(ON_DISK))
def test_clone_whose_time_is_not_over_stays(status: str, project: Project, clone_root: Path) -> None:
    """Until its time a clone is left as it is."""
    made = make_cloned(project, status, expires_in=DAY)
    assert expire_due() == Sweep()
    assert row(made).status == status
    assert everything_below(clone_root) == [f"repos/{made.pk}"]


def test_second_run_changes_nothing(project: Project, clone_root: Path) -> None:
    """What has expired is not looked at again."""
    made = make_cloned(project)
    expire_due()
    before = GithubConnection.objects.filter(pk=made.pk).values().get()
    assert expire_due() == Sweep()
    assert GithubConnection.objects.filter(pk=made.pk).values().get() == before
    assert history_of_project(project.pk).count() == 1


def test_task_of_the_beat_expires(project: Project, clone_root: Path) -> None:
    """The task that beat sends is this sweep."""
    made = make_cloned(project)
    tasks.expire_repositories()
    assert row(made).status == Status.EXPIRED


def test_failed_connection_loses_the_older_clone_and_stays_failed(project: Project, clone_root: Path) -> None:
    """Where a fresh clone failed, the older one goes at its time, and the failure is still told."""
    made = make_cloned(project, Status.FAILED, error_code="NETWORK", error_message="Broken.")
    assert expire_due().handled == 1
    now = row(made)
    assert (now.status, now.error_code, now.clone_path) == (Status.FAILED, "NETWORK", "")
    assert everything_below(clone_root) == []
    assert deadline_of(made.pk) is None


def test_clone_that_is_being_renewed_is_not_removed(
    project: Project, clone_root: Path, fake_github: FakeGitHub
) -> None:
    """While a fresh clone is waited for, the present one serves on, though its time is over."""
    made = make_cloned(project)
    fake_github.agrees()
    refreshing.refresh(made, actor_id=project.created_by_id)
    assert expire_due() == Sweep()
    assert everything_below(clone_root) == [f"repos/{made.pk}"]
    assert deadline_of(made.pk).kind == RECOVERY


def test_time_that_was_put_off_holds(project: Project, clone_root: Path) -> None:
    """Where the row's own time is later than the deadline, the clone stays until then."""
    made = make_cloned(project)
    later = timezone.now() + DAY
    GithubConnection.objects.filter(pk=made.pk).update(expires_at=later)
    expire_due()
    assert row(made).status == Status.CLONED
    assert everything_below(clone_root) == [f"repos/{made.pk}"]
    assert deadline_of(made.pk).due_at == later


def test_directory_that_is_gone_already_does_not_matter(project: Project, world: World, clone_root: Path) -> None:
    """A clone that somebody else removed expires all the same."""
    made = make_cloned(project)
    shutil.rmtree(place_of(made, world))
    assert expire_due() == Sweep(handled=1)
    assert row(made).status == Status.EXPIRED


def test_deadline_of_a_connection_that_is_gone_is_cleared(project: Project, clone_root: Path) -> None:
    """A deadline that was left behind is looked at once."""
    made = make_cloned(project)
    GithubConnection.objects.all().delete()
    assert expire_due() == Sweep(handled=1)
    assert deadline_of(made.pk) is None


@pytest.fixture
def three(world: World, clone_root: Path) -> list[GithubConnection]:
    """Three connections of Acme that are due, each of its own project."""
    return [make_cloned(make_project(world, f"Project {number}")) for number in range(3)]


def a_minute_passes() -> None:
    """Have what could not be handled due again."""
    Deadline.objects.update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize("troubled", range(3))
def test_one_immovable_directory_stops_no_other(
    troubled: int, three: list[GithubConnection], world: World, tmp_path: Path
) -> None:
    """The one that cannot be removed stays and is tried again; the others expire; once it can be removed it goes."""
    place = place_of(three[troubled], world)
    place.rename(tmp_path / "away")
    place.symlink_to(tmp_path / "away")

    assert expire_due() == Sweep(handled=2, failed=1)
    statuses = [row(connection).status for connection in three]
    assert statuses.pop(troubled) == Status.CLONED
    assert statuses == [Status.EXPIRED] * 2
    assert timedelta(0) < deadline_of(three[troubled].pk).due_at - timezone.now() <= timedelta(minutes=1)
    assert row(three[troubled]).clone_path == str(place)
    assert (tmp_path / "away/shop/views.py").exists()

    place.unlink()
    (tmp_path / "away").rename(place)
    a_minute_passes()
    assert expire_due() == Sweep(handled=1)
    assert row(three[troubled]).status == Status.EXPIRED
    assert not place.exists()


def test_removal_that_breaks_off_is_not_taken_for_done(
    three: list[GithubConnection], clone_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory that could be moved and not be deleted is not expired until it is really gone."""
    real, troubled = shutil.rmtree, str(three[1].pk)

    def remove(path: Any) -> None:
        if troubled in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        real(path)

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", remove)
        assert expire_due() == Sweep(handled=2, failed=1)
        a_minute_passes()
        assert expire_due() == Sweep(failed=1)
    a_minute_passes()
    assert row(three[1]).status == Status.CLONED
    assert len(everything_below(clone_root)) == 1
    assert expire_due() == Sweep(handled=1)
    assert row(three[1]).status == Status.EXPIRED
    assert everything_below(clone_root) == []


def test_every_tenant_is_looked_after(world: World, project: Project, clone_root: Path) -> None:
    """One sweep expires what is due in all tenants, each in its own schema and directory."""
    mine = make_cloned(project)
    with tenant_context(world.globex):
        theirs = make_cloned(Project.objects.create(name="Theirs", created_by=world.globex_owner))
    assert everything_below(clone_root) == sorted([f"repos/{mine.pk}", f"repos/{theirs.pk}"])
    assert expire_due() == Sweep(handled=2)
    assert row(mine).status == Status.EXPIRED
    with tenant_context(world.globex):
        assert row(theirs).status == Status.EXPIRED
        assert history_of_project(theirs.project_id).count() == 1
    assert everything_below(clone_root) == []


def test_one_tenants_trouble_stops_no_other(world: World, project: Project, clone_root: Path) -> None:
    """A tenant whose directories are in disorder keeps its own clones and nobody else's."""
    mine = make_cloned(project)
    with tenant_context(world.globex):
        theirs = make_cloned(Project.objects.create(name="Theirs", created_by=world.globex_owner))
    (clone_root / str(world.acme.pk) / workspace.INCOMING).write_text("A file where a directory should be.")
    assert expire_due() == Sweep(handled=1, failed=1)
    assert row(mine).status == Status.CLONED
    with tenant_context(world.globex):
        assert row(theirs).status == Status.EXPIRED


def test_sweep_works_from_outside_of_any_tenant(world: World, project: Project, clone_root: Path) -> None:
    """Beat sends one message for all tenants, in none of them; the sweep comes back to where it was."""
    made = make_cloned(project)
    with tenant_context(world.globex):
        assert expire_due() == Sweep(handled=1)
        assert not GithubConnection.objects.exists()
    assert row(made).status == Status.EXPIRED
