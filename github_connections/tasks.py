"""Celery's doors: ids in, one call each. Every task may be delivered twice without harm."""

import uuid

from celery import shared_task
from django.conf import settings

from github_connections import analyzing, cloning, expiry, notices, reconciliation, recovery

# The clone ends itself at its own limits; this is for a worker that no longer can.
_HARD_LIMIT = settings.CLONE_TIMEOUT + 120


@shared_task(time_limit=_HARD_LIMIT)
def clone_repository(connection_id: str) -> None:
    """Clone the repository of a pending connection."""
    cloning.clone_connection(uuid.UUID(connection_id))


@shared_task(time_limit=settings.ANALYSIS_TIMEOUT + 120)
def analyze_repository(connection_id: str) -> None:
    """Analyse the clone of a connection."""
    analyzing.analyze_connection(uuid.UUID(connection_id))


@shared_task
def expire_repositories() -> None:
    """Remove the clones whose time is over, in all tenants."""
    expiry.expire_due()


@shared_task
def recover_connections() -> None:
    """Publish again what was lost on the way, in all tenants."""
    recovery.recover_due()


@shared_task
def give_notices() -> None:
    """Tell webhooks of what ends before long, in all tenants."""
    notices.give_due_notices()


@shared_task
def reconcile_repositories() -> None:
    """Compare rows and directories, in all tenants that have any, and put right what is wrong."""
    reconciliation.reconcile()
