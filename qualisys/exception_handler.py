"""The only place where an error becomes an HTTP answer: {"error", "message", "details"}."""

import logging
import math
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as answer_of_rest_framework

from qualisys.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    TooLarge,
    Unauthorised,
    Unavailable,
    Unforeseen,
    Unprocessable,
    Unsatisfiable,
)

logger = logging.getLogger(__name__)

# What the database's absence looks like from within a request.
DATABASE_GONE = (OperationalError, InterfaceError)

_STATUSES: dict[type[DomainError], int] = {
    Invalid: status.HTTP_400_BAD_REQUEST,
    Unauthorised: status.HTTP_401_UNAUTHORIZED,
    Forbidden: status.HTTP_403_FORBIDDEN,
    NotFound: status.HTTP_404_NOT_FOUND,
    Conflict: status.HTTP_409_CONFLICT,
    PreconditionFailed: status.HTTP_412_PRECONDITION_FAILED,
    TooLarge: status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    Unsatisfiable: status.HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE,
    Unprocessable: status.HTTP_422_UNPROCESSABLE_ENTITY,
    Unforeseen: status.HTTP_500_INTERNAL_SERVER_ERROR,
    Unavailable: status.HTTP_503_SERVICE_UNAVAILABLE,
}

# What the framework raises by itself, in the words of this API.
_TWO_MINUTES = 120  # seconds
_FRAMEWORK_CODES: dict[int, str] = {
    400: "VALIDATION_ERROR",
    401: "NOT_AUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "TOO_MANY_REQUESTS",
}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the answer for an error; None for one that nobody foresaw, which is then a 500."""
    error = _in_our_words(error)
    if isinstance(error, DomainError):
        body = _body(error.code, error.message, error.details)
        return Response(body, status=_status(error), headers={**_when_to_come_back(error), **error.headers})
    answer = answer_of_rest_framework(error, context)
    if answer is not None:
        answer.data = _framework_body(error, answer)
    return answer


def _in_our_words(error: Exception) -> Exception:
    if isinstance(error, DATABASE_GONE):
        logger.error("the database does not answer: %s", error)
        return Unavailable()
    if isinstance(error, RequestDataTooBig):
        return Invalid(f"Send a body of at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes.")
    return error


def _status(error: DomainError) -> int:
    return next(code for kind, code in _STATUSES.items() if isinstance(error, kind))


def _when_to_come_back(error: DomainError) -> dict[str, str]:
    """Where the service itself is asked to be left alone for a while, the header says for how long, too."""
    seconds = error.details.get("retry_after")
    return {"Retry-After": str(math.ceil(seconds))} if isinstance(error, Unavailable) and seconds is not None else {}


def _body(code: str, message: str, details: dict[str, Any]) -> dict[str, Any]:
    return {"error": code, "message": message, "details": details}


def _framework_body(error: Exception, answer: Response) -> dict[str, Any]:
    code = _FRAMEWORK_CODES.get(answer.status_code, "ERROR")
    if isinstance(error, exceptions.ValidationError):
        fields = answer.data if isinstance(answer.data, dict) else {"non_field_errors": answer.data}
        return _body(code, f"Correct these fields and try again: {', '.join(fields)}.", {"fields": fields})
    if isinstance(error, exceptions.Throttled) and "Retry-After" in answer.headers:
        seconds = int(answer.headers["Retry-After"])
        return _body(code, f"Too many requests. Try again in {_duration(seconds)}.", {"retry_after": seconds})
    detail = answer.data.get("detail") if isinstance(answer.data, dict) else answer.data
    return _body(code, str(detail), {})


def _duration(seconds: int) -> str:
    """Return a time to wait as a person says it, rounded up."""
    return f"{seconds} seconds" if seconds < _TWO_MINUTES else f"{-(-seconds // 60)} minutes"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for an address that does not exist: JSON below /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return nothing_here(request)
    return defaults.page_not_found(request, exception)


@csrf_exempt  # nothing is changed here, and a form's page would be the wrong answer
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Answer for an address of the API that does not exist, whatever the method."""
    return JsonResponse(_body("NOT_FOUND", f"There is nothing at {request.path}.", {}), status=404)


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer while the database does not."""
    logger.error("the database does not answer: %s", error)
    return answer_before_views(request, Unavailable())


def answer_before_views(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer with an error that was met outside of any view: JSON below /api/, a line of text elsewhere."""
    if request.path.startswith("/api/"):
        return JsonResponse(_body(error.code, error.message, error.details), status=_status(error))
    return HttpResponse(error.message, status=_status(error), content_type="text/plain")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer for an error that nobody foresaw; what it was stands in the log alone."""
    if request.path.startswith("/api/"):
        return answer_before_views(request, Unforeseen())
    return defaults.server_error(request)
