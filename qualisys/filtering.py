"""Ordering a list by `?ordering=`, where what cannot be ordered by is refused and pages do not overlap."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request
from rest_framework.views import APIView


def unknown_order(fields: Iterable[str]) -> ValidationError:
    """Return the refusal of an order; REST framework itself passes over what it does not know."""
    return ValidationError({"ordering": [f"Use one or more of: {', '.join(fields)}; with - before it, downwards."]})


class Ordering(OrderingFilter):
    """By the view's `ordering_fields`; what is equal by them, by id."""

    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: Iterable[str], view: APIView, request: Request
    ) -> list[str]:
        known: tuple[str, ...] = view.ordering_fields  # type: ignore[attr-defined]
        asked = [field for field in fields if field]
        if any(field.removeprefix("-") not in known for field in asked):
            raise unknown_order(known)
        return [*asked, "id"] if asked else []
