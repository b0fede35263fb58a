"""What a person is told of a connection before it becomes an error."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from github_connections.connection_warnings import ConnectionWarning, warnings_of
from github_connections.models import GithubConnection
from github_connections.tests.connection_api import assert_is_a_sentence

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
A_SECOND, A_DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def told(**facts: Any) -> list[ConnectionWarning]:
    """Return what there is to know of a connection with these facts."""
    warnings = warnings_of(GithubConnection(repo_url="https://github.com/o/r", **facts))
    for warning in warnings:
        assert_is_a_sentence(warning.message)
    return warnings


def codes(**facts: Any) -> list[str]:
    return [warning.code.value for warning in told(**facts)]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"token_can_write": False, "is_private": True, "token_expires_at": NOW + timedelta(days=90)},
        {"is_private": False, "token_can_write": None},
    ],
)
def test_where_all_is_well_nothing_is_said(facts: dict[str, Any]) -> None:
    """A token that reads, for a while, and a repository that is what it was."""
    assert codes(**facts) == []


@pytest.mark.parametrize(
    ("left", "within"),
    [
        (A_SECOND, 1),
        (A_DAY, 1),
        (A_DAY + A_SECOND, 7),
        (7 * A_DAY, 7),
        (7 * A_DAY + A_SECOND, 14),
        (14 * A_DAY, 14),
    ],
)
def test_end_of_the_token_comes_near(left: timedelta, within: int) -> None:
    """Fourteen, seven days and one before its end the token is spoken of, with the day."""
    (warning,) = told(token_expires_at=NOW + left)
    assert warning.code == "TOKEN_EXPIRES_SOON"
    assert warning.details == {"token_expires_at": NOW + left, "within_days": within}
    assert f"{NOW + left:%d %B %Y at %H:%M} UTC" in warning.message


def test_more_than_fourteen_days_are_no_reason_to_speak() -> None:
    """A token that is good for longer is not spoken of."""
    assert codes(token_expires_at=NOW + 14 * A_DAY + A_SECOND) == []


@pytest.mark.parametrize("ago", [timedelta(0), A_SECOND, timedelta(days=100)])
def test_token_that_has_ended(ago: timedelta) -> None:
    """Once it is over, that is what is said, and not that it will be, though the clone goes later."""
    assert codes(token_expires_at=NOW - ago, clone_path="/x", expires_at=NOW + A_DAY) == ["TOKEN_EXPIRED"]


@pytest.mark.parametrize(
    ("clone_path", "lies_until", "warned"),
    [
        ("/x", timedelta(days=21), True),
        ("/x", timedelta(days=20), False),
        ("/x", A_DAY, False),
        ("", timedelta(days=21), False),
    ],
)
def test_token_that_ends_before_the_clone(clone_path: str, lies_until: timedelta, warned: bool) -> None:
    """A clone that outlives its token cannot be refreshed in time; without a clone there is no question."""
    ends = NOW + timedelta(days=20)
    found = told(token_expires_at=ends, clone_path=clone_path, expires_at=NOW + lies_until)
    assert [warning.code for warning in found] == ["TOKEN_ENDS_BEFORE_CLONE"] * warned
    for warning in found:
        assert warning.details == {"token_expires_at": ends, "expires_at": NOW + lies_until}


def test_token_that_can_write() -> None:
    """One that can do more than is needed is told what is enough."""
    (warning,) = told(token_can_write=True)
    assert (warning.code, warning.details) == ("TOKEN_CAN_WRITE", {"enough": "contents=read"})
    assert "Contents: read-only" in warning.message


def test_the_most_urgent_comes_first() -> None:
    """What needs a decision stands before what needs a new token, and that before advice."""
    found = codes(
        recreated_at=NOW,
        became_public_at=NOW,
        renamed_from="o/old",
        token_expires_at=NOW + A_DAY,
        clone_path="/x",
        expires_at=NOW + 7 * A_DAY,
        token_can_write=True,
    )
    assert found == [
        *("REPOSITORY_RECREATED", "REPOSITORY_BECAME_PUBLIC"),
        *("TOKEN_EXPIRES_SOON", "TOKEN_ENDS_BEFORE_CLONE", "TOKEN_CAN_WRITE", "REPOSITORY_RENAMED"),
    ]
