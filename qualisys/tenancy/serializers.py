"""What a person sends to log in, and gets."""

from rest_framework import serializers

from qualisys.fields import TextField


class LogInSerializer(serializers.Serializer[None]):
    """Who logs in."""

    email = TextField(max_length=254)
    password = TextField(max_length=128, trim_whitespace=False)


class RefreshSerializer(serializers.Serializer[None]):
    """The refresh token of a log-in."""

    refresh = TextField(max_length=4096)


class TokensAnswer(serializers.Serializer[None]):
    """The tokens of a log-in."""

    access = serializers.CharField(help_text="Sent as `Authorization: Bearer ACCESS`; good for 15 minutes.")
    refresh = serializers.CharField(help_text="Brings new access tokens; good for seven days.")


class AccessAnswer(serializers.Serializer[None]):
    """A new access token."""

    access = serializers.CharField(help_text="Sent as `Authorization: Bearer ACCESS`; good for 15 minutes.")
