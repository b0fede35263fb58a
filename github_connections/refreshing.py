"""The same connection again: its source fetched afresh, its token replaced, another branch."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from github_connections import services, workspace
from github_connections.deadlines import expect_expiry
from github_connections.errors import ConnectionBusy, ConnectionChanged, RepositoryRecreated, TokenUnreadable
from github_connections.history import Event, record
from github_connections.models import GithubConnection
from github_connections.notices import expect_notice
from github_connections.publishing import publish_clone
from github_connections.remote.github_api import RepositoryFacts
from github_connections.remote.repository_url import parse_full_name
from github_connections.states import AT_REST, ON_DISK, Status
from qualisys.encryption import DecryptionError, encrypt
from qualisys.tenancy.context import current_tenant


def refresh(connection: GithubConnection, *, actor_id: uuid.UUID) -> GithubConnection:
    """Have the source cloned afresh where its branch has moved on; where it has not, keep the clone for longer.

    The present clone serves until the new one takes its place. Raises ConnectionBusy, ConnectionChanged,
    ConnectionNotFound, RepositoryRecreated, TokenUnreadable, and what `validate_pat` raises.
    """
    _refuse_under_way(connection)
    facts = _prove(connection, _stored_token(connection), connection.branch)
    with transaction.atomic():
        held = _held_as(connection)
        _refuse_under_way(held)
        _write(held, **_what_is_known(held, facts))
        unchanged = _serves(held, facts.commit_sha)
        if unchanged:
            _keep_for_longer(held)
        else:
            _begin_clone(held)
        expect_notice(held)
        record(held, Event.REFRESHED, actor_id=actor_id, commit=facts.commit_sha, unchanged=unchanged)
    return held


def change(
    connection: GithubConnection, *, actor_id: uuid.UUID, pat: str | None = None, branch: str | None = None
) -> GithubConnection:
    """Replace the token once the new one is proved, or have another branch cloned, or both at once.

    What is left out stays as it is. Raises what `refresh` raises; a token alone may be replaced at any time.
    """
    target = branch or connection.branch
    if target != connection.branch:
        _refuse_under_way(connection)
    facts = _prove(connection, pat or _stored_token(connection), target)
    with transaction.atomic():
        held = _held_as(connection)
        _write(held, **_what_is_known(held, facts))
        if pat:
            _write(held, encrypted_token=encrypt(pat))
            ends = facts.token_expires_at.isoformat() if facts.token_expires_at else None
            record(held, Event.TOKEN_ROTATED, actor_id=actor_id, token_expires_at=ends)
        if target != connection.branch:
            _refuse_under_way(held)
            _begin_clone(held, branch=target)
            record(held, Event.BRANCH_CHANGED, actor_id=actor_id, before=connection.branch, after=target)
        expect_notice(held)
    return held


def _refuse_under_way(connection: GithubConnection) -> None:
    if connection.status not in AT_REST:
        raise ConnectionBusy


def _stored_token(connection: GithubConnection) -> str:
    try:
        return connection.reveal_token()
    except DecryptionError as error:
        raise TokenUnreadable from error


def _prove(connection: GithubConnection, token: str, branch: str) -> RepositoryFacts:
    """Return what GitHub says of the repository under its present name; RepositoryRecreated for another one."""
    facts = services.validate_pat(parse_full_name(connection.full_name), token, branch=branch)
    if facts.id != connection.github_id:
        found = GithubConnection.objects.filter(pk=connection.pk, recreated_at=None)
        found.update(recreated_at=timezone.now(), updated_at=timezone.now())
        raise RepositoryRecreated(connection.full_name)
    return facts


def _held_as(connection: GithubConnection) -> GithubConnection:
    """Return the connection, held; ConnectionChanged where token or branch are not those that GitHub was asked with."""
    held = services.held(connection.pk)
    if (held.encrypted_token, held.branch) != (connection.encrypted_token, connection.branch):
        raise ConnectionChanged
    return held


def _what_is_known(held: GithubConnection, facts: RepositoryFacts) -> dict[str, Any]:
    return {
        **services.proved(facts, known_as=held.full_name),
        "recreated_at": None,
        "became_public_at": _became_public_at(held, facts),
    }


def _became_public_at(held: GithubConnection, facts: RepositoryFacts) -> datetime | None:
    if facts.is_private:
        return None
    return timezone.now() if held.is_private and facts.is_private is False else held.became_public_at


def _serves(held: GithubConnection, commit_sha: str) -> bool:
    """Return whether this commit lies on disk and nothing is wrong with it; a commit that is not known does not."""
    known = bool(commit_sha) and held.commit_sha == commit_sha
    return known and held.status in ON_DISK and workspace.checkout_path(current_tenant().pk, held.pk).is_dir()


def _keep_for_longer(held: GithubConnection) -> None:
    expires_at = timezone.now() + settings.CLONE_LIFETIME
    _write(held, expires_at=expires_at)
    # One that is not analysed yet is looked at for that first, and for its expiry afterwards.
    if held.status == Status.ANALYZED:
        expect_expiry(held.pk, expires_at)


def _begin_clone(held: GithubConnection, **values: Any) -> None:
    GithubConnection.objects.filter(pk=held.pk).move(
        Status.PENDING, attempts=0, error_code="", error_message="", progress_stage="", progress_percent=None, **values
    )
    held.refresh_from_db()
    publish_clone(held.pk)


def _write(held: GithubConnection, **values: Any) -> None:
    """Change these fields of a row that is held, and no others."""
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=[*values, "updated_at"])
