"""Reading a repository's owner and name out of what a person typed, and nothing else."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from github_connections.errors import InvalidRepositoryUrl

# GitHub's own rules for names; `.` and `..` would climb in a path.
_FULL_NAME = re.compile(r"(?P<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,38})/(?P<name>(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100})")


@dataclass(frozen=True)
class RepositoryName:
    """Which repository: `owner/name` on one GitHub."""

    owner: str
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


def parse_repository_url(text: str, *, github_url: str) -> RepositoryName:
    """Return the repository named by an https, http or ssh (`git@`) address on this GitHub.

    `github_url` is the GitHub's own address, such as https://github.com. InvalidRepositoryUrl for
    anything else: another host, a port, credentials, more path, a query, a fragment, control characters.
    """
    host = re.escape(urlsplit(github_url).netloc)
    pattern = rf"(?:https?://(?i:{host})/|git@(?i:{host}):)(?P<full_name>.+?)(?:\.git)?/?"
    # ASCII: letters of other alphabets equal GitHub's when case does not matter.
    address = re.fullmatch(pattern, text, re.ASCII)
    try:
        return parse_full_name(address["full_name"] if address else "")
    except ValueError as error:
        raise InvalidRepositoryUrl(
            f"This is not the address of a repository. Write it as {github_url}/owner/name.",
            details={"expected": f"{github_url}/owner/name"},
        ) from error


def parse_full_name(text: str) -> RepositoryName:
    """Return the repository that GitHub calls `owner/name`; ValueError for anything else."""
    match = _FULL_NAME.fullmatch(text)
    if not match:
        raise ValueError(f"not a repository's full name: {text!r}")
    return RepositoryName(match["owner"], match["name"])
