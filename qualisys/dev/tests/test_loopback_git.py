"""Real git clones from the loopback GitHub, and only what its token permits."""

import gzip
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.tests.loopback_client import (
    AUTHORIZATION,
    BASIC,
    TOKEN,
    Ask,
    Git,
    bare_request,
    head_of,
    is_running,
    port_of,
    run_git,
    wait_until,
)

UPLOAD_PACK = {"Content-Type": "application/x-git-upload-pack-request", "Git-Protocol": "version=2"}
LIST_REFERENCES = b"0014command=ls-refs\n00010000"


@pytest.mark.parametrize("version", ["0", "2"])
@pytest.mark.parametrize("name", ["Acme/Shop.git", "acme/shop"])
def test_clone_with_each_protocol(
    github: LoopbackGitHub, clone: Git, checkout: Path, tmp_path: Path, version: str, name: str
) -> None:
    """git clones one commit, with or without `.git`, in the protocol it asks for."""
    cloned = clone(name, "-c", f"protocol.version={version}")
    assert cloned.returncode == 0, cloned.stderr
    assert head_of(tmp_path / "clone", "HEAD") == head_of(checkout)
    assert run_git("-C", tmp_path / "clone", "rev-list", "--count", "HEAD").stdout == "1\n"
    assert (tmp_path / "clone/notes.txt").read_text() == "second"
    versions = {request.headers.get("git-protocol") for request in github.requests}
    assert versions == ({"version=2"} if version == "2" else {None})


def test_protocol_version_reaches_git(ask_git: Ask) -> None:
    """The answer is in protocol version 2 where that was asked for, and in the first where not."""
    assert b"version 2\n" in ask_git(headers={"Git-Protocol": "version=2"}).content
    assert b"version 2\n" not in ask_git().content


def test_bare_repository_is_cloned(github: LoopbackGitHub, clone: Git, empty: Path) -> None:
    """A bare repository is served; an empty one clones with a warning, as from GitHub."""
    github.add_repository("acme/empty", empty)
    cloned = clone("acme/empty.git")
    assert cloned.returncode == 0
    assert "empty repository" in cloned.stderr


def test_further_work_tree_is_cloned(github: LoopbackGitHub, clone: Git, checkout: Path, tmp_path: Path) -> None:
    """A work tree, where `.git` is a file, is served with the branch that is checked out there."""
    assert run_git("-C", checkout, "worktree", "add", "-b", "further", tmp_path / "further").returncode == 0
    try:
        repository = github.add_repository("acme/further", tmp_path / "further")
        assert repository.default_branch == "further"
        assert clone("acme/further.git").returncode == 0
    finally:
        run_git("-C", checkout, "worktree", "remove", "--force", tmp_path / "further")
        run_git("-C", checkout, "branch", "-D", "further")
    assert head_of(tmp_path / "clone", "HEAD") == head_of(checkout)


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can give a repository to another user.")
def test_repository_of_another_user_is_cloned(
    github: LoopbackGitHub, clone: Git, checkout: Path, tmp_path: Path
) -> None:
    """git's check of who owns a repository does not stand in the way."""
    foreign = tmp_path / "foreign"
    shutil.copytree(checkout, foreign)
    for path in (foreign, foreign / ".git"):
        os.chown(path, 65534, 65534)
    github.add_repository("acme/foreign", foreign)
    assert clone("acme/foreign.git").returncode == 0


@pytest.mark.parametrize("credentials", [None, ("anyone", "ghp_unknown"), (TOKEN, "")])
def test_git_without_a_known_token_is_asked_for_one(ask_git: Ask, credentials: tuple[str, str] | None) -> None:
    """git gets 401 and the request for Basic credentials."""
    answer = ask_git(auth=credentials)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="GitHub"'


def test_absent_repository_is_hidden_without_credentials(ask_git: Ask) -> None:
    """Nobody learns without a token which private repositories exist."""
    assert ask_git("/acme/absent.git", auth=None).status_code == 401


def test_malformed_credentials_are_refused(ask_git: Ask) -> None:
    """Basic credentials that are not base64 are an unknown token."""
    assert ask_git(auth=None, headers={"Authorization": "Basic ???"}).status_code == 401


def test_git_sees_no_repository_outside_the_token(github: LoopbackGitHub, ask_git: Ask) -> None:
    """A repository that the token may not see is 404 to git too."""
    github.add_token("ghp_narrow", repositories=[])
    for answer in (ask_git(auth=("x", "ghp_narrow")), ask_git("/acme/absent.git")):
        assert (answer.status_code, answer.text) == (404, "Repository not found.")


def test_clone_needs_the_contents_permission(github: LoopbackGitHub, clone: Git) -> None:
    """git shows GitHub's own words where the token lacks Contents."""
    github.add_token(TOKEN, permissions={"metadata"})
    refused = clone()
    assert refused.returncode == 128
    assert "remote: Write access to repository not granted." in refused.stderr
    assert "403" in refused.stderr


