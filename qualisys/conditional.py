"""An answer that the caller has already is not sent again: `ETag`, `If-None-Match`, 304."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from rest_framework import status

from qualisys.errors import PreconditionFailed
from qualisys.exception_handler import answer_before_views


class ConditionalAnswers(ConditionalGetMiddleware):
    """Django's own for the API alone, with its refusals in the API's words; what a GET finds has an ETag.

    The ETag stands for the bytes of the answer, so that it cannot be wrong: what is spared is their way.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return response
        answer: HttpResponseBase = response
        if request.method == "GET" and status.is_success(response.status_code):
            # Kept by the one who asked alone, and asked about each time: it and the right to it can change.
            response.headers.setdefault("Cache-Control", "private, no-cache")
            answer = super().process_response(request, response)
        if answer.status_code == status.HTTP_412_PRECONDITION_FAILED:
            return answer_before_views(request, PreconditionFailed())
        return answer
