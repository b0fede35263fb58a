"""Serializer fields that take what they say and nothing that looks like it."""

from typing import Any, NoReturn

from rest_framework import serializers


class ChoiceField(serializers.ChoiceField):
    """One of several; anything else is answered with those that there are, and not repeated."""

    default_error_messages = {"invalid_choice": "Use one of: {known}."}

    def fail(self, key: str, **values: Any) -> NoReturn:
        super().fail(key, known=", ".join(map(str, self.choices)), **values)


class TextField(serializers.CharField):
    """Text, and no number taken for text; what the database cannot hold is refused by REST framework itself."""

    default_error_messages = {"invalid": "This must be text."}  # as REST framework declares it

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))
