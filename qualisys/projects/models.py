"""A project and the people in it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.functional import cached_property

from qualisys.projects.roles import MAY, Action, Role
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.models import TenantMember, TenantRole


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects in the domain's words."""

    def with_roles_of(self, user_id: str | uuid.UUID) -> "ProjectQuerySet":
        """Add `tenant_role` and `member_role` of this person, so that one statement tells what she may do."""
        tenant_role = TenantMember.objects.filter(tenant_id=current_tenant().pk, user_id=user_id, user__is_active=True)
        member_role = ProjectMember.objects.filter(project_id=OuterRef("pk"), user_id=user_id)
        return self.annotate(
            tenant_role=Subquery(tenant_role.values("role")),
            member_role=Subquery(member_role.values("role")),
        )

    def seen_by(self, user_id: str | uuid.UUID) -> "ProjectQuerySet":
        """Keep the projects that this person may know of, with her roles in them."""
        everywhere = models.Q(tenant_role__in=[TenantRole.OWNER, TenantRole.ADMIN])
        here = models.Q(tenant_role=TenantRole.MEMBER, member_role__isnull=False)
        return self.with_roles_of(user_id).filter(everywhere | here)


class Project(models.Model):
    """What is tested: one application of the tenant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, max_length=2000)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Set by ProjectQuerySet.with_roles_of.
    tenant_role: str | None
    member_role: str | None

    objects = ProjectQuerySet.as_manager()

    class Meta:
        db_table = "projects"
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @cached_property
    def role(self) -> Role:
        """The role in force for the person the project was loaded for: the tenant's before the project's."""
        if self.tenant_role in {TenantRole.OWNER, TenantRole.ADMIN}:
            return Role(self.tenant_role)
        return Role(str(self.member_role))

    def may(self, action: Action) -> bool:
        return self.role in MAY[action]


class ProjectMember(models.Model):
    """A person has a role in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "project_members"
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["project", "user"], name="project_members_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="project_members_role_check"),
        )

    def __str__(self) -> str:
        return f"{self.user} in {self.project} ({self.role})"
