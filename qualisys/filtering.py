"""Searching a list by `?search=`, within bounds, and ordering it by `?ordering=`.

What cannot be ordered by is refused, and pages do not overlap.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.views import APIView


def unknown_order(fields: Iterable[str]) -> ValidationError:
    """Return the refusal of an order; REST framework itself passes over what it does not know."""
    return ValidationError({"ordering": [f"Use one or more of: {', '.join(fields)}; with - before it, downwards."]})


LONGEST_SEARCH = 200  # characters


def long_search() -> ValidationError:
    """Return the refusal of a search that is too long."""
    return ValidationError({"search": [f"Search for at most {LONGEST_SEARCH} characters."]})


class Search(SearchFilter):
    """By the view's `search_fields`; each word is one more condition for the database, so there may not be many."""

    def get_search_terms(self, request: Request) -> list[str]:
        if len(request.query_params.get(self.search_param, "")) > LONGEST_SEARCH:
            raise long_search()
        terms: list[str] = super().get_search_terms(request)
        return terms

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        (parameter,) = super().get_schema_operation_parameters(view)
        return [{**parameter, "schema": {"type": "string", "maxLength": LONGEST_SEARCH}}]


class Ordering(OrderingFilter):
    """By the view's `ordering_fields`; what is equal by them, by id."""

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Return the parameter as OpenAPI has it, with what may be ordered by."""
        known = ", ".join(f"`{field}`" for field in view.ordering_fields)  # type: ignore[attr-defined]
        [parameter] = super().get_schema_operation_parameters(view)
        return [{**parameter, "description": f"By {known}; with `-` before it, downwards. Several with commas."}]

    def remove_invalid_fields(
        self, queryset: QuerySet[Any], fields: Iterable[str], view: APIView, request: Request
    ) -> list[str]:
        known: tuple[str, ...] = view.ordering_fields  # type: ignore[attr-defined]
        asked = [field for field in fields if field]
        if any(field.removeprefix("-") not in known for field in asked):
            raise unknown_order(known)
        return [*asked, "id"] if asked else []
