"""What a webhook can be told of: the one table that code, documents and tests read."""

from django.db.models import TextChoices


class EventType(TextChoices):
    """The `type` of a message; a feature writes the message when it happens."""

    CONNECTION_CLONED = "connection.cloned", "The source lies on disk"
    CONNECTION_ANALYZED = "connection.analyzed", "The source was analysed"
    CONNECTION_FAILED = "connection.failed", "A clone or an analysis failed for good"
    CONNECTION_EXPIRING = "connection.expiring", "The clone is removed within a day"
    CONNECTION_EXPIRED = "connection.expired", "The clone was removed after its time"
    TOKEN_EXPIRING = "token.expiring", "The token ends in 14, 7 or 1 days"
    PING = "webhook.ping", "A person tries the webhook out"


# Everybody gets a ping who asks for one.
CHOSEN_FROM = [event for event in EventType if event is not EventType.PING]
