"""When something must be looked at again, in whichever tenant it is."""

import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from qualisys.observability import metrics
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.models import Deadline

logger = logging.getLogger(__name__)

ROWS_PER_SWEEP = 500
# An object that could not be handled makes room for the others until then.
AGAIN_AFTER = timedelta(minutes=1)


@dataclass
class Sweep:
    """What came of looking at everything that was due."""

    handled: int = 0
    failed: int = 0


def set_deadline(object_id: uuid.UUID, kind: str, due_at: datetime) -> None:
    """Look at this object of the present tenant again at that time, and not at the time set before."""
    Deadline.objects.bulk_create(
        [Deadline(object_id=object_id, tenant=current_tenant(), kind=kind, due_at=due_at)],
        update_conflicts=True,
        unique_fields=["object_id"],
        update_fields=["kind", "due_at"],
    )


def clear_deadline(object_id: uuid.UUID) -> None:
    """This object need not be looked at again."""
    Deadline.objects.filter(pk=object_id).delete()


def clear_deadlines(object_ids: Iterable[uuid.UUID]) -> None:
    """None of these objects need be looked at again."""
    Deadline.objects.filter(pk__in=list(object_ids)).delete()


def handle_due(kind: str, handle: Callable[[uuid.UUID], None]) -> Sweep:
    """Call `handle` for each object whose deadline has passed: in its tenant, in a transaction of its own.

    An object that another sweep holds is left to it. One that raises is logged, is looked at again in a
    minute, and stops no other.
    """
    sweep = Sweep()
    due = Deadline.objects.due(kind, timezone.now()).values_list("pk", flat=True)[:ROWS_PER_SWEEP]
    for object_id in list(due):
        try:
            sweep.handled += _handle_one(kind, object_id, handle)
        except Exception:
            # Whatever one tenant's row or directory raises: the others' turn comes all the same.
            logger.exception("%s of %s failed and is looked at again", kind, object_id)
            sweep.failed += 1
    metrics.SWEPT.labels(kind, "handled").inc(sweep.handled)
    metrics.SWEPT.labels(kind, "failed").inc(sweep.failed)
    return sweep


def _handle_one(kind: str, object_id: uuid.UUID, handle: Callable[[uuid.UUID], None]) -> bool:
    deadline = _take(kind, object_id)
    if deadline is None:
        return False
    # The deadline is not held meanwhile: whoever changes an object locks its row first and this last.
    with transaction.atomic(), tenant_context(deadline.tenant):
        handle(object_id)
    return True


def _take(kind: str, object_id: uuid.UUID) -> Deadline | None:
    """Return the deadline for this sweep alone, moved on for the case that its object cannot be handled."""
    with transaction.atomic():
        free = Deadline.objects.select_for_update(skip_locked=True, of=("self",)).select_related("tenant")
        deadline = free.due(kind, timezone.now()).filter(pk=object_id).first()
        if deadline is not None:
            deadline.due_at = timezone.now() + AGAIN_AFTER
            deadline.save(update_fields=["due_at"])
    return deadline
