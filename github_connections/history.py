"""What happened to connections, kept in the tenant's schema also when the connection is gone."""

import uuid
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet, TextChoices

from github_connections.announcements import announce
from github_connections.models import GithubConnection
from qualisys.webhooks.events import EventType


class Event(TextChoices):
    """What happened, in the words shown to an operator."""

    CONNECTED = "connected", "Connected"
    REFRESHED = "refreshed", "Refreshed"
    TOKEN_ROTATED = "token_rotated", "Token replaced"
    BRANCH_CHANGED = "branch_changed", "Branch changed"
    CLONING = "cloning", "Clone begun"
    RETRYING = "retrying", "Clone failed, to be tried again"
    CLONED = "cloned", "Cloned"
    ANALYZED = "analyzed", "Analysed"
    FAILED = "failed", "Failed"
    EXPIRED = "expired", "Expired"
    SUPERSEDED = "superseded", "Replaced by a new connection"
    DISCONNECTED = "disconnected", "Disconnected"


_ACTIONS = {
    Event.CONNECTED: LogEntry.Action.CREATE,
    Event.SUPERSEDED: LogEntry.Action.DELETE,
    Event.DISCONNECTED: LogEntry.Action.DELETE,
}

# What the project's webhooks are told of as well.
_ANNOUNCED = {
    Event.CLONED: EventType.CONNECTION_CLONED,
    Event.ANALYZED: EventType.CONNECTION_ANALYZED,
    Event.FAILED: EventType.CONNECTION_FAILED,
    Event.EXPIRED: EventType.CONNECTION_EXPIRED,
}


def record(connection: GithubConnection, event: Event, *, actor_id: uuid.UUID | None = None, **details: Any) -> None:
    """Write down what happened, and tell the webhooks, in the caller's transaction. No detail may hold a secret."""
    LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(GithubConnection),
        object_pk=str(connection.pk),
        object_repr=str(connection),
        action=_ACTIONS.get(event, LogEntry.Action.UPDATE),
        actor_id=actor_id,
        additional_data={"event": event.value, "project_id": str(connection.project_id), **details},
    )
    if event in _ANNOUNCED:
        announce(connection, _ANNOUNCED[event])


def event_of(entry: LogEntry) -> Event:
    """Return what an entry tells of."""
    return Event(entry.additional_data["event"])


def details_of(entry: LogEntry) -> dict[str, Any]:
    """Return what else an entry tells."""
    return {name: value for name, value in entry.additional_data.items() if name not in {"event", "project_id"}}


def history_of_project(project_id: uuid.UUID, event: str | None = None) -> QuerySet[LogEntry]:
    """Return what happened to a project's connections, or one event of it alone, the newest first."""
    entries: QuerySet[LogEntry] = LogEntry.objects.filter(additional_data__project_id=str(project_id))
    if event:
        entries = entries.filter(additional_data__event=event)
    return entries.select_related("actor").order_by("-timestamp", "-id")
