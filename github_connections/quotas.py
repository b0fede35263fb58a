"""What one tenant may take of what all share, so that it cannot fill the disk or the queue for the others."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from github_connections.deadlines import RECOVERY
from github_connections.errors import CloneFailure
from github_connections.models import GithubConnection
from github_connections.states import Status
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.deadlines import set_deadline

# The sweep comes every 15 seconds; whoever waits is taken by the next one.
TURN = timedelta(seconds=5)


def may_start_a_clone() -> bool:
    """Return whether the tenant has fewer clones running than it may; holds the answer true until the commit."""
    _take_turns()
    running = GithubConnection.objects.filter(status=Status.CLONING).count()
    return bool(running < settings.TENANT_MAX_RUNNING_CLONES)


def wait_for_a_turn(connection_id: uuid.UUID) -> None:
    """Have a pending connection looked at again when another clone of its tenant may have ended."""
    if GithubConnection.objects.filter(pk=connection_id, status=Status.PENDING).exists():
        set_deadline(connection_id, RECOVERY, timezone.now() + TURN)


def bytes_left(replaced: uuid.UUID | None = None) -> int:
    """Return what the tenant's next clone may take, in place of the replaced one or beside all;
    CloneFailure where nothing is left.
    """
    left: int = settings.TENANT_MAX_CLONE_BYTES - _bytes_taken(but_for=replaced)
    if left <= 0:
        raise exceeded()
    return left


def refuse_too_many_bytes() -> None:
    """CloneFailure where the tenant's clones, with the one being published, take more than they may.

    Clones that ran side by side are counted together here, one after the other.
    """
    _take_turns()
    if _bytes_taken() > settings.TENANT_MAX_CLONE_BYTES:
        raise exceeded()


def exceeded() -> CloneFailure:
    """Return the failure of a clone for which too little was left."""
    return CloneFailure(
        "TENANT_QUOTA",
        f"Your organisation's clones may take {filesizeformat(settings.TENANT_MAX_CLONE_BYTES)} together, and this one "
        "would be more. Disconnect a repository that is no longer needed, then refresh this one.",
    )


def _bytes_taken(*, but_for: uuid.UUID | None = None) -> int:
    on_disk = GithubConnection.objects.exclude(clone_path="")
    if but_for:
        on_disk = on_disk.exclude(pk=but_for)
    taken: int = on_disk.aggregate(taken=Coalesce(Sum("size_bytes"), 0))["taken"]
    return taken


def _take_turns() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"clones of {current_tenant().pk}"])
