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
    """The git directory at `path`: a bare repository, a `.git` directory, a checkout or a further work tree of one.

    ValueError where there is none; one of a directory above does not count.
    """
    # A `.git` that is a file, as in a work tree, names the directory; git knows how.
    arguments = ("git", "-C", str(path), "rev-parse", "--absolute-git-dir")
    environment = git_environment() | {"GIT_CEILING_DIRECTORIES": str(path.resolve().parent)}
    finished = subprocess.run(arguments, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if finished.returncode != 0:
        raise ValueError(f"{path} is neither a git directory nor a checkout.")
    return Path(os.fsdecode(finished.stdout.removesuffix(b"\n"))).resolve()


def head_branch(git_directory: Path) -> str:
    """The branch that HEAD names, whether or not it has a commit; ValueError where it names a commit itself."""
    finished = _git(git_directory, "symbolic-ref", "--quiet", "--short", "HEAD")
    if finished.returncode != 0:
        raise ValueError(f"No branch is checked out at {git_directory}: HEAD is a commit. `git switch` to a branch.")
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


def _git(git_directory: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", f"--git-dir={git_directory}", *arguments],
        env=git_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
