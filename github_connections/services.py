"""What a person asks for: connect, disconnect, expire."""

import math
import uuid
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from github_connections import findings, workspace
from github_connections.errors import (
    CloneNotRemoved,
    ConnectionBusy,
    ConnectionExists,
    ConnectionNotFound,
    NotAnalyzedYet,
    RepositoryTooLarge,
)
from github_connections.expiry import expire
from github_connections.history import Event, record
from github_connections.models import GithubConnection
from github_connections.notices import expect_notice
from github_connections.publishing import publish_clone
from github_connections.remote.github_api import GitHubApi, RepositoryFacts
from github_connections.remote.repository_url import RepositoryName, parse_repository_url
from github_connections.remote.waiting_line import WaitingLine
from github_connections.states import LIVE, ON_DISK
from qualisys.encryption import encrypt
from qualisys.projects.access import ProjectNotFound
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.deadlines import clear_deadlines

_WAITING = WaitingLine()


def connection_of(project_id: uuid.UUID) -> GithubConnection:
    """Return the project's connection; ConnectionNotFound where there is none."""
    connection = GithubConnection.objects.filter(project_id=project_id).first()
    if connection is None:
        raise ConnectionNotFound
    return connection


def analysed_connection_of(project_id: uuid.UUID) -> GithubConnection:
    """Return the project's connection, once something is known of what it offers.

    Raises ConnectionNotFound, and NotAnalyzedYet until the first analysis was stored.
    """
    connection = connection_of(project_id)
    if not findings.is_analysed(connection):
        raise NotAnalyzedYet(connection.status, connection.error_code)
    return connection


def validate_pat(repository: RepositoryName, pat: str, *, branch: str | None = None) -> RepositoryFacts:
    """Return what GitHub says of the repository, once it is proved that the token can clone that branch.

    Raises InvalidToken with the reason, RepositoryEmpty, RepositoryDisabled, RepositoryTooLarge or
    BranchNotFound; GitHubBusy where too many are waiting for GitHub already.
    """
    clone_url = settings.GITHUB_CLONE_URL
    api = GitHubApi(settings.GITHUB_API_URL, pat, clone_url=clone_url, timeout=settings.GITHUB_TIMEOUT)
    with _WAITING.join(longest=settings.GITHUB_MAX_QUESTIONS, retry_after=math.ceil(settings.GITHUB_TIMEOUT)):
        facts = api.check_access(repository, branch)
    if facts.size_bytes > settings.REPOSITORY_MAX_BYTES:
        raise RepositoryTooLarge(
            f"The repository holds {facts.size_bytes / 1024**3:.1f} GiB by GitHub's count; "
            f"{settings.REPOSITORY_MAX_BYTES / 1024**3:.1f} GiB may be connected.",
            details={"size_bytes": facts.size_bytes, "max_bytes": settings.REPOSITORY_MAX_BYTES},
        )
    return facts


def proved(facts: RepositoryFacts, *, known_as: str) -> dict[str, Any]:
    """Return what a row keeps of a proof; `known_as` is the `owner/name` that was asked for."""
    values = {
        "repo_url": f"{settings.GITHUB_URL}/{facts.name.full_name}",
        "token_expires_at": facts.token_expires_at,
        "token_can_write": facts.token_can_write,
        "is_private": facts.is_private,
    }
    # Upper and lower case are the same name to GitHub.
    renamed = facts.name.full_name.lower() != known_as.lower()
    return {**values, "renamed_from": known_as} if renamed else values


def connect(
    project_id: uuid.UUID, *, actor_id: uuid.UUID, repo_url: str, pat: str, branch: str | None = None
) -> GithubConnection:
    """Connect a repository to a project and have it cloned in the background.

    A failed or expired connection of the project is superseded. Raises InvalidRepositoryUrl, ConnectionExists,
    ProjectNotFound for one that was deleted meanwhile, CloneNotRemoved, and what `validate_pat` raises.
    """
    repository = parse_repository_url(repo_url, github_url=settings.GITHUB_URL)
    # Sparing GitHub the question; the database's constraint is what decides.
    if GithubConnection.objects.filter(project_id=project_id).live().exists():
        raise ConnectionExists
    facts = validate_pat(repository, pat, branch=branch)
    connection = GithubConnection(
        project_id=project_id,
        github_id=facts.id,
        branch=branch or facts.default_branch,
        encrypted_token=encrypt(pat),
        created_by_id=actor_id,
        **proved(facts, known_as=repository.full_name),
    )
    try:
        with transaction.atomic():
            _supersede(project_id, actor_id)
            connection.save(force_insert=True)
            record(connection, Event.CONNECTED, actor_id=actor_id, branch=connection.branch)
            publish_clone(connection.pk)
            if connection.token_expires_at:
                expect_notice(connection)
    except IntegrityError as error:
        raise _refusal(error) from error
    return connection


def _refusal(error: IntegrityError) -> Exception:
    """Return what the database's refusal of a new connection means; the error itself where it means nothing known."""
    if "github_connections_one_live_per_project" in str(error):
        return ConnectionExists()
    # The project was deleted while GitHub was asked; the database notices at the commit.
    if "_fk_projects_id" in str(error):
        return ProjectNotFound()
    return error


def disconnect(project_id: uuid.UUID, *, actor_id: uuid.UUID | None) -> None:
    """Remove the project's connection and its clone; a running clone notices within a second or two.

    Raises ConnectionNotFound, and CloneNotRemoved where the directory would stay behind.
    """
    with transaction.atomic():
        of_project = GithubConnection.objects.select_for_update().filter(project_id=project_id)
        # A row that was waited for may have been superseded: the next statement sees the one in its place.
        connection = of_project.first() or of_project.first()
        if connection is None:
            raise ConnectionNotFound
        _remove(connection, Event.DISCONNECTED, actor_id)


def expire_now(connection_id: uuid.UUID, *, actor_id: uuid.UUID) -> None:
    """Remove the clone before its time. Raises ConnectionNotFound, ConnectionBusy where there is no clone at rest."""
    with transaction.atomic():
        connection = held(connection_id)
        if connection.status not in ON_DISK:
            raise ConnectionBusy("There is no clone at rest to expire.")
        try:
            expire(connection, actor_id=actor_id)
        except OSError as error:
            raise CloneNotRemoved from error


def held(connection_id: uuid.UUID) -> GithubConnection:
    """Return the connection, held until the present transaction ends; ConnectionNotFound where it is gone."""
    connection = GithubConnection.objects.select_for_update().filter(pk=connection_id).first()
    if connection is None:
        raise ConnectionNotFound
    return connection


def _supersede(project_id: uuid.UUID, actor_id: uuid.UUID) -> None:
    """Remove the project's failed or expired connection; what happened to it stays in the history."""
    ended = GithubConnection.objects.select_for_update().filter(project_id=project_id).exclude(status__in=LIVE)
    for connection in ended:
        _remove(connection, Event.SUPERSEDED, actor_id)


def _remove(connection: GithubConnection, event: Event, actor_id: uuid.UUID | None) -> None:
    """Remove directory, deadline and row of a connection that the caller holds; the history keeps the receipt."""
    # Before the directory, which may take a while: a sweep passes by what is held, and waits for nobody.
    clear_deadlines([connection.pk, connection.notice_id])
    try:
        removed = workspace.remove(current_tenant().pk, connection.pk)
    except OSError as error:
        raise CloneNotRemoved from error
    size = (connection.size_bytes or 0) if removed else 0
    record(connection, event, actor_id=actor_id, removed={"token": True, "directory": removed, "bytes": size})
    findings.forget_rows(connection)
    connection.delete()
