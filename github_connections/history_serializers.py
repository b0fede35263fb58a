"""What happened to a project's connections, as answered."""

from typing import Any

from auditlog.models import LogEntry
from rest_framework import serializers

from github_connections.history import Event, details_of, event_of
from qualisys.accounts.models import User
from qualisys.fields import ChoiceField


class HistoryQuery(serializers.Serializer[None]):
    """Which part of the history to read."""

    event = ChoiceField(Event.choices, required=False, help_text="This event alone. Left out: all.")


class HistorySerializer(serializers.BaseSerializer[LogEntry]):
    """One thing that happened."""

    def to_representation(self, instance: LogEntry) -> dict[str, Any]:
        return {
            "id": instance.pk,
            "at": instance.timestamp,
            "event": event_of(instance),
            "actor": _person(instance.actor),
            "connection_id": instance.object_pk,
            "repository": instance.object_repr,
            "details": details_of(instance),
        }


def _person(actor: User | None) -> dict[str, Any] | None:
    return {"id": actor.pk, "email": actor.email, "name": actor.name} if actor else None


class ActorAnswer(serializers.Serializer[None]):
    """A person."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()


class HistoryAnswer(serializers.Serializer[None]):
    """One thing that happened, for the API's description; no answer passes through here."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    event = serializers.ChoiceField(Event.choices)
    actor = ActorAnswer(allow_null=True, help_text="Who did it; null for what the service did by itself.")
    connection_id = serializers.UUIDField(help_text="A project has another connection each time it is connected.")
    repository = serializers.CharField(help_text="`owner/name` at that time.")
    details = serializers.DictField(
        help_text="More, by `event`: `removed` is the receipt of what a `disconnected` or `superseded` connection took "
        "with it, `code` and `message` are why one `failed`, `commit` is what was `cloned`."
    )
