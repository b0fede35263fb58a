"""What a person should know of a connection before it becomes an error, worked out from what its row knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from github_connections.models import GithubConnection

# Days before the end of a token on which the warning becomes another one.
DAYS_BEFORE_TOKEN_ENDS = (1, 7, 14)
# All that connecting, refreshing and cloning take.
ENOUGH = "contents=read"


class WarningCode(StrEnum):
    """What a warning is about: a contract, as the codes of errors are."""

    REPOSITORY_RECREATED = "REPOSITORY_RECREATED"
    REPOSITORY_BECAME_PUBLIC = "REPOSITORY_BECAME_PUBLIC"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105  # a code, not a token
    TOKEN_EXPIRES_SOON = "TOKEN_EXPIRES_SOON"  # noqa: S105
    TOKEN_ENDS_BEFORE_CLONE = "TOKEN_ENDS_BEFORE_CLONE"  # noqa: S105
    TOKEN_CAN_WRITE = "TOKEN_CAN_WRITE"  # noqa: S105
    REPOSITORY_RENAMED = "REPOSITORY_RENAMED"


@dataclass(frozen=True)
class ConnectionWarning:
    """One thing to know: a code to decide by, a sentence for a person, details."""

    code: WarningCode
    message: str
    details: dict[str, Any]


def warnings_of(connection: GithubConnection) -> list[ConnectionWarning]:
    """Return what there is to know of the connection at this moment, the most urgent first."""
    now = timezone.now()
    return [
        *_of_repository(connection),
        *_of_token_end(connection, now),
        *_of_token_permissions(connection),
        *_of_name(connection),
    ]


def _of_repository(connection: GithubConnection) -> Iterator[ConnectionWarning]:
    if connection.recreated_at:
        yield ConnectionWarning(
            WarningCode.REPOSITORY_RECREATED,
            f"Another repository has the name {connection.full_name} by now, so nothing was fetched from it. If that "
            "one is meant, disconnect and connect it.",
            {"repository": connection.full_name, "noticed_at": connection.recreated_at},
        )
    if connection.became_public_at:
        yield ConnectionWarning(
            WarningCode.REPOSITORY_BECAME_PUBLIC,
            "The repository was private when it was connected, and everybody can read it now. Make sure that this is "
            "meant.",
            {"noticed_at": connection.became_public_at},
        )


def _of_token_end(connection: GithubConnection, now: datetime) -> Iterator[ConnectionWarning]:
    ends = connection.token_expires_at
    if ends is None:
        return
    if ends <= now:
        yield ConnectionWarning(
            WarningCode.TOKEN_EXPIRED,
            f"The token ended on {_written(ends)}. Send a new one before the source can be fetched again.",
            {"token_expires_at": ends},
        )
        return
    within = next((days for days in DAYS_BEFORE_TOKEN_ENDS if ends - now <= timedelta(days=days)), None)
    if within:
        span = "a day" if within == 1 else f"{within} days"
        yield ConnectionWarning(
            WarningCode.TOKEN_EXPIRES_SOON,
            f"The token ends within {span}, on {_written(ends)}. Make a new one and send it in its place.",
            {"token_expires_at": ends, "within_days": within},
        )
    if connection.clone_path and connection.expires_at and ends < connection.expires_at:
        yield ConnectionWarning(
            WarningCode.TOKEN_ENDS_BEFORE_CLONE,
            f"The token ends on {_written(ends)}, before the clone is removed on {_written(connection.expires_at)}: "
            "after that it cannot be refreshed without a new token.",
            {"token_expires_at": ends, "expires_at": connection.expires_at},
        )


def _of_token_permissions(connection: GithubConnection) -> Iterator[ConnectionWarning]:
    if connection.token_can_write:
        yield ConnectionWarning(
            WarningCode.TOKEN_CAN_WRITE,
            "The token can change the repository, which nothing here needs. A fine-grained token for this repository "
            "alone with Contents: read-only is enough.",
            {"enough": ENOUGH},
        )


def _of_name(connection: GithubConnection) -> Iterator[ConnectionWarning]:
    if connection.renamed_from:
        yield ConnectionWarning(
            WarningCode.REPOSITORY_RENAMED,
            f"The repository {connection.renamed_from} is called {connection.full_name} now, and is fetched from "
            "there. Nothing needs to be done.",
            {"before": connection.renamed_from, "after": connection.full_name},
        )


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%d %B %Y at %H:%M} UTC"
