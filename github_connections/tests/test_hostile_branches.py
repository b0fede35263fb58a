"""Branches that are options, that are not there, or that have a twin."""

from typing import Any

import pytest

from conftest import World
from github_connections import services
from github_connections.errors import BranchNotFound
from github_connections.tests.conftest import PAT, URL
from github_connections.tests.hostile_clones import CloneIt
from github_connections.tests.hostile_clones import clone_it as clone_it
from github_connections.tests.hostile_clones import hostile as hostile
from github_connections.tests.hostile_clones import trap as trap
from github_connections.tests.hostile_repositories import HostileRepository
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.projects.models import Project

OPTION = "--upload-pack=touch /tmp/x"


@pytest.mark.parametrize(
    "branch",
    [
        "--upload-pack=touch",
        "-x",
        "-uorigin",
        "HEAD",
        "a]b",
        'a"b',
        "a;b#c",
        "$(touch_x)",
        "`x`",
        "%(here)s",
        "ü\u202ex",
    ],
)
def test_branch_of_any_name_is_only_a_name(branch: str, hostile: HostileRepository, clone_it: CloneIt) -> None:
    """What git allows as a branch is cloned, options and shell's characters included."""
    commit = hostile.commit_files({b"f": b"x"}, branch=branch)
    outcome = clone_it(hostile, branch=branch)
    assert outcome.cloned.commit_sha == commit


@pytest.mark.parametrize(
    "branch",
    [
        OPTION,
        "gone",
        "",
        "main~0",
        "refs/heads/main",
        "mai*",
        "main:refs/heads/x",
        "../main",
        "early EOF",
        "returned error: 403",
        "x\nfatal: early EOF",
        "\x1b[31m",
        "b" * 255,
    ],
)
def test_branch_that_is_not_there_is_said_to_be_missing(
    branch: str, hostile: HostileRepository, clone_it: CloneIt
) -> None:
    """No such branch, for good, whatever failure its name spells."""
    hostile.commit_files({b"f": b"x"})
    outcome = clone_it(hostile, branch=branch)
    assert (outcome.code, outcome.failure.transient) == ("BRANCH_NOT_FOUND", False)


def test_empty_repository_has_no_branch(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A repository that was emptied after it was connected ends failed, not cloned."""
    assert clone_it(hostile).code == "BRANCH_NOT_FOUND"


def test_head_that_points_nowhere_hinders_no_other_branch(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """HEAD unborn: its own branch is missing, another one is cloned."""
    commit = hostile.commit_files({b"f": b"x"}, branch="other")
    assert clone_it(hostile).code == "BRANCH_NOT_FOUND"
    assert clone_it(hostile, branch="other").cloned.commit_sha == commit


def test_branch_goes_before_a_tag_of_its_name(hostile: HostileRepository, clone_it: CloneIt) -> None:
    """A tag that is called like the branch does not take its place."""
    tagged = hostile.commit_files({b"f": b"of the tag"}, branch="other")
    hostile.git("tag", "--annotate", "--message=x", "main", tagged)
    commit = hostile.commit_files({b"f": b"of the branch"})
    outcome = clone_it(hostile)
    assert (outcome.cloned.commit_sha, outcome.read("f")) == (commit, b"of the branch")


def test_github_that_names_an_option_as_default_branch_is_not_believed(
    project: Project, world: World, github: LoopbackGitHub, hostile: HostileRepository, settings: Any
) -> None:
    """The default branch is asked for like any other, and there is none of that name."""
    hostile.commit_files({b"f": b"x"})
    github.add_repository("acme/shop", hostile.directory, default_branch=OPTION)
    with pytest.raises(BranchNotFound):
        services.connect(project.pk, actor_id=world.acme_owner.pk, repo_url=URL, pat=PAT)
