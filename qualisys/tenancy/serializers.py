"""What a person sends to log in."""

from rest_framework import serializers

from qualisys.fields import TextField


class LogInSerializer(serializers.Serializer[None]):
    email = TextField(max_length=254)
    password = TextField(max_length=128, trim_whitespace=False)


class RefreshSerializer(serializers.Serializer[None]):
    refresh = TextField(max_length=4096)
