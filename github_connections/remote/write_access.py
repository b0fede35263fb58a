"""Whether a token can change the repository that it was given for reading.

The `permissions` of a repository are those of the token's owner. A classic token has them all within its scopes; a
fine-grained token may have been given less, which GitHub's REST interface does not tell. git's own door does:
`git push` begins with a question that is refused to a token that may not, and writes nothing.
"""

import re
from collections.abc import Callable
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from github_connections.remote.repository_url import RepositoryName

_REFUSED = frozenset({requests.codes.unauthorized, requests.codes.forbidden})


def can_write(body: Any, headers: CaseInsensitiveDict[str], may_push: Callable[[], bool | None]) -> bool | None:
    """Return what an answer about a repository says of its token; None where it says nothing.

    `may_push` is asked where the answer alone does not decide.
    """
    permissions = body.get("permissions")
    owner_can = permissions.get("push") if isinstance(permissions, dict) else None
    if owner_can is not True:
        return False if owner_can is False else None
    scopes = headers.get("x-oauth-scopes")
    if scopes is None:
        return may_push() is not False
    enough = {"repo"} if body.get("private") else {"repo", "public_repo"}
    return bool(enough.intersection(re.split(r"[,\s]+", scopes)))


def may_push(clone_url: str, repository: RepositoryName, token: str, *, timeout: float) -> bool | None:
    """Ask as `git push` begins, within `timeout` seconds to connect and as many to wait; None where nobody answers."""
    try:
        # `auth` also keeps a .netrc of the machine from taking the token's place.
        with requests.get(
            f"{clone_url}/{repository.full_name}.git/info/refs",
            params={"service": "git-receive-pack"},
            auth=("x-access-token", token),
            headers={"User-Agent": "git/qualisys"},
            allow_redirects=False,
            stream=True,
            timeout=timeout,
        ) as answer:
            status = answer.status_code
    except (requests.RequestException, OSError):
        return None
    if status == requests.codes.ok:
        return True
    return False if status in _REFUSED else None
