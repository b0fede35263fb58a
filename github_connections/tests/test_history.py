"""What happened to connections is kept, also when they are gone."""

import pytest

from conftest import World, make_project
from github_connections import cloning, refreshing, services
from github_connections.errors import CloneFailure
from github_connections.history import Event, history_of_project, record
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.connection_api import assert_token_free
from github_connections.tests.connection_rows import make_cloning, make_connection
from github_connections.tests.fake_github import PAT, URL, FakeGitHub
from qualisys.projects.models import Project


def test_entry_says_what_who_and_of_which_connection(project: Project, world: World) -> None:
    """An entry names the event, the person, the connection, its project and what else was given."""
    made = make_connection(project)
    record(made, Event.CONNECTED, actor_id=world.teammate.pk, branch="main")
    entry = history_of_project(project.pk).get()
    assert (entry.actor, entry.object_pk, entry.object_repr) == (world.teammate, str(made.pk), "o/r")
    assert entry.additional_data == {"event": "connected", "project_id": str(project.pk), "branch": "main"}


def test_what_nobody_asked_for_has_no_actor(project: Project) -> None:
    """What the service does by itself is not put down to a person."""
    record(make_connection(project), Event.EXPIRED)
    assert history_of_project(project.pk).get().actor is None


@pytest.mark.parametrize(
    ("event", "action"), [(Event.CONNECTED, "create"), (Event.CLONED, "update"), (Event.DISCONNECTED, "delete")]
)
def test_coming_and_going_are_told_from_changes(event: Event, action: str, project: Project) -> None:
    """The log's own kind of action fits the event."""
    record(make_connection(project), event)
    assert history_of_project(project.pk).get().get_action_display() == action


def test_history_outlives_the_connection(project: Project) -> None:
    """A connection that is gone is still told of."""
    made = make_connection(project)
    record(made, Event.CONNECTED)
    GithubConnection.objects.all().delete()
    assert history_of_project(project.pk).get().object_pk == str(made.pk)


def test_history_is_the_projects_own_and_newest_first(project: Project, world: World) -> None:
    """Entries of all the project's connections come in order, and none of another project."""
    other = make_connection(make_project(world, "Other"))
    made = make_connection(project)
    for event in (Event.CONNECTED, Event.CLONING, Event.CLONED):
        record(made, event)
        record(other, event)
    events = [entry.additional_data["event"] for entry in history_of_project(project.pk)]
    assert events == [Event.CLONED, Event.CLONING, Event.CONNECTED]


def test_what_changed_nothing_is_not_written_down(project: Project) -> None:
    """An attempt that is not in force ends without a trace."""
    made = make_connection(project)
    cloning.end_attempt(made, CloneFailure("NETWORK", "Broken.", transient=True))
    assert not history_of_project(project.pk).exists()


def test_life_of_a_connection_is_told_without_its_token(project: Project, fake_github: FakeGitHub) -> None:
    """From connect to disconnect every step is there, and the token in none."""
    fake_github.agrees()
    actor = project.created_by_id
    made = services.connect(project.pk, actor_id=actor, repo_url=URL, pat=PAT)
    for transient in (True, False):
        claimed = cloning.claim(made.pk)
        cloning.end_attempt(claimed, CloneFailure("NETWORK", "Broken.", transient=transient))
    made.refresh_from_db()
    refreshing.refresh(made, actor_id=actor)
    services.disconnect(project.pk, actor_id=actor)
    entries = list(history_of_project(project.pk))
    assert [entry.additional_data["event"] for entry in reversed(entries)] == [
        *(Event.CONNECTED, Event.CLONING, Event.RETRYING, Event.CLONING, Event.FAILED),
        *(Event.REFRESHED, Event.DISCONNECTED),
    ]
    assert_token_free(repr([vars(entry) for entry in entries]))


def test_failure_is_told_with_its_code(project: Project) -> None:
    """The entry of a failure says which attempt failed of what."""
    made = make_cloning(project, attempts=2)
    cloning.end_attempt(made, CloneFailure("DISK_FULL", "No room."))
    details = history_of_project(project.pk).get().additional_data
    assert (details["event"], details["attempt"], details["code"]) == (Event.FAILED, 2, "DISK_FULL")
    assert details["message"] == "No room."
    made.refresh_from_db()
    assert made.status == Status.FAILED
