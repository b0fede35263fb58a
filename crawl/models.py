"""A crawl of a running application."""

import uuid

from django.conf import settings
from django.db import models

from qualisys.projects.models import Project


class Status(models.TextChoices):
    """Where a crawl is in its life."""

    PENDING = "pending", "Pending"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"


class CrawlSession(models.Model):
    """One exploration of one target: what it was told, and what it found."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="crawl_sessions", db_index=False)
    target_url = models.URLField(max_length=2000)
    auth_config = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING)
    pages_crawled = models.PositiveIntegerField(default=0)
    forms_found = models.PositiveIntegerField(default=0)
    links_found = models.PositiveIntegerField(default=0)
    crawl_data = models.JSONField(default=dict, blank=True)
    error_message = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "crawl_sessions"
        ordering = ("-created_at", "id")
        indexes = (models.Index(fields=["project"], name="idx_crawl_sessions_project_id"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="crawl_sessions_status_check"),
        )

    def __str__(self) -> str:
        return self.target_url
