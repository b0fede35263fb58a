"""Asking GitHub's REST API whether a token can read a repository, and telling its answers apart.

The meaning of each status and header is in GitHub's documentation: "Troubleshooting the REST API",
"Rate limits", "Authenticating" and "Get a repository".
"""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict

from github_connections import metrics
from github_connections.errors import BranchNotFound, RepositoryDisabled, RepositoryEmpty
from github_connections.remote.github_answers import misunderstood, refusal, token_expiry, unreachable
from github_connections.remote.repository_url import RepositoryName, parse_full_name
from github_connections.remote.write_access import can_write, may_push

Kind = TypeVar("Kind")

API_VERSION = "2022-11-28"
USER_AGENT = "qualisys-github-connections"
MAX_ANSWER_BYTES = 2 * 1024**2
MAX_REDIRECTS = 3
_COMMIT = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")
LONGEST_BRANCH = 255  # characters; what git can keep in a file's name
# requests bounds each read and not the whole exchange (nor the look-up of the name), so a question is
# asked in a thread that is left behind when its time is over. Their number bounds what a hanging
# GitHub can hold; a question that finds none free in time counts as unanswered.
_QUESTIONS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="github")


@dataclass(frozen=True)
class RepositoryFacts:
    """What GitHub says of a repository that a token can read."""

    id: int
    name: RepositoryName
    default_branch: str
    size_bytes: int  # of the whole history, as GitHub last counted it
    is_private: bool | None  # None where GitHub does not say
    commit_sha: str  # the newest of the branch that was asked for; empty where GitHub does not say
    token_expires_at: datetime | None
    token_can_write: bool | None  # None where that is not known


@dataclass(frozen=True)
class Answer:
    """A whole answer of GitHub."""

    status: int
    headers: CaseInsensitiveDict[str]
    body: Any


class GitHubApi:
    """One GitHub, asked with one token."""

    def __init__(self, api_url: str, token: str, *, clone_url: str, timeout: float) -> None:
        self.api_url = api_url
        self.clone_url = clone_url
        self.timeout = timeout
        self._token = token

    def check_access(self, repository: RepositoryName, branch: str | None = None) -> RepositoryFacts:
        """Prove within `timeout` seconds that the token can see the repository and read that branch.

        `branch` None is the default branch. Raises InvalidToken, RepositoryEmpty, RepositoryDisabled or
        BranchNotFound. Seeing a repository takes the Metadata permission alone and cloning it takes
        Contents, so the branch itself is asked for as well: a tag or a commit of that name is none.
        """
        question = _QUESTIONS.submit(copy_context().run, self._check_access, repository, branch)
        try:
            return question.result(timeout=self.timeout)
        except TimeoutError as error:
            question.cancel()
            raise unreachable() from error

    def _check_access(self, repository: RepositoryName, branch: str | None) -> RepositoryFacts:
        deadline = time.monotonic() + self.timeout
        answer = self._get(f"{self.api_url}/repos/{repository.full_name}")
        if answer.status != requests.codes.ok:
            raise refusal(answer.status, answer.headers, answer.body)
        facts = _facts(answer)
        commit_sha = self._prove_contents(facts.name, branch or facts.default_branch)
        may_write = can_write(answer.body, answer.headers, lambda: self._may_push(facts.name, deadline))
        return replace(facts, commit_sha=commit_sha, token_can_write=may_write)

    def _may_push(self, repository: RepositoryName, deadline: float) -> bool | None:
        # Half of what is left, to connect and to wait: without this answer the others are good all the same.
        seconds = (deadline - time.monotonic()) / 4
        if seconds <= 0:
            return None
        return may_push(self.clone_url, repository, self._token, timeout=seconds)

    def _prove_contents(self, repository: RepositoryName, branch: str) -> str:
        """Return the branch's newest commit, once it can be read."""
        answer = self._get(f"{self.api_url}/repos/{repository.full_name}/git/ref/heads/{quote(branch)}")
        match answer.status:
            case requests.codes.ok:
                return _commit_of(answer)
            case requests.codes.conflict:
                raise RepositoryEmpty
            case requests.codes.not_found | requests.codes.unprocessable:
                raise BranchNotFound(f"The repository has no branch {branch!r}.", details={"branch": branch})
        raise refusal(answer.status, answer.headers, answer.body, needed="contents=read")

    def _get(self, url: str) -> Answer:
        """Return GitHub's answer, following redirects on GitHub's own origin and nowhere else."""
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer, location = self._get_once(url)
            except (requests.RequestException, OSError) as error:
                metrics.github_did_not_answer()
                raise unreachable() from error
            except ValueError as error:  # from requests, which tries to read where a redirect leads
                raise misunderstood() from error
            if location is None:
                return answer
            url = urljoin(url, location)
            if urlsplit(url)[:2] != urlsplit(self.api_url)[:2]:
                raise misunderstood()
        raise misunderstood()

    def _get_once(self, url: str) -> tuple[Answer, str | None]:
        deadline = time.monotonic() + self.timeout
        # `auth` and not a header: requests would let a .netrc of the machine replace a header.
        with requests.get(
            url,
            auth=self._authorise,
            allow_redirects=False,
            stream=True,
            timeout=(min(3.05, self.timeout), self.timeout),
        ) as response:
            metrics.github_answered(response.status_code, response.headers)
            body = _read(response, deadline)
        location = response.headers.get("Location") if response.is_redirect else None
        return Answer(response.status_code, response.headers, body), location

    def _authorise(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(
            {
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "User-Agent": USER_AGENT,
                "X-GitHub-Api-Version": API_VERSION,
            }
        )
        return request


def _facts(answer: Answer) -> RepositoryFacts:
    if _field(answer, "disabled", bool):
        raise RepositoryDisabled
    number, branch = _field(answer, "id", int), _field(answer, "default_branch", str)
    try:
        name = parse_full_name(_field(answer, "full_name", str))
    except ValueError as error:
        raise misunderstood() from error
    if not (0 < number < 2**63 and 0 < len(branch) <= LONGEST_BRANCH and branch.isprintable()):
        raise misunderstood()
    return RepositoryFacts(
        id=number,
        name=name,
        default_branch=branch,
        size_bytes=_field(answer, "size", int) * 1024,
        is_private=_told(answer.body, "private", bool),
        commit_sha="",
        token_expires_at=token_expiry(answer.headers),
        token_can_write=None,
    )


def _commit_of(branch: Answer) -> str:
    sha = _told(_told(branch.body, "object", dict), "sha", str) or ""
    return sha if _COMMIT.fullmatch(sha) else ""


def _told(body: Any, name: str, kind: type[Kind]) -> Kind | None:
    """Return this field where it is what GitHub documents it to be; the proof stands without it."""
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, kind) else None


def _field(answer: Answer, name: str, kind: type[Kind]) -> Kind:
    """Return this field of the repository, once it is what GitHub documents it to be."""
    value = _told(answer.body, name, kind)
    if type(value) is not kind:
        raise misunderstood()
    return value


def _read(response: requests.Response, deadline: float) -> Any:
    """Return the JSON of a body that ends in time and in bounds; None where it is not JSON."""
    content = bytearray()
    for chunk in response.iter_content(16 * 1024):
        content += chunk
        if time.monotonic() > deadline:
            raise unreachable()
        if len(content) > MAX_ANSWER_BYTES:
            raise misunderstood()
    try:
        return json.loads(content)
    except (ValueError, RecursionError):  # the latter for a body nested deeper than Python reads
        return None
