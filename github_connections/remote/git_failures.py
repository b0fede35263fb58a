"""Telling git's failures apart by what it printed (LC_ALL=C), each with what a person can do about it."""

import re
from dataclasses import dataclass, replace

from github_connections.errors import BytesExceeded, CloneFailure


@dataclass(frozen=True)
class _Failure:
    pattern: str
    code: str
    message: str
    transient: bool = False


_ADDRESS = re.compile(r"'https?://[^']*'")
_CHECKOUT_FAILED = "warning: Clone succeeded, but checkout failed."
_BYTES_EXCEEDED = re.compile(r"file too large|unable to write file|signal 25", re.IGNORECASE)
_DISK_FULL = _Failure(
    r"no space left on device|disk quota exceeded",
    "DISK_FULL",
    "There was no room left on the service's disk. It is tried again; an operator has to make room.",
    transient=True,
)
_OUT_OF_MEMORY = _Failure(
    r"out of memory|cannot allocate memory|signal 9",
    "REPOSITORY_TOO_LARGE",
    "The repository has so many or so large files that git's memory does not hold them.",
)
_UNSAFE = _Failure(
    r"fsck error|(?<!pack has )bad object|invalid path|unable to checkout|missing blob object"
    r"|cannot create directory|repository corruption on the remote side",
    "REPOSITORY_UNSAFE",
    "git refused the repository's contents as broken or unsafe.",
)
# The first that matches tells. What git prints follows its server's status and curl's error.
_FAILURES = (
    _Failure(
        # First, as the name of the branch may say anything.
        r"^fatal: remote branch ",
        "BRANCH_NOT_FOUND",
        "The branch is not in the repository any more. Choose another one.",
    ),
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
        "GitHub no longer accepts the token: it has expired or was revoked. Send a new one, then refresh.",
    ),
    _Failure(
        r"repository .*not found|returned error: 404",
        "REPOSITORY_NOT_FOUND",
        "GitHub does not show the repository to the token any more: it was removed, renamed or closed to it.",
    ),
    _Failure(
        r"returned error: 30\d|url base from redirection",
        "REPOSITORY_MOVED",
        "The repository has moved to another address. Refresh the connection, which follows it.",
    ),
    _DISK_FULL,
    _OUT_OF_MEMORY,
    _UNSAFE,
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


# A checkout can fail in no other way, whatever the names say that git complains of.
_CHECKOUT_FAILURES = (_DISK_FULL, _OUT_OF_MEMORY)


def clone_failure(printed: str, *, status: object = None) -> CloneFailure:
    """Return what git's own words and exit status mean; one of no known kind is GIT_FAILED with git's last word."""
    # A repository may be called `timeout`.
    words = _ADDRESS.sub("''", printed)
    if isinstance(status, int) and status < 0:
        words = f"{words}\nfatal: git died of signal {-status}"
    failures: tuple[_Failure, ...] = _FAILURES
    if _CHECKOUT_FAILED in words:
        failures = (*_CHECKOUT_FAILURES, replace(_UNSAFE, pattern=""))
    if _BYTES_EXCEEDED.search(words):
        return BytesExceeded("The repository is larger than the service clones.")
    for failure in failures:
        if re.search(failure.pattern, words, re.IGNORECASE | re.MULTILINE):
            return CloneFailure(failure.code, failure.message, transient=failure.transient)
    return CloneFailure("GIT_FAILED", f"git could not clone the repository: {_last_word(words)}")


def _last_word(printed: str) -> str:
    """Return git's last line, an error before others, as a person may be shown it."""
    lines = printed.strip().splitlines() or ["it printed nothing"]
    errors = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return "".join(filter(str.isprintable, (errors or lines)[-1]))[:300]
