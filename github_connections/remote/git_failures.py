"""Telling git's failures apart by what it printed (LC_ALL=C), each with what a person can do about it."""

import re
from dataclasses import dataclass

from github_connections.errors import CloneFailure


@dataclass(frozen=True)
class _Failure:
    pattern: str
    code: str
    message: str
    transient: bool = False


_ADDRESS = re.compile(r"'https?://[^']*'")
# The first that matches tells. What git prints follows its server's status and curl's error.
_FAILURES = (
    _Failure(
        r"write access to repository not granted|returned error: 403",
        "MISSING_PERMISSION",
        "GitHub refused the clone: the token lacks the permission to read contents (contents=read), or the "
        "repository was disabled.",
    ),
    _Failure(
        r"authentication failed|could not read (?:password|username)|invalid username or (?:password|token)"
        r"|returned error: 401",
        "INVALID_TOKEN",
        "GitHub no longer accepts the token: it has expired or was revoked. Connect again with a new one.",
    ),
    _Failure(
        r"remote branch .* not found",
        "BRANCH_NOT_FOUND",
        "The branch is not in the repository any more. Connect again and name one that is.",
    ),
    _Failure(
        r"repository .*not found|returned error: 404",
        "REPOSITORY_NOT_FOUND",
        "GitHub does not show the repository to the token any more: it was removed, renamed or closed to it.",
    ),
    _Failure(
        r"returned error: 30\d|url base from redirection",
        "REPOSITORY_MOVED",
        "The repository has moved to another address. Connect it again under its new one.",
    ),
    _Failure(
        r"no space left on device|disk quota exceeded",
        "DISK_FULL",
        "There was no room left on the service's disk. It is tried again; an operator has to make room.",
        transient=True,
    ),
    _Failure(
        r"file too large|signal 25",
        "REPOSITORY_TOO_LARGE",
        "The repository is larger than the service clones.",
    ),
    _Failure(
        r"fsck error|(?<!pack has )bad object|invalid path|unable to checkout|missing blob object",
        "REPOSITORY_UNSAFE",
        "git refused the repository's contents as broken or unsafe.",
    ),
    _Failure(
        r"operation too slow|timed? ?out|could not resolve host|couldn't connect|failed to connect"
        r"|connection re(?:set|fused)|early eof|unexpected disconnect|hung up|returned error: (?:429|5\d\d)"
        r"|transfer closed|rpc failed|empty reply"
        r"|invalid index-pack output|pack .*(?:corrupt|bad)|inflate|ssl|tls|premature end",
        "NETWORK",
        "The connection to GitHub failed while cloning. It is tried again by itself.",
        transient=True,
    ),
)


def clone_failure(printed: str) -> CloneFailure:
    """Return what git's own words mean; a failure of no known kind is GIT_FAILED with git's last line."""
    # A repository may be called `timeout`.
    words = _ADDRESS.sub("''", printed)
    for failure in _FAILURES:
        if re.search(failure.pattern, words, re.IGNORECASE):
            return CloneFailure(failure.code, failure.message, transient=failure.transient)
    last = (printed.strip().splitlines() or ["it printed nothing"])[-1]
    return CloneFailure("GIT_FAILED", f"git could not clone the repository: {last[:300]}")
