"""A token by which a machine asks on a person's behalf; who was shown its text knows it, and nobody here."""

import hashlib
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

# What it begins with, for those who look for secrets where none should be.
PREFIX = "qat_"
RANDOM_CHARACTERS = 40  # letters and digits: 238 bits
SHOWN_CHARACTERS = len(PREFIX) + 4


def new_secret() -> str:
    """Return the text of a new token."""
    return PREFIX + get_random_string(RANDOM_CHARACTERS)


def digest_of(secret: str) -> str:
    """Return what is stored of a token. It is random enough for a hash without salt or delay."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """API tokens in the domain's words."""

    def good_in(self, tenant_id: uuid.UUID) -> "ApiTokenQuerySet":
        """Keep those that have not expired, of people who are active and belong to the tenant."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, user__is_active=True, user__tenants__tenant_id=tenant_id)


class ApiToken(models.Model):
    """Lives in the schema of the tenant in which it is good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    prefix = models.CharField("begins with", max_length=SHOWN_CHARACTERS, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        db_table = "api_tokens"
        ordering = ("-created_at", "id")
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
