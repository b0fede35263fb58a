"""Why a request with an Idempotency-Key is neither carried out nor answered with the first one's answer."""

from qualisys.errors import Conflict, Unprocessable


class RequestInProgress(Conflict):
    code = "REQUEST_IN_PROGRESS"
    message = "The first request with this Idempotency-Key is being carried out. Send this one again in a moment."


class IdempotencyKeyReused(Unprocessable):
    code = "IDEMPOTENCY_KEY_REUSED"
    message = "This Idempotency-Key came with another request before. Use a new key for what is a new request."
