"""The statuses of a connection and the one table of allowed moves."""

from django.db.models import TextChoices


class Status(TextChoices):
    """Where a connection is in its life."""

    PENDING = "pending", "Pending"
    CLONING = "cloning", "Cloning"
    CLONED = "cloned", "Cloned"
    ANALYZED = "analyzed", "Analysed"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"


# One connection of a project may be in one of these; the database says so too.
LIVE = frozenset({Status.PENDING, Status.CLONING, Status.CLONED, Status.ANALYZED})
# The source lies on disk.
ON_DISK = frozenset({Status.CLONED, Status.ANALYZED})
# Nothing is under way, so a person may ask for a fresh clone.
AT_REST = frozenset({Status.CLONED, Status.ANALYZED, Status.FAILED, Status.EXPIRED})

MOVES: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.CLONING, Status.FAILED}),
    Status.CLONING: frozenset({Status.CLONED, Status.FAILED, Status.PENDING}),
    Status.CLONED: frozenset({Status.ANALYZED, Status.FAILED, Status.EXPIRED, Status.PENDING}),
    Status.ANALYZED: frozenset({Status.FAILED, Status.EXPIRED, Status.PENDING}),
    Status.FAILED: frozenset({Status.PENDING}),
    Status.EXPIRED: frozenset({Status.PENDING}),
}


def sources_of(target: Status) -> list[Status]:
    """Return the statuses from which a connection may move to the target."""
    return [source for source, targets in MOVES.items() if target in targets]
