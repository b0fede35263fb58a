"""GET …/github/tree: what lies in the clone, by the page; and why it cannot be said."""

from pathlib import Path
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from conftest import ApiAs, World
from github_connections import workspace
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.cloned_source import Source, clone_of
from github_connections.tests.connection_api import assert_refused, path_of
from github_connections.tests.connection_rows import make_connection
from qualisys.projects.models import Project
from qualisys.projects.roles import AUTOMATION, Role

CALLS = ["tree", "files/README.md"]


def test_the_top_of_the_source(source: Source) -> None:
    """Without parameters one level is listed, beside the commit, and nothing of git's own."""
    answer = source.tree()
    assert answer.json() == {
        "commit_sha": source.commit,
        "path": "",
        "count": 4,
        "next": None,
        "previous": None,
        "results": [
            {"path": "README.md", "type": "file", "size_bytes": 8},
            {"path": "logo.png", "type": "file", "size_bytes": 16},
            {"path": "shop", "type": "directory", "size_bytes": None},
            {"path": "web", "type": "directory", "size_bytes": None},
        ],
    }


def test_a_directory_and_what_is_below_it(source: Source) -> None:
    """A path chooses the directory, with a slash at its end or without, and depth how far down."""
    assert source.listed(path="shop") == [("shop/api", "directory"), ("shop/views.py", "file")]
    assert source.listed(path="shop/") == source.listed(path="shop")
    assert source.listed(path="shop", depth=2) == [
        ("shop/api", "directory"),
        ("shop/api/orders.py", "file"),
        ("shop/views.py", "file"),
    ]
    assert len(source.listed(depth=20)) == 8


def test_pages(source: Source) -> None:
    """A long listing comes in parts, each with the address of the next."""
    for number in range(120):
        (source.place / f"web/{number:03}.js").touch()
    first = source.tree(path="web").json()
    assert (first["count"], len(first["results"])) == (121, 50)
    second = source.client.get(first["next"]).json()
    assert second["results"][0]["path"] == "web/050.js"
    assert "path=web" in second["next"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [({"depth": 0}, "depth"), ({"depth": 21}, "depth"), ({"depth": "all"}, "depth"), ({"path": "x" * 4097}, "path")],
)
def test_a_parameter_that_makes_no_sense_is_refused(source: Source, parameters: dict[str, Any], field: str) -> None:
    """The one who asks is told which."""
    answer = source.tree(**parameters)
    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert list(answer.json()["details"]["fields"]) == [field]


@pytest.mark.parametrize(
    ("path", "details"),
    [
        ("absent", {}),
        (".git", {}),
        ("shop/../..", {}),
        ("..", {}),
        ("\0", {}),
        ("README.md", {"type": "file"}),
        ("link", {"type": "link"}),
    ],
)
def test_what_is_no_directory_is_not_found(source: Source, path: str, details: dict[str, str]) -> None:
    """Nothing outside of the clone, of git's own, or behind a link is listed."""
    (source.place / "link").symlink_to("/etc")
    answer = source.tree(path=path)
    if path == "\0":
        assert_refused(answer, 400, "VALIDATION_ERROR")
    else:
        assert_refused(answer, 404, "PATH_NOT_FOUND")
        assert answer.json()["details"] == details


def test_a_listing_that_is_known_is_not_sent_again(source: Source, world: World, tmp_path: Path) -> None:
    """With the ETag of the last answer the clone is not walked through again, until another takes its place."""
    etag = source.tree(depth=3).headers["ETag"]
    again = source.tree({"If-None-Match": etag}, depth=3)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert source.tree({"If-None-Match": etag}, depth=2).status_code == 200

    with workspace.incoming_directory(world.acme.pk, source.connection.pk, source.connection.pk) as incoming:
        (tmp_path / "newer").mkdir()
        commit = clone_of(tmp_path / "newer", incoming, {"README.md": b"New.\n"})
        workspace.publish(incoming, world.acme.pk, source.connection.pk)
    fresh = source.tree({"If-None-Match": etag}, depth=3)
    assert (fresh.status_code, fresh.json()["count"], fresh.json()["commit_sha"]) == (200, 1, commit)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("status", "fields", "code", "details"),
    [
        (Status.PENDING, {}, "NOT_CLONED_YET", {"status": "pending", "error_code": ""}),
        (Status.CLONING, {}, "NOT_CLONED_YET", {"status": "cloning", "error_code": ""}),
        (Status.FAILED, {"error_code": "NETWORK"}, "NOT_CLONED_YET", {"status": "failed", "error_code": "NETWORK"}),
        (Status.EXPIRED, {}, "CLONE_EXPIRED", {}),
    ],
)
def test_without_a_clone_the_reason_is_told(
    world: World,
    project: Project,
    api_as: ApiAs,
    call: str,
    status: str,
    fields: dict[str, str],
    code: str,
    details: dict[str, str],
) -> None:
    """Where no clone lies on disk, the answer says whether to wait, to look, or to have it cloned again."""
    make_connection(project, status, **fields)
    answer = api_as(world.acme_owner).get(f"{path_of(project.pk)}/{call}")
    assert_refused(answer, 409, code)
    assert answer.json()["details"] == details


@pytest.mark.parametrize("status", [Status.PENDING, Status.CLONING, Status.FAILED])
def test_an_older_clone_serves_until_the_next(source: Source, status: str) -> None:
    """While a fresh clone is made, or after it failed, what lies on disk is read."""
    GithubConnection.objects.filter(pk=source.connection.pk).update(status=status)
    assert source.tree().json()["count"] == 4
    assert source.file("README.md").content == b"A shop.\n"


@pytest.mark.parametrize("call", CALLS)
def test_a_clone_that_was_lost_is_503(source: Source, call: str) -> None:
    """A directory that was removed by hand is the service's trouble, and said so."""
    source.place.rename(source.place.with_name("elsewhere"))
    assert_refused(source.client.get(f"{path_of(source.project.pk)}/{call}"), 503, "CLONE_MISSING")


@pytest.mark.parametrize("call", CALLS)
def test_without_a_connection_it_is_404(world: World, project: Project, api_as: ApiAs, call: str) -> None:
    """There is no source to read."""
    answer = api_as(world.acme_owner).get(f"{path_of(project.pk)}/{call}")
    assert_refused(answer, 404, "CONNECTION_NOT_FOUND")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("role", Role)
def test_roles(source: Source, world: World, api_as: ApiAs, role: Role, call: str) -> None:
    """Owner, admin and QA automation read the source; others in the project are told who may."""
    answer = api_as(world.by_role[role]).get(f"{path_of(source.project.pk)}/{call}")
    if role in AUTOMATION:
        assert answer.status_code == 200
    else:
        assert_refused(answer, 403, "INSUFFICIENT_ROLE", role=role)


@pytest.mark.parametrize("call", CALLS)
def test_another_tenant_reads_nothing(source: Source, world: World, api_as: ApiAs, call: str) -> None:
    """Also where it has a project and a connection of the same ids, without a clone of its own."""
    with tenant_context(world.globex):
        project = Project.objects.create(pk=source.project.pk, name="Theirs", created_by=world.globex_owner)
        make_connection(project, Status.ANALYZED, pk=source.connection.pk, clone_path=str(source.place))
    client = api_as(world.globex_owner, host="globex.localhost", tenant=world.globex)
    assert_refused(client.get(f"{path_of(project.pk)}/{call}"), 503, "CLONE_MISSING")
