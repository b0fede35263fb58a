"""What can go wrong for a reason that the caller can be told."""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """An outcome with a code that is a contract, a sentence a person can act on, details, and headers of the answer."""

    code: str = "ERROR"
    message: str = "The request could not be carried out."

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        super().__init__(self.message)


class Invalid(DomainError):
    """The request says something that cannot be so."""

    code = "VALIDATION_ERROR"
    message = "The request is not valid."


class Unauthorised(DomainError):
    """Nobody is known to be asking."""

    code = "NOT_AUTHENTICATED"
    message = "Log in first: POST /api/v1/auth/token with your e-mail address and password."


class Forbidden(DomainError):
    """The one who asks may not do this."""

    code = "FORBIDDEN"
    message = "You may not do this."


class NotFound(DomainError):
    """There is no such thing, or not for the one who asks."""

    code = "NOT_FOUND"
    message = "There is nothing here."


class Conflict(DomainError):
    """What is there already stands against it."""

    code = "CONFLICT"
    message = "This cannot be done in the present state."


class PreconditionFailed(DomainError):
    """The caller wanted it only in a state that it is not in."""

    code = "PRECONDITION_FAILED"
    message = "This is not what If-Match names any more. Look at it without that header."


class TooLarge(DomainError):
    """More than one answer may carry."""

    code = "TOO_LARGE"
    message = "This is more than one answer may carry."


class Unsatisfiable(DomainError):
    """A part was asked for that does not exist."""

    code = "RANGE_NOT_SATISFIABLE"
    message = "There is no such part of it."


class Unprocessable(DomainError):
    """The request can be read, and contradicts an earlier one."""

    code = "UNPROCESSABLE"
    message = "This contradicts an earlier request."


class Unforeseen(DomainError):
    """A fault of the service; what it was is kept from the caller."""

    code = "INTERNAL_ERROR"
    message = "Something went wrong on our side. It was written down; try again later."


class Unavailable(DomainError):
    """Something of ours does not answer at the moment; the same request may succeed later."""

    code = "SERVICE_UNAVAILABLE"
    message = "The service cannot do this at the moment. Try again in a minute."
