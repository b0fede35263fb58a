"""The addresses of the service, and a view without a database to hold them against."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from qualisys.urls import handler404, handler500
from qualisys.urls import urlpatterns as urlpatterns_of_the_service

__all__ = ["handler404", "handler500", "urlpatterns"]

WITHOUT_DATABASE = "bench/without-database"


def without_database(_request: HttpRequest) -> JsonResponse:
    """Answer about as much as the API does, out of nothing, behind the same middleware."""
    return JsonResponse({f"field_{number}": "x" * 16 for number in range(18)})


urlpatterns = [*urlpatterns_of_the_service, path(WITHOUT_DATABASE, without_database)]
