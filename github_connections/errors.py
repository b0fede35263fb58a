"""What a person who connects a repository can be told: codes are a contract, reasons tell the truth."""

from enum import StrEnum
from typing import Any

from qualisys.errors import Conflict, Invalid, NotFound, Unavailable


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
