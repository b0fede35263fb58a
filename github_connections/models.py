"""A repository connected to a project: the row, its questions, its constraints."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from github_connections.states import AT_REST, LIVE, MOVES, Status, sources_of
from qualisys.encryption import decrypt
from qualisys.projects.models import Project


class Stage(models.TextChoices):
    """What is being done, in its own order; a person reads it beside the percentage."""

    CONNECTING = "connecting", "Connecting"
    COUNTING = "counting", "Counting"
    COMPRESSING = "compressing", "Compressing"
    RECEIVING = "receiving", "Receiving"
    RESOLVING = "resolving", "Resolving"
    CHECKING_OUT = "checking_out", "Checking out"
    ANALYZING = "analyzing", "Analysing"


class LongNamedIndex(models.Index):
    """An index with a name as long as PostgreSQL allows; Django stops at 30 for another database's sake."""

    max_name_length = 63


class GithubConnectionQuerySet(models.QuerySet["GithubConnection"]):
    """Connections in the domain's words."""

    def live(self) -> "GithubConnectionQuerySet":
        return self.filter(status__in=LIVE)

    def of_attempt(self, connection: "GithubConnection") -> "GithubConnectionQuerySet":
        """Keep the connection's row only while the attempt to clone it that it was read with is in force."""
        return self.filter(pk=connection.pk, attempt_id=connection.attempt_id, status=Status.CLONING)

    def with_token_ending_by(self, when: datetime) -> "GithubConnectionQuerySet":
        """Keep what has a token that is still of use and ends by then, or has ended."""
        return self.filter(token_expires_at__lt=when).exclude(status=Status.EXPIRED)

    def move(self, target: Status, **values: Any) -> int:
        """Compare-and-set: move what may move to the target and return how many rows did.

        A row whose status does not lead there, or that is gone, is left as it is.
        """
        return self.filter(status__in=sources_of(target)).update(status=target, updated_at=timezone.now(), **values)


class GithubConnection(models.Model):
    """One repository of one project; a token that opens it, encrypted; a clone that expires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="github_connections", db_index=False)
    repo_url = models.CharField(max_length=255)
    # GitHub's number stays when a repository is renamed, and differs when another takes its name.
    github_id = models.BigIntegerField()
    branch = models.CharField(max_length=255)
    encrypted_token = models.TextField(editable=False)
    # What the last proof of the token showed; null where GitHub did not say. Warnings are worked out from these.
    token_expires_at = models.DateTimeField(null=True, blank=True)
    token_can_write = models.BooleanField(null=True, editable=False)
    is_private = models.BooleanField(null=True, editable=False)
    became_public_at = models.DateTimeField(null=True, editable=False)
    # The name under which it was connected or known before, where it has another one now.
    renamed_from = models.CharField(max_length=255, blank=True, default="", db_default="", editable=False)
    # When another repository was found under the name.
    recreated_at = models.DateTimeField(null=True, editable=False)
    # Not blank while a complete clone lies on disk. The code works the place out from the tenant and the id.
    clone_path = models.TextField(blank=True, editable=False)

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING)
    error_code = models.CharField(max_length=64, blank=True)
    error_message = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    # The attempt in force; a worker with another one can change nothing.
    attempt_id = models.UUIDField(default=uuid.uuid4, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    progress_stage = models.CharField(max_length=16, blank=True, choices=Stage.choices)
    progress_percent = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(100)])
    # By git's count, of the attempt in force or the last one.
    received_bytes = models.BigIntegerField(null=True, editable=False)

    commit_sha = models.CharField("commit", max_length=64, blank=True)
    size_bytes = models.BigIntegerField("size in bytes", null=True)
    routes_count = models.PositiveIntegerField("routes", default=0)
    components_count = models.PositiveIntegerField("components", default=0)
    endpoints_count = models.PositiveIntegerField("endpoints", default=0)
    analysis_summary = models.JSONField(default=dict, blank=True)

    # What the deadline for telling beforehand is about, as that of the connection's own id is another; and by when
    # everything was told.
    notice_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    noticed_until = models.DateTimeField(null=True, editable=False)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = GithubConnectionQuerySet.as_manager()

    class Meta:
        db_table = "github_connections"
        ordering = ("-created_at", "id")
        verbose_name = "GitHub connection"
        indexes = (LongNamedIndex(fields=["project"], name="idx_github_connections_project_id"),)
        constraints = (
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(status__in=sorted(LIVE)),
                name="github_connections_one_live_per_project",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="github_connections_status_check"
            ),
        )

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """`owner/name` as GitHub writes it."""
        return self.repo_url.split("/", 3)[-1]

    @property
    def is_at_rest(self) -> bool:
        """Nothing is under way, so that a fresh clone may be asked for."""
        return self.status in AT_REST

    def may_become(self, target: Status) -> bool:
        return target in MOVES[Status(self.status)]

    def reveal_token(self) -> str:
        """Return the token in clear text: only for the moment in which GitHub or git is asked."""
        return decrypt(self.encrypted_token)


class RowKind(models.TextChoices):
    """What a row of an analysis is about."""

    ROUTE = "route", "Route"
    COMPONENT = "component", "Component"
    MODEL = "model", "Model"
    TEST_FILE = "test_file", "Test file"


class AnalysisRow(models.Model):
    """One thing that a clone offers, as the analysis said it; `data` is the whole of it."""

    connection = models.ForeignKey(
        GithubConnection, on_delete=models.CASCADE, related_name="analysis_rows", db_index=False
    )
    kind = models.CharField(max_length=16, choices=RowKind.choices)
    position = models.PositiveIntegerField()
    # A route that is an operation of an API.
    is_endpoint = models.BooleanField(default=False)
    framework = models.TextField(blank=True)
    method = models.CharField(max_length=16, blank=True)
    path = models.TextField(blank=True)
    name = models.TextField("handler or name", blank=True)
    file = models.TextField()
    line = models.PositiveIntegerField(default=0)
    data = models.JSONField()

    class Meta:
        db_table = "github_analysis_rows"
        ordering = ("connection", "kind", "position")
        verbose_name = "row of an analysis"
        verbose_name_plural = "rows of an analysis"
        constraints = (
            models.UniqueConstraint(fields=["connection", "kind", "position"], name="github_analysis_rows_position"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path}".strip() or self.name or self.file
