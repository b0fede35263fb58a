"""Handing out long lists in parts."""

from typing import Any

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.settings import api_settings

_OTHER_PAGE = {"type": ["string", "null"], "format": "uri"}


class Pagination(LimitOffsetPagination):
    """`?limit=&offset=`; nobody gets a whole table, or a number that PostgreSQL cannot count to, in one request."""

    max_limit = 200
    limit_query_description = f"How many on a page. Left out: {api_settings.PAGE_SIZE}; {max_limit} at most."
    offset_query_description = "How many to pass by."

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
