"""A connection and the refusals of a token, as the API's description shows them."""

from typing import Any

from requests.structures import CaseInsensitiveDict

from github_connections import analysis_examples
from github_connections.errors import (
    BranchNotFound,
    GitHubBusy,
    InvalidRepositoryUrl,
    InvalidToken,
    RepositoryDisabled,
    RepositoryEmpty,
    RepositoryTooLarge,
)
from github_connections.remote.github_answers import misunderstood, refusal, unreachable

CONNECT = {"repo_url": "https://github.com/acme/shop", "pat": "YOUR-TOKEN", "branch": "main"}
CHANGE = {"pat": "YOUR-NEW-TOKEN"}
PENDING: dict[str, Any] = {
    "id": "765bd45b-9949-4da1-bfc3-bc98296b3449",
    "project_id": "401d89c3-35dc-4a4c-a65b-35732209f566",
    "repo_url": "https://github.com/acme/shop",
    "branch": "main",
    "status": "pending",
    "progress": None,
    "commit_sha": "",
    "size_bytes": None,
    "routes_count": 0,
    "components_count": 0,
    "endpoints_count": 0,
    "analysis_summary": {},
    "error_code": "",
    "error_message": "",
    "warnings": [],
    "token_expires_at": None,
    "expires_at": None,
    "created_at": "2026-11-22T14:03:04.381359Z",
    "updated_at": "2026-11-22T14:03:04.381371Z",
}
ANALYZED = {
    **PENDING,
    "status": "analyzed",
    "commit_sha": analysis_examples.COMMIT,
    "size_bytes": 512278,
    "routes_count": 1,
    "endpoints_count": 1,
    "analysis_summary": analysis_examples.SUMMARY,
    "expires_at": "2026-11-29T14:03:04.545580Z",
    "updated_at": "2026-11-22T14:03:09.546136Z",
}
_GIBIBYTE = 1024**3


def _refused(status: int, said: str = "", **headers: str) -> InvalidToken:
    """Return the error that an answer of GitHub's becomes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal(status, CaseInsensitiveDict(named), {"message": said})


# One for each reason.
REFUSED_TOKENS = (
    _refused(401),
    _refused(403, "Maximum number of login attempts exceeded.", retry_after="300"),
    _refused(403, retry_after="60"),
    _refused(403, x_github_sso="required; url=https://github.com/orgs/acme/sso?authorization_request=AB12"),
    _refused(403, x_accepted_github_permissions="contents=read"),
    _refused(403, "Sorry. Your account was suspended."),
    _refused(451),
    _refused(403),
    _refused(404),
    unreachable(),
    misunderstood(),
)
INVALID_URL = InvalidRepositoryUrl(
    "This is not the address of a repository. Write it as https://github.com/owner/name.",
    details={"expected": "https://github.com/owner/name"},
)
NO_BRANCH = BranchNotFound("The repository has no branch 'mian'.", details={"branch": "mian"})
TOO_LARGE = RepositoryTooLarge(
    "The repository holds 31.0 GiB by GitHub's count; 20.0 GiB may be connected.",
    details={"size_bytes": 31 * _GIBIBYTE, "max_bytes": 20 * _GIBIBYTE},
)
# What asking GitHub about a repository may end in.
NOT_PROVED = (
    *REFUSED_TOKENS,
    NO_BRANCH,
    RepositoryEmpty,
    RepositoryDisabled,
    TOO_LARGE,
    GitHubBusy(details={"retry_after": 10}),
)

HISTORY = {
    "id": 41,
    "at": "2026-11-29T09:12:00.381359Z",
    "event": "disconnected",
    "actor": {"id": "a36b0139-6670-45c6-9a0c-ef6e6455d001", "email": "ann@acme.example", "name": "Ann"},
    "connection_id": PENDING["id"],
    "repository": "acme/shop",
    "details": {"removed": {"token": True, "directory": True, "bytes": 512278}},
}

TREE = {
    "commit_sha": analysis_examples.COMMIT,
    "path": "",
    "count": 2,
    "next": None,
    "previous": None,
    "results": [
        {"path": "README.md", "type": "file", "size_bytes": 8},
        {"path": "shop", "type": "directory", "size_bytes": None},
    ],
}
SOURCE = "def index(): ...\n"
EVENT = {
    "id": "1795356184546136",
    "event": "progress",
    "data": '{"status": "cloning", "stage": "receiving", "percent": 42, "received_bytes": 215163, "commit_sha": "", '
    '"error_code": "", "error_message": ""}',
}
