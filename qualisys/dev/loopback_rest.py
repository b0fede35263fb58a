"""The calls of GitHub's REST interface that the loopback GitHub answers."""

import re
import time
from dataclasses import replace
from datetime import UTC
from http import HTTPStatus
from urllib.parse import unquote, urlencode

from qualisys.dev.loopback_messages import Answer, Request, error_answer, json_answer, moved_answer
from qualisys.dev.loopback_registry import LoopbackRegistry, LoopbackRepository, LoopbackToken, permits
from qualisys.dev.served_repository import branch_tip, has_branches

API_PREFIX = "/api/v3"
_PATH = re.compile(r"/(?:repos/(?P<full_name>[^/]+/[^/]+)|repositories/(?P<id>[0-9]{1,18}))(?P<ref>/git/ref/.+)?")
_NO_USER_AGENT = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."
_RATE_LIMIT = 5000
_RATE_LIMIT_SECONDS = 3600


def rest_answer(registry: LoopbackRegistry, request: Request, origin: str) -> Answer:
    """What GitHub answers to a call below API_PREFIX; `origin` is the address of this server."""
    if not request.headers.get("user-agent"):
        return error_answer(HTTPStatus.FORBIDDEN, _NO_USER_AGENT)
    token = registry.valid_token(request.api_token)
    if token is None:
        return error_answer(HTTPStatus.UNAUTHORIZED, "Bad credentials")
    answer = _answer_to_token(registry, request, token, origin)
    return replace(answer, headers={**_rate_limit_headers(), **_token_headers(token), **answer.headers})


def _answer_to_token(registry: LoopbackRegistry, request: Request, token: LoopbackToken, origin: str) -> Answer:
    address = _PATH.fullmatch(request.path.removeprefix(API_PREFIX))
    repository = _addressed(registry, address) if address and request.method == "GET" else None
    if address is None or repository is None or not registry.may_see(token, repository):
        return error_answer(HTTPStatus.NOT_FOUND, "Not Found")
    if address["full_name"] and not repository.is_called(address["full_name"]):
        return moved_answer(_numbered_url(repository, address, request, origin))
    if address["ref"]:
        return _ref_answer(repository, token, address["ref"])
    return _repository_answer(repository, token, origin)


def _addressed(registry: LoopbackRegistry, address: re.Match[str]) -> LoopbackRepository | None:
    if address["id"]:
        return registry.repository_numbered(int(address["id"]))
    return registry.repository_named(address["full_name"])


def _numbered_url(repository: LoopbackRepository, address: re.Match[str], request: Request, origin: str) -> str:
    query = f"?{urlencode(request.query)}" if request.query else ""
    return f"{origin}{API_PREFIX}/repositories/{repository.repository_id}{address['ref'] or ''}{query}"


def _repository_answer(repository: LoopbackRepository, token: LoopbackToken, origin: str) -> Answer:
    if not permits(token, repository, "metadata"):
        return _missing_permission("metadata")
    return json_answer(HTTPStatus.OK, _described(repository, token, origin))


def _described(repository: LoopbackRepository, token: LoopbackToken, origin: str) -> dict[str, object]:
    owner, name = repository.full_name.split("/")
    return {
        "id": repository.repository_id,
        "name": name,
        "full_name": repository.full_name,
        "owner": {"login": owner, "type": "Organization"},
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "archived": repository.archived,
        "disabled": repository.disabled,
        "default_branch": repository.default_branch,
        "size": repository.size_kilobytes,
        "url": f"{origin}{API_PREFIX}/repos/{repository.full_name}",
        "html_url": f"{origin}/{repository.full_name}",
        "clone_url": f"{origin}/{repository.full_name}.git",
        "permissions": {
            "admin": False,
            "maintain": False,
            "push": token.allows("contents:write"),
            "triage": False,
            "pull": True,
        },
    }


def _ref_answer(repository: LoopbackRepository, token: LoopbackToken, asked: str) -> Answer:
    if not permits(token, repository, "contents"):
        return _missing_permission("contents")
    directory = repository.git_directory
    if not has_branches(directory):
        return error_answer(HTTPStatus.CONFLICT, "Git Repository is empty.")
    branch = unquote(asked.removeprefix("/git/ref/heads/"))
    tip = branch_tip(directory, branch) if asked.startswith("/git/ref/heads/") else None
    if tip is None:
        return error_answer(HTTPStatus.NOT_FOUND, "Not Found")
    return json_answer(HTTPStatus.OK, {"ref": f"refs/heads/{branch}", "object": {"type": "commit", "sha": tip}})


def _missing_permission(permission: str) -> Answer:
    return error_answer(
        HTTPStatus.FORBIDDEN,
        "Resource not accessible by personal access token",
        {"X-Accepted-GitHub-Permissions": f"{permission}=read"},
    )


def _rate_limit_headers() -> dict[str, str]:
    return {
        "x-ratelimit-limit": str(_RATE_LIMIT),
        "x-ratelimit-remaining": str(_RATE_LIMIT - 1),
        "x-ratelimit-used": "1",
        "x-ratelimit-reset": str(int(time.time()) + _RATE_LIMIT_SECONDS),
        "x-ratelimit-resource": "core",
    }


def _token_headers(token: LoopbackToken) -> dict[str, str]:
    headers = {}
    if token.expires_at is not None:
        moment = token.expires_at.astimezone(UTC)
        headers["github-authentication-token-expiration"] = moment.strftime("%Y-%m-%d %H:%M:%S UTC")
    if token.scopes is not None:
        headers["x-oauth-scopes"] = token.scopes
    return headers
