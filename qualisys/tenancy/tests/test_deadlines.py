"""Looking at what is due, in whichever tenant it is."""

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from conftest import World, make_project
from qualisys.projects.models import Project
from qualisys.tenancy import deadlines
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.deadlines import Sweep, clear_deadline, handle_due, set_deadline
from qualisys.tenancy.models import Deadline, Tenant

KIND = "test.kind"


def due(tenant: Tenant, *, minutes_ago: float = 1, kind: str = KIND) -> uuid.UUID:
    """Set a deadline that passed so long ago, and return its object's id."""
    object_id = uuid.uuid4()
    with tenant_context(tenant):
        set_deadline(object_id, kind, timezone.now() - timedelta(minutes=minutes_ago))
    return object_id


def forget(object_id: uuid.UUID) -> None:
    clear_deadline(object_id)


def recording(seen: list[uuid.UUID], then: Callable[[uuid.UUID], None] = forget) -> Callable[[uuid.UUID], None]:
    def handle(object_id: uuid.UUID) -> None:
        seen.append(object_id)
        then(object_id)

    return handle


def test_what_is_due_is_handled_the_longest_overdue_first(world: World) -> None:
    """Of one kind, what is past its time is handled once, in the order of time, and nothing else is."""
    late, later = due(world.acme, minutes_ago=1), due(world.globex, minutes_ago=5)
    due(world.acme, minutes_ago=-1)
    due(world.acme, kind="test.other")
    seen: list[uuid.UUID] = []

    assert handle_due(KIND, recording(seen)) == Sweep(handled=2, failed=0)
    assert seen == [later, late]
    assert handle_due(KIND, recording(seen)) == Sweep(handled=0, failed=0)
    assert seen == [later, late]


def test_each_is_handled_in_its_own_tenants_schema(world: World) -> None:
    """The handler finds itself in the tenant of the object, and the caller in the one it was in."""
    expected = {due(tenant): tenant for tenant in (world.acme, world.globex, world.acme)}
    found: dict[uuid.UUID, Tenant] = {}

    def handle(object_id: uuid.UUID) -> None:
        found[object_id] = current_tenant()
        make_project(world, str(object_id))

    handle_due(KIND, handle)

    assert found == expected
    assert connection.tenant == world.acme
    for tenant in (world.acme, world.globex):
        with tenant_context(tenant):
            names = {str(object_id) for object_id, place in expected.items() if place == tenant}
            assert set(Project.objects.values_list("name", flat=True)) == names


@pytest.mark.parametrize("error", [RuntimeError("broken"), OSError("the disk is full")])
def test_one_that_fails_stops_no_other_and_stays_due(
    world: World, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """What the failing one wrote is undone, what the others wrote stays, and its turn comes again."""
    first, broken, last = (due(world.acme, minutes_ago=minutes) for minutes in (3, 2, 1))

    def handle(object_id: uuid.UUID) -> None:
        make_project(world, str(object_id))
        clear_deadline(object_id)
        if object_id == broken:
            raise error

    with caplog.at_level(logging.ERROR, logger=deadlines.__name__):
        assert handle_due(KIND, handle) == Sweep(handled=2, failed=1)

    assert set(Project.objects.values_list("name", flat=True)) == {str(first), str(last)}
    assert list(Deadline.objects.filter(kind=KIND).values_list("pk", flat=True)) == [broken]
    assert str(broken) in caplog.text
    assert str(error) in caplog.text


def test_one_that_breaks_its_transaction_stops_no_other(world: World) -> None:
    """An error of the database spoils one transaction, which is that object's own."""
    broken, last = due(world.acme, minutes_ago=2), due(world.acme, minutes_ago=1)

    def handle(object_id: uuid.UUID) -> None:
        if object_id == broken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        clear_deadline(object_id)

    assert handle_due(KIND, handle) == Sweep(handled=1, failed=1)
    assert not Deadline.objects.filter(pk=last).exists()


def test_what_another_settled_in_the_meantime_is_left_alone(world: World) -> None:
    """One that was cleared, put off or made another kind after the sweep began is not handled."""
    first, *others = (due(world.acme, minutes_ago=minutes) for minutes in (4, 3, 2, 1))
    seen: list[uuid.UUID] = []

    def settle(_object_id: uuid.UUID) -> None:
        clear_deadline(others[0])
        set_deadline(others[1], KIND, timezone.now() + timedelta(hours=1))
        set_deadline(others[2], "test.other", timezone.now())

    assert handle_due(KIND, recording(seen, settle)) == Sweep(handled=1, failed=0)
    assert seen == [first]


def test_a_row_that_another_sweep_holds_is_skipped(committed: World, other_connection: psycopg.Connection) -> None:
    """Two sweeps share the work: what one holds the other does not wait for, and finds the next time."""
    held, free = due(committed.acme, minutes_ago=2), due(committed.globex, minutes_ago=1)
    seen: list[uuid.UUID] = []
    other_connection.execute("SELECT FROM public.deadlines WHERE object_id = %s FOR UPDATE", [held])

    assert handle_due(KIND, recording(seen)) == Sweep(handled=1, failed=0)
    assert seen == [free]

    other_connection.rollback()
    assert handle_due(KIND, recording(seen)) == Sweep(handled=1, failed=0)
    assert seen == [free, held]


def test_a_sweep_takes_so_many_and_leaves_the_rest_to_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A heap of work is done in parts, the longest overdue first."""
    monkeypatch.setattr(deadlines, "ROWS_PER_SWEEP", 2)
    ids = [due(world.acme, minutes_ago=minutes) for minutes in (3, 2, 1)]
    seen: list[uuid.UUID] = []

    assert handle_due(KIND, recording(seen)).handled == 2
    assert seen == ids[:2]
    assert handle_due(KIND, recording(seen)).handled == 1
    assert seen == ids


def test_a_deadline_takes_the_place_of_the_one_before(world: World) -> None:
    """An object has one deadline: the last that was set."""
    object_id = due(world.acme)
    put_off = timezone.now() + timedelta(days=7)
    set_deadline(object_id, "test.other", put_off)
    assert list(Deadline.objects.values_list("object_id", "tenant_id", "kind", "due_at")) == [
        (object_id, world.acme.pk, "test.other", put_off)
    ]


def test_clearing_what_is_not_there_is_no_error(world: World) -> None:
    """Clearing twice is the same as clearing once, and clears nothing else."""
    kept, cleared = due(world.acme), due(world.acme)
    clear_deadline(cleared)
    clear_deadline(cleared)
    assert list(Deadline.objects.values_list("pk", flat=True)) == [kept]


def test_a_deadline_belongs_to_a_tenant(world: World) -> None:
    """Outside of a tenant there is nothing to set a deadline for, and the code says so."""
    connection.set_schema_to_public()
    with pytest.raises(RuntimeError, match="No tenant is chosen"):
        set_deadline(uuid.uuid4(), KIND, timezone.now())
