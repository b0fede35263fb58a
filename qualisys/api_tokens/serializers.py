"""An API token, as asked for and as answered."""

from datetime import datetime

from django.utils import timezone
from rest_framework import serializers

from qualisys.api_tokens.models import ApiToken
from qualisys.fields import TextField


class NewApiTokenSerializer(serializers.Serializer[None]):
    """What it is for, and until when."""

    name = TextField(max_length=100, help_text="What it is for, so that you know it again.")
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Left out or null: good until it is revoked."
    )

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError("This must lie in the future.")
        return value


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """What may be known of a token: never its text."""

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("id", "name", "prefix", "created_at", "expires_at", "last_used_at")
        extra_kwargs = {
            "prefix": {"help_text": "What its text begins with."},
            "last_used_at": {"help_text": "To the minute; null: never."},
        }


class MadeApiTokenAnswer(ApiTokenSerializer):
    """The one answer with the text of the token in it."""

    token = serializers.CharField(help_text="Shown this once. Sent as `Authorization: Bearer TOKEN`.")

    class Meta(ApiTokenSerializer.Meta):
        fields = (*ApiTokenSerializer.Meta.fields, "token")