def test_disabled_repository_is_not_cloned(github: LoopbackGitHub, ask_git: Ask, checkout: Path) -> None:
    """A disabled repository is 403 to git."""
    github.add_repository("acme/disabled", checkout, disabled=True)
    assert ask_git("/acme/disabled.git").status_code == 403


def test_push_is_refused(github: LoopbackGitHub, askpass: Path, checkout: Path) -> None:
    """Nothing can be written, though the token is good."""
    url = f"{github.clone_url}/Acme/Shop.git"
    pushed = run_git("-C", checkout, "push", url, "main:other", GIT_ASKPASS=str(askpass))
    assert pushed.returncode != 0
    assert "Write access to repository not granted." in pushed.stderr
    assert head_of(checkout, "other") == ""


def test_receive_pack_is_refused_when_posted_to(github: LoopbackGitHub, session: requests.Session) -> None:
    """The endpoint that writes is 403 also for who skips the first step."""
    answer = session.post(f"{github.clone_url}/Acme/Shop.git/git-receive-pack", auth=BASIC, data=b"0000")
    assert answer.status_code == 403


def test_public_repository_is_cloned_without_a_token(github: LoopbackGitHub, checkout: Path, tmp_path: Path) -> None:
    """Anybody may clone what is public."""
    github.add_repository("acme/open", checkout, private=False)
    cloned = run_git("clone", "--depth=1", f"{github.clone_url}/acme/open", tmp_path / "clone")
    assert cloned.returncode == 0, cloned.stderr


def test_renamed_repository_is_cloned_under_its_former_name(github: LoopbackGitHub, clone: Git) -> None:
    """git goes on working with the old name, as GitHub promises."""
    github.add_rename("Acme/Shop", "Acme/Store")
    assert clone("Acme/Shop.git").returncode == 0


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("chunked", [False, True])
def test_posted_body_reaches_git(
    github: LoopbackGitHub, session: requests.Session, checkout: Path, compressed: bool, chunked: bool
) -> None:
    """A request to git may be compressed, come in chunks, or both; the answer comes in chunks."""
    body = gzip.compress(LIST_REFERENCES) if compressed else LIST_REFERENCES
    headers = UPLOAD_PACK | ({"Content-Encoding": "gzip"} if compressed else {})
    answer = session.post(
        f"{github.clone_url}/Acme/Shop.git/git-upload-pack",
        auth=BASIC,
        headers=headers,
        data=(bytes([value]) for value in body) if chunked else body,
        timeout=5,
    )
    assert answer.status_code == 200
    assert f"{head_of(checkout)} refs/heads/main".encode() in answer.content
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert ("transfer-encoding" in github.requests[-1].headers) is chunked


@pytest.mark.parametrize(
    "path",
    [
        "/Acme/../Acme/Shop.git/info/refs",
        "/Acme/Shop.git/../Shop.git/info/refs",
        "/Acme/%2e%2e/info/refs",
        "/Acme/Shop.git/objects/info/packs",
        "/Acme/Shop.git/HEAD",
    ],
)
def test_nothing_but_an_added_repository_is_reached(github: LoopbackGitHub, path: str) -> None:
    """A path that climbs, and a file inside the git directory, are 404."""
    headers = {"Authorization": AUTHORIZATION}
    assert bare_request(github, f"{path}?service=git-upload-pack", headers).status == 404


def test_dumb_protocol_is_refused(github: LoopbackGitHub, session: requests.Session) -> None:
    """Without a service in the query there is nothing to fetch, as at GitHub."""
    assert session.get(f"{github.clone_url}/Acme/Shop.git/info/refs", auth=BASIC).status_code == 403


def test_leaving_early_ends_git(github: LoopbackGitHub, replace_git: Callable[[str], None], tmp_path: Path) -> None:
    """A client that hangs up in the middle of a pack leaves no process behind, however busy git is."""
    noted = tmp_path / "process"
    noted.touch()
    replace_git(f"echo $$ > {noted}; head -c 16000000 /dev/zero; sleep 60")
    request = (
        "POST /Acme/Shop.git/git-upload-pack HTTP/1.1\r\n"
        f"Authorization: {AUTHORIZATION}\r\nContent-Length: 4\r\n\r\n0000"
    )
    with socket.create_connection(("127.0.0.1", port_of(github))) as client:
        client.sendall(request.encode())
        assert client.recv(15) == b"HTTP/1.1 200 OK"
        wait_until(lambda: noted.read_text() != "")
        assert is_running(int(noted.read_text()))
    wait_until(lambda: not is_running(int(noted.read_text())))


def test_answer_of_failing_git_is_incomplete(ask_git: Ask, replace_git: Callable[[str], None]) -> None:
    """Where git fails on the way, the client can tell that the answer has no end."""
    replace_git("echo beginning; exit 1")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask_git()
