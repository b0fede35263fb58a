"""The table of allowed moves, and the statement that moves a row along it or leaves it alone."""

from itertools import product

import pytest

from github_connections.models import GithubConnection
from github_connections.states import AT_REST, LIVE, MOVES, ON_DISK, Status, sources_of
from github_connections.tests.connection_rows import make_connection
from qualisys.projects.models import Project

# Written out once more, so that a change of the table is a decision.
ALLOWED = {
    *(("pending", "cloning"), ("pending", "failed")),
    *(("cloning", "cloned"), ("cloning", "failed"), ("cloning", "pending")),
    *(("cloned", "analyzed"), ("cloned", "expired"), ("cloned", "pending"), ("cloned", "failed")),
    *(("analyzed", "expired"), ("analyzed", "pending"), ("analyzed", "failed")),
    *(("failed", "pending"), ("expired", "pending")),
}
PAIRS = list(product(Status.values, Status.values))


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_row_moves_where_the_table_allows_and_nowhere_else(source: str, target: str, project: Project) -> None:
    """Compare-and-set: an allowed move changes the row and says so; another changes nothing and says that."""
    made = make_connection(project, source, error_message="before")
    moved = GithubConnection.objects.filter(pk=made.pk).move(Status(target), error_message="after")
    made.refresh_from_db()
    if (source, target) in ALLOWED:
        assert (moved, made.status, made.error_message) == (1, target, "after")
    else:
        assert (moved, made.status, made.error_message) == (0, source, "before")


def test_table_is_the_one_that_was_decided() -> None:
    """The table allows these moves and no others."""
    assert {(source.value, target.value) for source, targets in MOVES.items() for target in targets} == ALLOWED


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_model_and_table_agree(source: str, target: str) -> None:
    """What a row says it may become is what the statement does."""
    assert GithubConnection(status=source).may_become(Status(target)) == ((source, target) in ALLOWED)
    assert (Status(source) in sources_of(Status(target))) == ((source, target) in ALLOWED)


def test_of_two_moves_the_first_counts(project: Project) -> None:
    """What one worker has claimed cannot be claimed again."""
    made = make_connection(project)
    row = GithubConnection.objects.filter(pk=made.pk)
    assert [row.move(Status.CLONING), row.move(Status.CLONING)] == [1, 0]


def test_row_that_is_gone_does_not_move(project: Project) -> None:
    """Nothing is made of a connection that was disconnected."""
    made = make_connection(project)
    row = GithubConnection.objects.filter(pk=made.pk)
    row.delete()
    assert row.move(Status.CLONING) == 0


def test_only_the_chosen_rows_move(project: Project) -> None:
    """A move touches no row but those it was asked of."""
    bystander = make_connection(project, Status.FAILED)
    made = make_connection(project, Status.FAILED)
    GithubConnection.objects.filter(pk=made.pk).move(Status.PENDING)
    bystander.refresh_from_db()
    assert bystander.status == Status.FAILED


def test_kinds_of_status_fit_together() -> None:
    """What lies on disk is live and at rest; every status that is not live is at rest; only two are under way."""
    assert ON_DISK <= LIVE & AT_REST
    assert set(Status) - LIVE <= AT_REST
    assert set(Status) - AT_REST == {Status.PENDING, Status.CLONING}
    assert sources_of(Status.EXPIRED) == [Status.CLONED, Status.ANALYZED]
