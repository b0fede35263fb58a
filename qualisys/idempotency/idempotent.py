"""A view's method that carries out a request once, however often it is sent with the same Idempotency-Key."""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.utils.crypto import salted_hmac
from rest_framework.exceptions import UnsupportedMediaType, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from qualisys.idempotency.claims import claim, keep, release
from qualisys.idempotency.errors import IdempotencyKeyReused, RequestInProgress
from qualisys.idempotency.models import KeyedRequest
from qualisys.tenancy.authentication import user_id_of

HEADER = "Idempotency-Key"
# Bare, or in quotes as a string of a structured header.
_KEY = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?')

_WHAT_IT_DOES = (
    "A text of your choice, as a UUID. With the same request, sent within 24 hours, the first answer comes again and "
    "nothing is done twice. Errors are not kept."
)

View = TypeVar("View", bound=Callable[..., Response])


def idempotent(method: View) -> View:
    """Mark a view's method; not one whose answer holds a secret, as answers are kept for a day.

    A success is kept, and answered again to who may still ask. An error did nothing, and is not kept.
    """

    @wraps(method)
    def once(view: Any, request: Request, **path: str) -> Response:
        key = _key_of(request)
        if key is None:
            return method(view, request, **path)
        claimed = claim(user_id_of(request), key, _digest_of(request))
        if claimed.status is not None:
            return _again(claimed)
        try:
            answer = method(view, request, **path)
        except Exception:
            release(claimed)
            raise
        text = json.dumps(answer.data, cls=JSONEncoder)
        keep(claimed, status=answer.status_code, body=text, location=answer.headers.get("Location", ""))
        return answer

    once.__dict__["reads_headers"] = {HEADER: _WHAT_IT_DOES}
    once.__dict__["may_refuse"] = (
        _no_key(),
        UnsupportedMediaType("text/plain"),
        RequestInProgress,
        IdempotencyKeyReused,
    )
    return once  # type: ignore[return-value]  # it takes and gives what the method does


def _no_key() -> ValidationError:
    return ValidationError({HEADER: ["Send 1 to 255 printable characters without spaces, as in a UUID."]})


def _key_of(request: Request) -> str | None:
    """Return a digest of the key; None without one."""
    sent = request.headers.get(HEADER)
    if sent is None:
        return None
    key = _KEY.fullmatch(sent.strip())
    if key is None:
        raise _no_key()
    return hashlib.sha256(key[1].encode()).hexdigest()


def _digest_of(request: Request) -> str:
    """Return a keyed digest of what is asked for: a token in it cannot be guessed at from what is kept."""
    asked = json.dumps([request.method, request.path.rstrip("/"), request.data], sort_keys=True)
    return salted_hmac("qualisys.idempotency", asked, algorithm="sha256").hexdigest()


def _again(kept: KeyedRequest) -> Response:
    headers = {"Idempotent-Replayed": "true", **({"Location": kept.location} if kept.location else {})}
    return Response(json.loads(kept.body), status=kept.status, headers=headers)
