"""Handing out long lists in parts."""

import re
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.settings import api_settings

_OTHER_PAGE = {"type": ["string", "null"], "format": "uri"}
_NUMBER = re.compile(r"[0-9]+")
# Nobody has so many rows; Python itself reads no number of thousands of digits.
_MOST_DIGITS = 18


def no_number(name: str, least: int) -> ValidationError:
    """Return the refusal of a limit or an offset; REST framework itself takes what is none for none."""
    return ValidationError({name: [f"Use a whole number from {least} on."]})


class Pagination(LimitOffsetPagination):
    """`?limit=&offset=`; nobody gets a whole table, or a number that PostgreSQL cannot count to, in one request."""

    max_limit = 200
    limit_query_description = f"How many on a page. Left out: {api_settings.PAGE_SIZE}; {max_limit} at most."
    offset_query_description = "How many to pass by."

    def get_limit(self, request: Request) -> int:
        otherwise = api_settings.PAGE_SIZE or self.max_limit
        return min(self._asked(request, self.limit_query_param, 1, otherwise), self.max_limit)

    def get_offset(self, request: Request) -> int:
        return self._asked(request, self.offset_query_param, 0, 0)

    @staticmethod
    def _asked(request: Request, name: str, least: int, otherwise: int) -> int:
        text = request.query_params.get(name)
        if text is None:
            return otherwise
        number = int(text[:_MOST_DIGITS]) if _NUMBER.fullmatch(text) else -1
        if number < least:
            raise no_number(name, least)
        return number

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters as OpenAPI has them, with the numbers that they may be."""
        limit, offset = super().get_schema_operation_parameters(view)
        return [
            {**limit, "schema": {"type": "integer", "minimum": 1, "default": api_settings.PAGE_SIZE}},
            {**offset, "schema": {"type": "integer", "minimum": 0, "default": 0}},
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the form of a page in OpenAPI 3.1; REST framework's own is that of 3.0."""
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "minimum": 0, "description": "On all pages together.", "example": 1},
                "next": {**_OTHER_PAGE, "description": "The address of the next page.", "example": None},
                "previous": {**_OTHER_PAGE, "description": "The address of the page before.", "example": None},
                "results": schema,
            },
        }
