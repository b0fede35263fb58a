"""Serializer fields that take what they say and nothing that looks like it."""

from typing import Any

from rest_framework import serializers


class TextField(serializers.CharField):
    """Text that the database can hold: no number taken for text, no half of a surrogate pair."""

    default_error_messages = {"invalid": "This must be text."}  # as REST framework declares it

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            data.encode()
        except UnicodeEncodeError:
            self.fail("invalid")
        return str(super().to_internal_value(data))
