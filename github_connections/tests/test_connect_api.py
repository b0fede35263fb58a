"""POST /projects/{id}/github: what is taken, what is answered and what is stored."""

import json
from datetime import datetime
from typing import Any

import pytest

from conftest import World
from github_connections.models import GithubConnection
from github_connections.states import LIVE, Status
from github_connections.tests.connection_api import ConnectionApi, assert_no_row, assert_refused, assert_token_free
from github_connections.tests.connection_rows import deadline_of, make_connection
from github_connections.tests.fake_github import API_URL, PAT, REPOSITORY, URL, FakeGitHub
from qualisys.projects.models import Project
from qualisys.projects.roles import Role

EXPECTED = {"expected": "https://github.com/owner/name"}


def test_connect_201(api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """A repository that the token can read is connected at once, to be cloned in the background."""
    fake_github.agrees(headers={"github-authentication-token-expiration": "2027-10-12 09:00:00 UTC"})
    answer = api.post()
    assert answer.status_code == 201, answer.content
    body = answer.json()
    made = GithubConnection.objects.get()
    assert body.pop("id") == str(made.pk)
    assert {datetime.fromisoformat(body.pop(name)) for name in ("created_at", "updated_at")} == {
        made.created_at,
        made.updated_at,
    }
    assert body == {
        "project_id": str(project.pk),
        "repo_url": URL,
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
        "token_expires_at": "2027-10-12T09:00:00Z",
        "expires_at": None,
    }
    assert_token_free(answer.content.decode())


def test_connect_inserts_and_returns(
    api: ConnectionApi, world: World, project: Project, fake_github: FakeGitHub
) -> None:
    """One row is inserted with what GitHub said and who asked, and it is the row that is returned."""
    fake_github.agrees(id=4711, default_branch="trunk")
    returned = api.post().json()
    row = GithubConnection.objects.get()
    assert (str(row.pk), row.status) == (returned["id"], Status.PENDING)
    assert (row.project, row.created_by) == (project, world.by_role[Role.QA_AUTOMATION])
    assert (row.repo_url, row.github_id, row.branch) == (URL, 4711, "trunk")
    assert (row.clone_path, row.attempts, row.expires_at) == ("", 0, None)


def test_stored_token_is_not_the_token_and_opens_to_it(api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """Encrypt-decrypt round trip: the row keeps the token in a form that shows nothing of it."""
    fake_github.agrees()
    api.post()
    row = GithubConnection.objects.get()
    for value in GithubConnection.objects.values_list().get():
        assert_token_free(str(value))
    assert row.reveal_token() == PAT


def test_renamed_repository_is_kept_under_its_present_name(api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """Where GitHub leads on from a former name, the present one is stored, and the number that stays with it."""
    wire = fake_github.wire
    wire.get(fake_github.repository_url, status=301, headers={"Location": f"{API_URL}/repositories/4711"})
    wire.get(f"{API_URL}/repositories/4711", json={**REPOSITORY, "id": 4711, "full_name": "New/Name"})
    wire.get(f"{API_URL}/repos/New/Name/git/ref/heads/main", json={})
    assert api.post().json()["repo_url"] == "https://github.com/New/Name"
    assert GithubConnection.objects.get().github_id == 4711


@pytest.mark.parametrize(
    "typed",
    [
        "https://github.com/o/r",
        "https://github.com/o/r.git",
        "https://github.com/o/r/",
        "git@github.com:o/r.git",
        "http://github.com/o/r",
        "https://GitHub.com/o/r",
        "  https://github.com/o/r ",
    ],
)
def test_every_usual_address_is_kept_in_one_form(typed: str, api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """However a person writes or pastes a repository's address, it is kept as https://github.com/owner/name."""
    fake_github.agrees()
    assert api.post(repo_url=typed).json()["repo_url"] == URL
    assert fake_github.asked[0] == "https://api.github.com/repos/o/r"


@pytest.mark.parametrize(
    "typed",
    [
        "https://gitlab.com/o/r",
        "https://github.com.evil.example/o/r",
        "https://evil.example/github.com/o/r",
        "https://github.com/../user",
        "https://github.com/o/..",
        "https://github.com/o/r/tree/main",
        "https://github.com/o/r?tab=readme",
        "https://github.com/o/r#readme",
        "https://user:word@github.com/o/r",
        f"https://{PAT}@github.com/o/r",
        "https://github.com@evil.example/o/r",
        "https://github.com:8443/o/r",
        "https://github.com/o/r\n/x",
        "https://github.com/o/r\tx",
        "https://github.com/o/r\x7f",
        "https://gıthub.com/o/r",
        "https://github。com/o/r",
        "https://github.com/ｏ/ｒ",
        "file:///etc/passwd",
        "o/r",
    ],
)
def test_address_of_no_repository_is_refused(typed: str, api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """What is not the address of a GitHub repository is refused, and GitHub is not asked about it."""
    assert_refused(api.post(repo_url=typed), 400, "INVALID_REPO_URL", **EXPECTED)
    assert fake_github.asked == []
    assert_no_row()


def test_enterprise_server_is_the_github_of_its_installation(
    api: ConnectionApi, fake_github: FakeGitHub, settings: Any
) -> None:
    """With GITHUB_URL set, repositories are those of that host, and github.com is another host."""
    settings.GITHUB_URL, settings.GITHUB_API_URL = "https://ghe.example.com", "https://ghe.example.com/api/v3"
    enterprise = FakeGitHub(fake_github.wire, settings.GITHUB_API_URL)
    enterprise.agrees()
    assert_refused(api.post(), 400, "INVALID_REPO_URL", expected="https://ghe.example.com/owner/name")
    assert api.post(repo_url="git@ghe.example.com:o/r.git").json()["repo_url"] == "https://ghe.example.com/o/r"
    assert enterprise.asked[0] == "https://ghe.example.com/api/v3/repos/o/r"


def test_branch_may_be_chosen(api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """The branch that was asked for is proved to be there and kept, whatever the default is."""
    fake_github.agrees()
    assert api.post(branch="release/1.0+ä&b").json()["branch"] == "release/1.0+ä&b"
    assert fake_github.asked[1].endswith("/git/ref/heads/release/1.0%2B%C3%A4%26b")


FIELDS = {"repo_url": URL, "pat": PAT}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"repo_url", "pat"}),
        ({"pat": PAT}, {"repo_url"}),
        ({"repo_url": URL}, {"pat"}),
        ({"repo_url": "", "pat": ""}, {"repo_url", "pat"}),
        ({"repo_url": "  ", "pat": " "}, {"repo_url", "pat"}),
        ({"repo_url": None, "pat": None}, {"repo_url", "pat"}),
        ({"repo_url": 7, "pat": 7.5}, {"repo_url", "pat"}),
        ({"repo_url": True, "pat": [PAT]}, {"repo_url", "pat"}),
        ({"repo_url": {"url": URL}, "pat": {}}, {"repo_url", "pat"}),
        ({"repo_url": URL + "r" * 256, "pat": "p" * 256}, {"repo_url", "pat"}),
        ({"repo_url": f"{URL}\x00", "pat": f"{PAT}\x00"}, {"repo_url", "pat"}),
        ({"repo_url": f"{URL}\ud800", "pat": f"{PAT}\udfff"}, {"repo_url", "pat"}),
        ({**FIELDS, "pat": f"{PAT}\n"}, {"pat"}),
        ({**FIELDS, "pat": f"{PAT} {PAT}"}, {"pat"}),
        ({**FIELDS, "pat": "tökén"}, {"pat"}),
        ({**FIELDS, "branch": ""}, {"branch"}),
        ({**FIELDS, "branch": None}, {"branch"}),
        ({**FIELDS, "branch": 1}, {"branch"}),
        ({**FIELDS, "branch": "b" * 256}, {"branch"}),
        ([FIELDS], {"non_field_errors"}),
        ("repo_url", {"non_field_errors"}),
        (None, {"non_field_errors"}),
    ],
)
def test_malformed_fields_are_named(body: object, wrong: set[str], api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """A request with missing, blank, over-long or non-text fields is told which, and goes no further."""
    answer = api.client.post(api.path, json.dumps(body), content_type="application/json")
    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert set(answer.json()["details"]["fields"]) == wrong
    assert fake_github.asked == []
    assert_no_row()


@pytest.mark.parametrize(
    "branch",
    [
        *("-b", "--upload-pack=x", "/a", "a/", "a.", "a..b", "a//b", "a/.b", "a.lock", "a.lock/b", "a@{1}"),
        *("a b", "a~1", "a^", "a:b", "a?", "a*", "a[b", "a\\b", "a\x7fb", "a\nb", "a\x00b"),
    ],
)
def test_branch_that_git_would_not_name_is_refused(branch: str, api: ConnectionApi, fake_github: FakeGitHub) -> None:
    """A name that cannot be a branch's, or that git would take for an option, is refused unasked."""
    answer = api.post(branch=branch)
    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert set(answer.json()["details"]["fields"]) == {"branch"}
    assert fake_github.asked == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"repo_url": NaN', b"[" * 50_000])
def test_body_that_is_no_json_is_refused(body: bytes, api: ConnectionApi) -> None:
    """A body that cannot be read is the sender's error."""
    answer = api.client.post(api.path, body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert_no_row()


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "x"])
def test_unknown_content_type_is_415(content_type: str, api: ConnectionApi) -> None:
    """Nothing but JSON is read."""
    answer = api.client.post(api.path, b"{}", content_type=content_type)
    assert_refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("status", sorted(LIVE))
def test_second_connection_is_409(status: str, api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """While a connection lives the project takes no other, and GitHub is not asked."""
    first = make_connection(project, status)
    assert_refused(api.post(), 409, "CONNECTION_EXISTS")
    assert fake_github.asked == []
    assert [row.pk for row in GithubConnection.objects.all()] == [first.pk]


@pytest.mark.parametrize("status", sorted(set(Status) - LIVE))
def test_ended_connection_is_superseded(
    status: str, api: ConnectionApi, project: Project, fake_github: FakeGitHub, clone_root: Any
) -> None:
    """After a failed or expired connection a new one may be made, and it is the only row."""
    ended = make_connection(project, status)
    fake_github.agrees()
    answer = api.post()
    assert answer.status_code == 201
    assert [str(row.pk) for row in GithubConnection.objects.all()] == [answer.json()["id"]]
    assert answer.json()["id"] != str(ended.pk)
    assert deadline_of(ended.pk) is None
    assert list(clone_root.glob("*/*/*")) == []


def test_refusal_leaves_the_ended_connection(api: ConnectionApi, project: Project, fake_github: FakeGitHub) -> None:
    """A connection that failed stays to be seen until another really takes its place."""
    ended = make_connection(project, Status.FAILED, error_code="NETWORK")
    fake_github.refuses(401)
    assert api.post().status_code == 400
    assert GithubConnection.objects.get() == ended
