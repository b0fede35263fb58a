"""Reads a repository that the loopback GitHub serves, with git and without a shell."""

import os
import subprocess
from pathlib import Path

_CONFIGURATION = {
    # The repositories may belong to somebody else than the user who serves them.
    "safe.directory": "*",
    # GitHub serves partial clones.
    "uploadpack.allowFilter": "true",
    "core.hooksPath": os.devnull,
}
_COMMIT_FIELDS = ("%H", "%T", "%P", "%an", "%ae", "%ad", "%cn", "%ce", "%cd", "%B")


def git_environment() -> dict[str, str]:
    """An environment for git that takes nothing but PATH from this process or this machine."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": str(len(_CONFIGURATION)),
    }
    for position, (key, value) in enumerate(_CONFIGURATION.items()):
        environment |= {f"GIT_CONFIG_KEY_{position}": key, f"GIT_CONFIG_VALUE_{position}": value}
    return environment


def git_directory_at(path: Path) -> Path:
    """The git directory at `path`, which is a bare repository, a `.git` directory or a checkout."""
    for candidate in (path, path / ".git"):
        if (candidate / "HEAD").is_file() and (candidate / "objects").is_dir():
            return candidate.resolve()
    raise ValueError(f"{path} is neither a git directory nor a checkout.")


def head_branch(git_directory: Path) -> str:
    """The branch that HEAD names, whether or not it has a commit."""
    finished = _git(git_directory, "symbolic-ref", "--short", "HEAD")
    finished.check_returncode()
    return finished.stdout.decode().strip()


def has_branches(git_directory: Path) -> bool:
    """Whether anything was ever pushed to a branch."""
    finished = _git(git_directory, "for-each-ref", "--count=1", "refs/heads")
    finished.check_returncode()
    return bool(finished.stdout)


def branch_tip(git_directory: Path, branch: str) -> str | None:
    """The commit a branch points to; None where there is no branch of exactly this name."""
    if "\0" in branch:
        return None
    finished = _git(git_directory, "show-ref", "--verify", "--hash", "--", f"refs/heads/{branch}")
    return finished.stdout.decode().strip() if finished.returncode == 0 else None


def recent_commits(git_directory: Path, tip: str, count: int) -> list[dict[str, object]]:
    """The last `count` commits up to `tip`, newest first, each as GitHub describes it."""
    finished = _git(
        git_directory,
        "log",
        "-z",
        f"--max-count={count}",
        "--date=format-local:%Y-%m-%dT%H:%M:%SZ",
        f"--format=tformat:{'%x00'.join(_COMMIT_FIELDS)}",
        tip,
    )
    finished.check_returncode()
    values = finished.stdout.decode(errors="replace").split("\0")
    width = len(_COMMIT_FIELDS)
    return [_described(values[start : start + width]) for start in range(0, len(values) - 1, width)]


def _described(values: list[str]) -> dict[str, object]:
    sha, tree, parents, author, author_email, author_date, *rest = values
    committer, committer_email, committer_date, message = rest
    return {
        "sha": sha,
        "commit": {
            "author": {"name": author, "email": author_email, "date": author_date},
            "committer": {"name": committer, "email": committer_email, "date": committer_date},
            "message": message.rstrip("\n"),
            "tree": {"sha": tree},
        },
        "parents": [{"sha": parent} for parent in parents.split()],
    }


def _git(git_directory: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", f"--git-dir={git_directory}", *arguments],
        env=git_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
