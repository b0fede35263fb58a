"""Reading a repository's owner and name out of what a person typed, and nothing else."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from github_connections.errors import InvalidRepositoryUrl

# GitHub's own rules for names; `.` and `..` would climb in a path.
_OWNER = r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}"
_NAME = r"(?!\.{1,2}(?:\.git)?/?\Z)[A-Za-z0-9._-]{1,100}"
_PATH = rf"(?P<owner>{_OWNER})/(?P<name>{_NAME})"
_PRINTABLE_ASCII = re.compile(r"[\x21-\x7e]+")


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
    host = urlsplit(github_url).netloc
    pattern = rf"(?:https?://(?i:{re.escape(host)})/|git@(?i:{re.escape(host)}):){_PATH}/?"
    match = re.fullmatch(pattern, text)
    name = match["name"].removesuffix(".git") if match else ""
    if not match or not name or not _PRINTABLE_ASCII.fullmatch(text):
        raise InvalidRepositoryUrl(
            f"This is not the address of a repository. Write it as {github_url}/owner/name.",
            details={"expected": f"{github_url}/owner/name"},
        )
    return RepositoryName(match["owner"], name)


def parse_full_name(text: str) -> RepositoryName:
    """Return the repository that GitHub calls `owner/name`; ValueError for anything else."""
    match = re.fullmatch(_PATH, text)
    if not match:
        raise ValueError(f"not a repository's full name: {text!r}")
    return RepositoryName(match["owner"], match["name"])
