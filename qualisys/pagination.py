"""Handing out long lists in parts."""

from rest_framework.pagination import LimitOffsetPagination


class Pagination(LimitOffsetPagination):
    """`?limit=&offset=`; nobody gets a whole table, or a number that PostgreSQL cannot count to, in one request."""

    max_limit = 200
