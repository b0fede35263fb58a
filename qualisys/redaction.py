"""Keeping secrets out of logs and messages: by value where it is known, by its looks where it is not."""

import base64
import logging
import re
from collections.abc import Iterator
from urllib.parse import quote

REDACTED = "[redacted]"

_LOOKS_LIKE_A_SECRET = re.compile(
    r"""
    (?<=://)[^\s/@]+(?=@)                             # user:password in a URL, whatever either looks like
    | (?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9_]{16,}       # GitHub's token prefixes; one may follow upon another
    | github_pat_[A-Za-z0-9_]{16,}
    | qat_[A-Za-z0-9]{16,}                            # an API token of ours
    | whsec_[A-Za-z0-9+/]{16,}=*                      # a webhook's secret
    | eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}           # a JSON Web Token: an access or refresh token
    | (?P<header>authorization["']?\s*[:=]\s*["']?)(?:basic|bearer|token)\s+[^\s"']+
    """,
    re.VERBOSE | re.IGNORECASE,
)


# Without one of these nothing above can match: most lines of a log are spared the search. Of letters alone that have
# no third form beside the small and the capital one.
_HINTS = ("gh", "_pat_", "://", "author", "qat_", "ec_", "eyj")


def forms(secret: str) -> Iterator[str]:
    """Yield the ways a token is written down: plain, URL-quoted, and in base64 as git and HTTP send it."""
    yield secret
    yield quote(secret, safe="")
    for pair in (secret, f"x-access-token:{secret}", f"x-oauth-basic:{secret}", f"{secret}:"):
        yield base64.b64encode(pair.encode()).decode().rstrip("=")


def redact(text: str, *secrets: str) -> str:
    """Return the text without the given secrets, in any of their forms, and without what looks like one."""
    for secret in filter(None, secrets):
        for form in forms(secret):
            text = text.replace(form, REDACTED)
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    # What was taken out may have stood between the parts of another: looked through until nothing is found.
    while (redacted := _LOOKS_LIKE_A_SECRET.sub(rf"\g<header>{REDACTED}", text)) != text:
        text = redacted
    return text


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # Arguments that do not fit their message must not end the work that the line tells of.
        return f"{record.msg} {record.args!r}"


class RedactingFilter(logging.Filter):
    """Redacts every record, its arguments and its traceback included, before it is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(_message(record))
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True
