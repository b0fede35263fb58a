"""Telling GitHub's refusals apart, each with what a person can do about it.

Sources: GitHub's documentation of "Troubleshooting the REST API", "Rate limits for the REST API",
"Authenticating to the REST API" and "Permissions required for fine-grained personal access tokens".
"""

import logging
import re
import time
from datetime import UTC, datetime
from typing import Any

from requests.structures import CaseInsensitiveDict

from github_connections.errors import InvalidToken, Reason

logger = logging.getLogger(__name__)

Headers = CaseInsensitiveDict[str]

_NUMBER = re.compile("[0-9]{1,10}")
_NOT_FOUND = (
    "GitHub does not show this repository to the token. Either it does not exist, or it is private and the "
    "token was not given this repository, or a classic token lacks the 'repo' scope, or the organisation "
    "wants the token authorised for single sign-on."
)


def unreachable() -> InvalidToken:
    return InvalidToken(
        Reason.UNREACHABLE,
        "GitHub could not be reached in time. The token may be good: try again in a minute.",
    )


def misunderstood() -> InvalidToken:
    return InvalidToken(
        Reason.GITHUB_ERROR,
        "GitHub gave an answer that makes no sense. The token may be good: try again later.",
    )


def token_expiry(headers: Headers) -> datetime | None:
    """Return when the token ends, from a header GitHub puts on answers to tokens that do.

    Seen as `2027-10-12 09:00:00 UTC` and as `2027-10-12 09:00:00 +0900`. None for another form too: the
    token is none the worse for it.
    """
    text = headers.get("github-authentication-token-expiration")
    if text is None:
        return None
    try:
        return datetime.strptime(text.replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        logger.warning("GitHub writes the expiry of a token in a form that is not known: %r", text)
        return None


def refusal(status: int, headers: Headers, body: Any, *, needed: str = "metadata=read") -> InvalidToken:
    """Return the error that tells what an answer other than 200 means.

    `needed` is the permission in question, named where GitHub's own header does not name one.
    """
    said = str(body.get("message", "")) if isinstance(body, dict) else ""
    if status == 401:
        return InvalidToken(
            Reason.BAD_CREDENTIALS,
            "GitHub does not accept this token: it is mistyped, expired or revoked. Make a new one and try again.",
        )
    if status in {403, 429}:
        return _limited(status, headers, said) or _forbidden(headers, said, needed)
    if status == 404:
        return InvalidToken(Reason.NOT_FOUND_OR_NO_ACCESS, _NOT_FOUND)
    if status == 451:
        return InvalidToken(Reason.REPOSITORY_BLOCKED, "GitHub has blocked this repository for legal reasons.")
    if status >= 500:
        return InvalidToken(
            Reason.GITHUB_ERROR,
            f"GitHub has trouble of its own (it answered {status}). The token may be good: try again later.",
        )
    return misunderstood()


def _limited(status: int, headers: Headers, said: str) -> InvalidToken | None:
    """Return the error where the refusal is about how often GitHub was asked, and passes with time."""
    if "login attempts" in said.lower():
        return InvalidToken(
            Reason.TOO_MANY_LOGIN_ATTEMPTS,
            "GitHub has locked log-ins for a while after too many wrong tokens. "
            "The token may be good: wait, then retry.",
            retry_after=_seconds_to_wait(headers),
        )
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    if exhausted or "retry-after" in headers or "rate limit" in said.lower() or status == 429:
        return InvalidToken(
            Reason.RATE_LIMITED,
            "GitHub's limit of requests for this token is used up. The token may be good: retry later.",
            retry_after=_seconds_to_wait(headers),
        )
    return None


def _seconds_to_wait(headers: Headers) -> int | None:
    """Return seconds from now; `retry-after` is in seconds, `x-ratelimit-reset` a time of day in UTC epoch seconds."""
    after, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if _NUMBER.fullmatch(after):
        return int(after)
    if _NUMBER.fullmatch(reset):
        return max(1, int(reset) - int(time.time()))
    return None


def _forbidden(headers: Headers, said: str, needed: str) -> InvalidToken:
    sso = re.search(r"url=(https://\S+)", headers.get("x-github-sso", ""))
    if sso:
        return InvalidToken(
            Reason.SSO_REQUIRED,
            "The organisation wants this token authorised for single sign-on. "
            "Open the link within the hour, then retry.",
            sso_url=sso[1],
        )
    permission = headers.get("x-accepted-github-permissions")
    if permission or "not accessible by" in said:
        permission = permission or needed
        return InvalidToken(
            Reason.MISSING_PERMISSION,
            f"The token lacks a permission on this repository: {permission}. Give it that, then retry.",
            permission=permission,
        )
    if "suspended" in said.lower():
        return InvalidToken(Reason.ACCOUNT_BLOCKED, "GitHub has suspended the account that this token belongs to.")
    if "blocked" in said.lower():
        return InvalidToken(Reason.REPOSITORY_BLOCKED, "GitHub has blocked access to this repository.")
    return InvalidToken(Reason.FORBIDDEN, "GitHub refuses this token for this repository and does not say why.")
