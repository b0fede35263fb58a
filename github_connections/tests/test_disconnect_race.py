"""A person who has a clone removed, which may take its time, beside the sweeps that look at what is due."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import connection as database
from django_tenants.utils import tenant_context

from conftest import World
from github_connections import services, workspace
from github_connections.deadlines import EXPIRY, RECOVERY
from github_connections.expiry import expire_due
from github_connections.models import GithubConnection
from github_connections.recovery import recover_due
from github_connections.tests.connection_rows import LONG_AGO, deadline_of, everything_below, make_cloned
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import Sweep, set_deadline

PATIENCE_SECONDS = 5


def disconnect_project(connection: GithubConnection) -> None:
    services.disconnect(connection.project_id, actor_id=connection.created_by_id)


def expire_connection(connection: GithubConnection) -> None:
    services.expire_now(connection.pk, actor_id=connection.created_by_id)


@pytest.mark.parametrize("act", [disconnect_project, expire_connection])
@pytest.mark.parametrize(("sweep", "kind"), [(expire_due, EXPIRY), (recover_due, RECOVERY)])
def test_sweep_does_not_wait_for_a_person(
    sweep: Callable[[], Sweep],
    kind: str,
    act: Callable[[GithubConnection], None],
    committed: World,
    shop: Project,
    clone_root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While somebody's directory is being removed the sweep passes it by: neither stands in the other's way."""
    made = make_cloned(shop)
    set_deadline(made.pk, kind, made.created_at + LONG_AGO)
    removing, swept, remove = Event(), Event(), workspace.remove

    def remove_slowly(*ids: Any) -> bool:
        removing.set()
        assert swept.wait(PATIENCE_SECONDS), "The sweep waits for the person."
        return remove(*ids)

    def act_as_a_person() -> None:
        try:
            with tenant_context(committed.acme):
                act(made)
        finally:
            database.close()

    monkeypatch.setattr(workspace, "remove", remove_slowly)
    with ThreadPoolExecutor(1) as person:
        acted = person.submit(act_as_a_person)
        assert removing.wait(PATIENCE_SECONDS)
        assert sweep() == Sweep()
        swept.set()
        acted.result()
    assert deadline_of(made.pk) is None
    assert everything_below(clone_root) == []
