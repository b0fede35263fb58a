"""A request that a person wants carried out once, and what was answered to it."""

import uuid

from django.db import models


class KeyedRequest(models.Model):
    """Neither key nor request can be read here: of both a digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user_id = models.UUIDField()
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    # Null until it is answered.
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    location = models.TextField(blank=True)

    class Meta:
        db_table = "keyed_requests"
        constraints = (models.UniqueConstraint(fields=["user_id", "key"], name="keyed_requests_once"),)

    def __str__(self) -> str:
        return f"{self.status or 'in progress'} since {self.claimed_at:%Y-%m-%d %H:%M:%S}"
