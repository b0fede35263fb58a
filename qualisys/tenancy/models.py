"""Tenants, their hosts, their members, and what is due in them."""

import re
import uuid
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin
from django_tenants.utils import schema_exists

# Also a host name and part of a path, so narrower than what PostgreSQL would take. Two letters at
# least keep `pg_` and PostgreSQL's own names out of reach.
validate_schema_name = RegexValidator(
    r"\A(?!pg_)[a-z][a-z0-9_]{1,47}\Z",
    "Use 2 to 48 small letters, digits and underscores, beginning with a letter.",
)

# What Django takes for the host of a request; a leading `www.` never comes through the middleware.
_HOST = re.compile(r"(?!www\.)[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def validate_host(host: str) -> None:
    """Refuse what could never lead a request to a tenant."""
    if not _HOST.fullmatch(host):
        raise ValidationError("Write the host name alone, as in acme.example.com: no port, no path, no `www.`.")
    if host == settings.PUBLIC_HOST:
        raise ValidationError("This is the host of the platform itself.")


class Tenant(TenantMixin):
    """A customer: a PostgreSQL schema of its own. Made by `provisioning.provision_tenant`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    schema_name = models.CharField(max_length=48, unique=True, validators=[validate_schema_name])
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    # Provisioning makes the schema from the template; saving a row alone makes none.
    auto_create_schema = False

    class Meta:
        db_table = "tenants"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """A new tenant's schema must not be there yet: `public` and the template are no tenant's."""
        super().validate_unique(exclude)
        if self._state.adding and "schema_name" not in (exclude or ()) and schema_exists(self.schema_name):
            raise ValidationError({"schema_name": "A schema of this name exists already. Choose another name."})


class Domain(DomainMixin):
    """A host name under which a tenant is reached."""

    domain: str  # a field of django-tenants' mixin, which has no types

    class Meta:
        db_table = "domains"
        ordering = ("domain",)

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        """Host names know no case, and the middleware looks for small letters."""
        self.domain = self.domain.lower()
        try:
            validate_host(self.domain)
        except ValidationError as error:
            raise ValidationError({"domain": error.messages}) from error


class TenantRole(models.TextChoices):
    """An owner's and an admin's role holds in every project of the tenant; a member has none by itself."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"


class TenantMember(models.Model):
    """A person belongs to a tenant."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tenants")
    role = models.CharField(max_length=16, choices=TenantRole.choices, default=TenantRole.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "tenant_members"
        ordering = ("tenant", "user")
        constraints = (
            models.UniqueConstraint(fields=["tenant", "user"], name="tenant_members_once"),
            models.CheckConstraint(condition=models.Q(role__in=TenantRole.values), name="tenant_members_role_check"),
        )

    def __str__(self) -> str:
        return f"{self.user} in {self.tenant} ({self.role})"


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Deadlines in the domain's words."""

    def due(self, kind: str, now: datetime) -> "DeadlineQuerySet":
        return self.filter(kind=kind, due_at__lte=now).order_by("due_at")


class Deadline(models.Model):
    """When something in a tenant must be looked at again.

    One public table, indexed by time, so that a periodic job costs what is due and not how many
    tenants there are. A row is written in the transaction that writes the tenant's own row.
    """

    object_id = models.UUIDField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=32)
    due_at = models.DateTimeField()

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        db_table = "deadlines"
        indexes = (models.Index(fields=["kind", "due_at"], name="idx_deadlines_kind_due_at"),)

    def __str__(self) -> str:
        return f"{self.kind} of {self.object_id} at {self.due_at:%Y-%m-%d %H:%M:%S}"
