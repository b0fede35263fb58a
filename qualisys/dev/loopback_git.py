"""Who may clone what from the loopback GitHub over smart HTTP."""

import re
from dataclasses import dataclass
from http import HTTPStatus

from qualisys.dev.loopback_messages import Answer, Request, text_answer
from qualisys.dev.loopback_registry import LoopbackRegistry, LoopbackRepository, permits

_PATH = re.compile(r"/(?P<full_name>[^/]+/[^/]+?)(?:\.git)?/(?P<endpoint>info/refs|git-upload-pack|git-receive-pack)")
_ENDPOINT_METHODS = {"info/refs": "GET", "git-upload-pack": "POST"}
_WRITE_REFUSED = "Write access to repository not granted."


@dataclass(frozen=True)
class GitCall:
    """A call that git http-backend is to answer."""

    repository: LoopbackRepository
    endpoint: str


def git_call(registry: LoopbackRegistry, request: Request) -> GitCall | Answer:
    """The call to pass on to git, under a former name too, or GitHub's answer where there is none."""
    address = _PATH.fullmatch(request.path)
    if address is None:
        return text_answer(HTTPStatus.NOT_FOUND, "Not Found")
    repository = registry.repository_named(address["full_name"])
    refusal = (
        _refused_token(registry, request, repository)
        or _push_begun(registry, request)
        or _refused_service(request, address["endpoint"])
    )
    if refusal is not None:
        return refusal
    if repository is None:
        return text_answer(HTTPStatus.NOT_FOUND, "Repository not found.")
    if repository.disabled:
        return text_answer(HTTPStatus.FORBIDDEN, "Access to this repository has been disabled.")
    return GitCall(repository, address["endpoint"])


def _refused_token(
    registry: LoopbackRegistry, request: Request, repository: LoopbackRepository | None
) -> Answer | None:
    if request.basic_password is None:
        anybody_may_read = repository is not None and not repository.private
        return None if anybody_may_read else _unauthorised("Authentication is required.")
    token = registry.valid_token(request.basic_password)
    if token is None:
        return _unauthorised("Invalid username or token.")
    if repository is None or not registry.may_see(token, repository):
        return text_answer(HTTPStatus.NOT_FOUND, "Repository not found.")
    if not permits(token, repository, "contents"):
        return text_answer(HTTPStatus.FORBIDDEN, _WRITE_REFUSED)
    return None


def _push_begun(registry: LoopbackRegistry, request: Request) -> Answer | None:
    """What `git push` is answered first, where the token may write; the push itself is served to nobody."""
    token = registry.valid_token(request.basic_password)
    if request.query.get("service") != "git-receive-pack" or token is None or not token.allows("contents:write"):
        return None
    return text_answer(HTTPStatus.OK, "001f# service=git-receive-pack\n0000")


def _refused_service(request: Request, endpoint: str) -> Answer | None:
    service = request.query.get("service") if endpoint == "info/refs" else endpoint
    if service == "git-receive-pack":
        return text_answer(HTTPStatus.FORBIDDEN, _WRITE_REFUSED)
    if service != "git-upload-pack":
        return text_answer(HTTPStatus.FORBIDDEN, "Please use a git client that speaks smart HTTP.")
    if request.method != _ENDPOINT_METHODS[endpoint]:
        return text_answer(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed")
    return None


def _unauthorised(text: str) -> Answer:
    return text_answer(HTTPStatus.UNAUTHORIZED, text, {"WWW-Authenticate": 'Basic realm="GitHub"'})
