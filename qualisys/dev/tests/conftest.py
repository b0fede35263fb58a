"""A loopback GitHub with throw-away repositories, and ways to ask it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.tests.loopback_client import BASIC, TOKEN, Ask, Git, run_git


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two commits on main and a branch feature/login at the first."""
    path = tmp_path_factory.mktemp("checkout")
    run_git("init", "--quiet", "--initial-branch=main", path)
    for text in ("first", "second"):
        (path / "notes.txt").write_text(text)
        # Random, so that the pack cannot be small.
        (path / f"{text}.bin").write_bytes(os.urandom(300_000))
        run_git("-C", path, "add", ".")
        run_git("-C", path, "commit", "--quiet", f"--message={text} change")
    run_git("-C", path, "branch", "feature/login", "main~1")
    return path


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository without a commit."""
    path = tmp_path_factory.mktemp("empty") / "empty.git"
    run_git("init", "--quiet", "--bare", "--initial-branch=main", path)
    return path


@pytest.fixture
def github(checkout: Path) -> Iterator[LoopbackGitHub]:
    """A loopback GitHub with the private repository Acme/Shop and a token for everything."""
    with LoopbackGitHub() as github:
        github.add_repository("Acme/Shop", checkout)
        github.add_token(TOKEN)
        yield github


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """A session that uses no proxy of this machine."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def ask(github: LoopbackGitHub, session: requests.Session) -> Ask:
    """Ask the REST interface without following redirects."""

    def get(path: str, *, token: str | None = TOKEN, **options: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        options = {"allow_redirects": False, "timeout": 5, "headers": headers} | options
        return session.get(f"{github.api_url}{path}", **options)

    return get


@pytest.fixture
def ask_git(github: LoopbackGitHub, session: requests.Session) -> Ask:
    """Ask what `git clone` asks first."""

    def get(path: str = "/Acme/Shop.git", **options: object) -> requests.Response:
        options = {"auth": BASIC, "allow_redirects": False, "timeout": 5} | options
        return session.get(f"{github.clone_url}{path}/info/refs?service=git-upload-pack", **options)

    return get


@pytest.fixture
def askpass(tmp_path: Path) -> Path:
    """A program that gives the token to git."""
    program = tmp_path / "askpass"
    program.write_text(f'#!/bin/sh\ncase "$1" in Username*) echo anyone;; *) echo {TOKEN};; esac\n')
    program.chmod(0o700)
    return program


@pytest.fixture
def clone(github: LoopbackGitHub, askpass: Path, tmp_path: Path) -> Git:
    """Clone Acme/Shop into tmp_path/clone with depth 1."""

    def run(name: str = "Acme/Shop.git", *options: str) -> subprocess.CompletedProcess[str]:
        url = f"{github.clone_url}/{name}"
        return run_git(*options, "clone", "--depth=1", url, tmp_path / "clone", GIT_ASKPASS=str(askpass))

    return run


@pytest.fixture
def replace_git(
    github: LoopbackGitHub,  # it must have asked the real git about its repository
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], None]:
    """Put a shell script in the place of git, run after it has answered with headers."""

    def replace(script: str) -> None:
        program = tmp_path / "bin/git"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\n{script}\n")
        program.chmod(0o700)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    return replace
