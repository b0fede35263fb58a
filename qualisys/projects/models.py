"""A project and the people in it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL

from qualisys.projects.roles import MAY, Action, Role
from qualisys.tenancy.context import current_tenant

# Written out because most requests begin with this question: the ORM takes longer to put the same
# subqueries together than the database takes to answer them. NULL: she may not know of the project.
_ROLE_IN_FORCE = """(
    SELECT CASE WHEN tenant_members.role IN ('owner', 'admin') THEN tenant_members.role ELSE (
        SELECT role FROM project_members WHERE project_id = projects.id AND user_id = tenant_members.user_id
    ) END
    FROM tenant_members JOIN users ON users.id = tenant_members.user_id AND users.is_active
    WHERE tenant_members.tenant_id = %s AND tenant_members.user_id = %s
)"""


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects in the domain's words."""

    def seen_by(self, user_id: str | uuid.UUID) -> "ProjectQuerySet":
        """Keep the projects that this person may know of, with her role there as `role_in_force`."""
        role = RawSQL(_ROLE_IN_FORCE, [current_tenant().pk, user_id])  # noqa: S611  # a constant with parameters
        return self.annotate(role_in_force=role).filter(role_in_force__isnull=False)


class Project(models.Model):
    """What is tested: one application of the tenant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, max_length=2000)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    # Set by ProjectQuerySet.seen_by.
    role_in_force: str

    objects = ProjectQuerySet.as_manager()

    class Meta:
        db_table = "projects"
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def role(self) -> Role:
        """The role in force for the person the project was loaded for: the tenant's before the project's."""
        return Role(self.role_in_force)

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
