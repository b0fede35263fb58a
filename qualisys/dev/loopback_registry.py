"""The repositories and tokens that the loopback GitHub knows, and which token may see what."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from qualisys.dev.served_repository import git_directory_at, head_branch

_FULL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


@dataclass
class LoopbackRepository:
    """A repository as the loopback GitHub shows it; its attributes may be changed while it is served."""

    full_name: str
    git_directory: Path
    repository_id: int
    default_branch: str
    private: bool = True
    archived: bool = False
    disabled: bool = False
    size_kilobytes: int = 0

    def is_called(self, full_name: str) -> bool:
        """Whether this is its present name; GitHub does not mind upper and lower case."""
        return self.full_name.lower() == full_name.lower()


@dataclass(frozen=True)
class LoopbackToken:
    """A Personal Access Token: a classic one where it has scopes, else a fine-grained one."""

    value: str = field(repr=False)
    repositories: frozenset[str] | None
    permissions: frozenset[str]
    expires_at: datetime | None
    scopes: str | None

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= datetime.now(UTC)

    @property
    def lacks_repo_scope(self) -> bool:
        return self.scopes is not None and "repo" not in re.split(r"[,\s]+", self.scopes)

    def allows(self, permission: str) -> bool:
        """Whether it has a permission; `contents:write` includes `contents`."""
        return permission in self.permissions or f"{permission}:write" in self.permissions


class LoopbackRegistry:
    """What the loopback GitHub knows; may be changed while it serves."""

    def __init__(self) -> None:
        self._repositories: dict[str, LoopbackRepository] = {}
        self._former_names: dict[str, LoopbackRepository] = {}
        self._tokens: dict[str, LoopbackToken] = {}
        self._repository_ids = count(100_001)

    def add_repository(
        self,
        full_name: str,
        git_directory: Path,
        *,
        default_branch: str | None = None,
        private: bool = True,
        archived: bool = False,
        disabled: bool = False,
        size_kilobytes: int = 0,
    ) -> LoopbackRepository:
        """Serve a git directory or checkout as `owner/name`; a name given again is another repository."""
        if not _FULL_NAME.fullmatch(full_name):
            raise ValueError(f"{full_name!r} is not of the form owner/name.")
        directory = git_directory_at(git_directory)
        repository = LoopbackRepository(
            full_name=full_name,
            git_directory=directory,
            repository_id=next(self._repository_ids),
            default_branch=default_branch or head_branch(directory),
            private=private,
            archived=archived,
            disabled=disabled,
            size_kilobytes=size_kilobytes,
        )
        self._repositories[full_name.lower()] = repository
        return repository

    def add_rename(self, old: str, new: str) -> None:
        """Rename `old` to `new`; where `new` was added already, let the old name lead to it."""
        if not _FULL_NAME.fullmatch(new):
            raise ValueError(f"{new!r} is not of the form owner/name.")
        repository = self._repositories.get(new.lower()) or self._repositories.pop(old.lower())
        repository.full_name = new
        self._repositories[new.lower()] = repository
        self._former_names[old.lower()] = repository

    def add_token(
        self,
        token: str,
        *,
        repositories: Collection[str] | None = None,
        permissions: Collection[str] = ("metadata", "contents"),
        expires_at: datetime | None = None,
        scopes: str | None = None,
    ) -> None:
        """Accept a token for all repositories or for those named; given again, it replaces the former."""
        if expires_at is not None and expires_at.tzinfo is None:
            raise ValueError("expires_at must name its time zone.")
        named = None if repositories is None else frozenset(repositories)
        self._tokens[token] = LoopbackToken(token, named, frozenset(permissions), expires_at, scopes)

    def revoke_token(self, token: str) -> None:
        """From now on the token is unknown."""
        del self._tokens[token]

    def valid_token(self, value: str | None) -> LoopbackToken | None:
        """The token of this value, unless it is unknown or has expired."""
        token = None if value is None else self._tokens.get(value)
        return None if token is None or token.has_expired else token

    def repository_named(self, full_name: str) -> LoopbackRepository | None:
        """The repository that has this name, or had it before it was renamed."""
        key = full_name.lower()
        return self._repositories.get(key) or self._former_names.get(key)

    def repository_numbered(self, repository_id: int) -> LoopbackRepository | None:
        """The repository of this id, which stays across a rename."""
        known = list(self._repositories.values())
        return next((each for each in known if each.repository_id == repository_id), None)

    def may_see(self, token: LoopbackToken, repository: LoopbackRepository) -> bool:
        """Whether GitHub admits to this token that the repository exists."""
        if not repository.private:
            return True
        if token.lacks_repo_scope:
            return False
        named = token.repositories
        return named is None or any(self.repository_named(name) is repository for name in named)


def permits(token: LoopbackToken, repository: LoopbackRepository, permission: str) -> bool:
    """Whether a token that sees the repository may use it so; anybody may read a public one."""
    return not repository.private or token.allows(permission)
