"""What a person who connects a repository can be told: codes are a contract, reasons tell the truth."""

from enum import StrEnum
from typing import Any

from qualisys.errors import Conflict, Invalid, NotFound, TooLarge, Unavailable, Unsatisfiable


class Reason(StrEnum):
    """Why GitHub's answer is INVALID_TOKEN (`details.reason`)."""

    BAD_CREDENTIALS = "bad_credentials"
    TOO_MANY_LOGIN_ATTEMPTS = "too_many_login_attempts"
    RATE_LIMITED = "rate_limited"
    SSO_REQUIRED = "sso_required"
    MISSING_PERMISSION = "missing_permission"
    ACCOUNT_BLOCKED = "account_blocked"
    REPOSITORY_BLOCKED = "repository_blocked"
    FORBIDDEN = "forbidden"
    NOT_FOUND_OR_NO_ACCESS = "not_found_or_no_access"
    UNREACHABLE = "unreachable"
    GITHUB_ERROR = "github_error"


class InvalidRepositoryUrl(Invalid):
    code = "INVALID_REPO_URL"


class InvalidToken(Invalid):
    """GitHub did not let this token read the repository, or could not be asked."""

    code = "INVALID_TOKEN"

    def __init__(self, reason: Reason, message: str, **details: Any) -> None:
        self.reason = reason
        given = {name: value for name, value in details.items() if value is not None}
        super().__init__(message, details={"reason": reason.value, **given})


class BranchNotFound(Invalid):
    code = "BRANCH_NOT_FOUND"


class RepositoryEmpty(Invalid):
    code = "REPOSITORY_EMPTY"
    message = "The repository has no commit yet. Push one, then connect it again."


class RepositoryDisabled(Invalid):
    code = "REPOSITORY_DISABLED"
    message = "GitHub has disabled this repository, so it cannot be cloned. Its owner can ask GitHub why."


class RepositoryTooLarge(Invalid):
    code = "REPOSITORY_TOO_LARGE"


class ConnectionExists(Conflict):
    code = "CONNECTION_EXISTS"
    message = "This project is connected to a repository already. Disconnect it first (DELETE), then connect."


class ConnectionBusy(Conflict):
    code = "CONNECTION_BUSY"
    message = "A clone of this repository is waiting or running. Wait for its end, or disconnect."


class ConnectionChanged(Conflict):
    code = "CONNECTION_CHANGED"
    message = "Somebody changed this connection while GitHub was asked. Look at it, then try again."


class RepositoryRecreated(Conflict):
    """Under the connected repository's name there is another one by now."""

    code = "REPOSITORY_RECREATED"

    def __init__(self, full_name: str) -> None:
        super().__init__(
            f"The repository that was connected as {full_name} was deleted or moved away, and another one has its "
            "name. If that one is meant, disconnect and connect it.",
            details={"repository": full_name},
        )


class TokenUnreadable(Conflict):
    code = "TOKEN_UNREADABLE"
    message = "The stored token can no longer be read. Send a new one: PATCH with a pat."


class ConnectionNotFound(NotFound):
    code = "CONNECTION_NOT_FOUND"
    message = "This project is not connected to a repository. Connect one with POST."


class NotAnalyzedYet(Conflict):
    """There is a connection, and no analysis of its clone came to its end so far."""

    code = "NOT_ANALYZED_YET"

    def __init__(self, status: str, error_code: str) -> None:
        how = f"its connection is {status}{f' ({error_code})' if error_code else ''}"
        super().__init__(
            f"The repository has not been analysed: {how}. Look at the connection, and ask again once it is analyzed.",
            details={"status": status, "error_code": error_code},
        )


class NotClonedYet(Conflict):
    """There is a connection, and no clone of it so far."""

    code = "NOT_CLONED_YET"

    def __init__(self, status: str, error_code: str) -> None:
        how = f"its connection is {status}{f' ({error_code})' if error_code else ''}"
        super().__init__(
            f"The repository has not been cloned: {how}. Look at the connection, and ask again once it is cloned.",
            details={"status": status, "error_code": error_code},
        )


class CloneExpired(Conflict):
    code = "CLONE_EXPIRED"
    message = "The clone was removed after its time. Refresh the connection (POST …/github/refresh), then ask again."


class CloneMissing(Unavailable):
    code = "CLONE_MISSING"
    message = "The clone is not where it belongs. If it stays so, refresh the connection or tell an operator."


class SourceUnreadable(Unavailable):
    code = "SOURCE_UNREADABLE"
    message = "The clone cannot be read at the moment. Try again in a minute; if it stays so, tell an operator."


_INSTEAD = {
    "file": "There is a file at this path: read it with GET …/github/files/PATH.",
    "directory": "There is a directory at this path: list it with GET …/github/tree?path=PATH.",
    "link": "There is a link at this path, and links are not followed.",
    "other": "What lies at this path is neither a file nor a directory.",
}


class PathNotFound(NotFound):
    """The clone has not what was asked for; `found` is what lies in its place, if anything."""

    code = "PATH_NOT_FOUND"
    message = "The clone has nothing at this path. List the directory above it to see what is there."

    def __init__(self, found: str | None = None) -> None:
        super().__init__(_INSTEAD.get(found or ""), details={"type": found} if found else {})


class FileTooLarge(TooLarge):
    code = "FILE_TOO_LARGE"

    def __init__(self, size_bytes: int, max_bytes: int) -> None:
        super().__init__(
            f"This is {size_bytes:,} bytes; one answer carries {max_bytes:,}. Ask for a part with the header Range.",
            details={"size_bytes": size_bytes, "max_bytes": max_bytes},
        )


class NoSuchPart(Unsatisfiable):
    def __init__(self, size_bytes: int) -> None:
        super().__init__(
            f"The file has {size_bytes:,} bytes, and the header Range asks for what is not in it.",
            details={"size_bytes": size_bytes},
            headers={"Content-Range": f"bytes */{size_bytes}"},
        )


class CloneNotRemoved(Unavailable):
    code = "CLONE_NOT_REMOVED"
    message = "The clone's directory could not be removed, so the connection stays. Try again, or tell an operator."


class GitHubBusy(Unavailable):
    """As many requests as may are waiting for GitHub already, so this one was not put to it."""

    code = "GITHUB_BUSY"
    message = "GitHub is slow to answer and others are waiting for it already. Try again in a moment."


class CloneFailure(Exception):
    """A clone that did not come about: its code and message are stored with the connection."""

    def __init__(self, code: str, message: str, *, transient: bool = False) -> None:
        self.code = code
        self.message = message
        self.transient = transient
        super().__init__(f"{code}: {message}")


class BytesExceeded(CloneFailure):
    """The clone takes more bytes than were left for it."""

    def __init__(self, message: str) -> None:
        super().__init__("REPOSITORY_TOO_LARGE", message)


class ClaimLost(Exception):
    """The connection is gone or another attempt is in force: what was done for it is thrown away."""
