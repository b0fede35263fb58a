"""GitHub's answers, faked on the wire for the tests that need no network."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import responses

API_URL = "https://api.github.com"
URL = "https://github.com/o/r"
# Of the form that GitHub's have, and good for nothing.
PAT = "ghp_" + "QuickTestToken0123456789abcdefghijkl"
# What every branch leads to, unless a test says otherwise.
NEWEST = "0" * 40
REPOSITORY: dict[str, Any] = {
    "id": 7,
    "full_name": "o/r",
    "default_branch": "main",
    "size": 12,
    "private": True,
    "archived": False,
    "disabled": False,
}


class FakeGitHub:
    """Says what it was told to say about one repository; everything else cannot be reached."""

    def __init__(self, wire: responses.RequestsMock, api_url: str = API_URL, full_name: str = "o/r") -> None:
        self.wire = wire
        self.full_name = full_name
        self.repository_url = f"{api_url}/repos/{full_name}"
        self.push_url = f"https://github.com/{full_name}.git/info/refs"
        self.branches_url = f"{self.repository_url}/git/ref/heads/"

    def shows_repository(self, *, headers: Mapping[str, str] | None = None, **changes: Any) -> None:
        """Describe the repository, with these fields changed."""
        described = {**REPOSITORY, "full_name": self.full_name, **changes}
        self.wire.get(self.repository_url, json=described, headers=headers)

    def shows_branches(self, commit: str = NEWEST) -> None:
        """Let the contents be read, of whatever branch."""
        self.wire.get(self._any_branch, json={"object": {"type": "commit", "sha": commit}})

    def agrees(self, *, headers: Mapping[str, str] | None = None, commit: str = NEWEST, **changes: Any) -> None:
        """Show the repository and its contents."""
        self.shows_repository(headers=headers, **changes)
        self.shows_branches(commit)

    def refuses(self, status: int, said: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Answer the question for the repository with this status and message."""
        self.wire.get(self.repository_url, status=status, json={"message": said}, headers=headers)

    def refuses_branches(self, status: int, said: str = "", headers: Mapping[str, str] | None = None) -> None:
        """Show the repository, and answer the question for its contents with this status and message."""
        self.shows_repository()
        self.wire.get(self._any_branch, status=status, json={"message": said}, headers=headers)

    @property
    def _any_branch(self) -> re.Pattern[str]:
        return re.compile(f"{re.escape(self.branches_url)}.+")

    @property
    def asked(self) -> list[str]:
        """The addresses that were asked for, oldest first."""
        return [str(call.request.url) for call in self.wire.calls]


@pytest.fixture
def fake_github() -> Iterator[FakeGitHub]:
    """A GitHub that knows nothing yet."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        yield FakeGitHub(wire)
