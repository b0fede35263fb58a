"""What a person asks for: projects, and who belongs to them."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from qualisys.errors import Conflict, DomainError, Invalid, NotFound
from qualisys.projects.access import InsufficientRole, ProjectNotFound, tenant_role_of
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.models import TenantMember, TenantRole

# Sent with `project` and `actor_id` before a project is deleted.
project_leaving = Signal()
# What a feature may raise then, so that the project stays; each adds its own, for the API's description.
REASONS_TO_STAY: list[type[DomainError]] = []

MAY_CREATE_PROJECTS = (TenantRole.OWNER, TenantRole.ADMIN)


class UserNotInTenant(Invalid):
    code = "USER_NOT_IN_TENANT"
    message = "Nobody with this e-mail address belongs to the tenant. Ask an operator to add the person first."


class MemberExists(Conflict):
    code = "MEMBER_EXISTS"
    message = "This person belongs to the project already. Change the role with PATCH."


class LastOwner(Conflict):
    code = "LAST_OWNER"
    message = "This is the project's last owner. Make somebody else an owner first, then try again."


class MemberNotFound(NotFound):
    code = "MEMBER_NOT_FOUND"
    message = "This person does not belong to the project."


def create_project(*, actor_id: uuid.UUID, name: str, description: str = "") -> Project:
    """Return a new project whose owner is the one who made it. InsufficientRole for a mere member of the tenant."""
    role = tenant_role_of(actor_id)
    if role not in MAY_CREATE_PROJECTS:
        raise InsufficientRole(role=role.value, required=[allowed.value for allowed in MAY_CREATE_PROJECTS])
    with transaction.atomic():
        project = Project.objects.create(name=name, description=description, created_by_id=actor_id)
        ProjectMember.objects.create(project=project, user_id=actor_id, role=Role.OWNER)
    return project


def change_project(project: Project, **fields: str) -> None:
    """Change these fields. ProjectNotFound for one that was deleted meanwhile, which `save` would bring back."""
    changed = {**fields, "updated_at": timezone.now()}
    if not Project.objects.filter(pk=project.pk).update(**changed):
        raise ProjectNotFound
    for name, value in changed.items():
        setattr(project, name, value)


def delete_project(project: Project, *, actor_id: uuid.UUID) -> None:
    """Delete the project; features that keep something for it take their leave in the same transaction.

    ProjectNotFound where another request deleted it first.
    """
    with transaction.atomic():
        # Held first: what is made for the project at the same time is either seen below or refused.
        if Project.objects.select_for_update().filter(pk=project.pk).first() is None:
            raise ProjectNotFound
        project_leaving.send(Project, project=project, actor_id=actor_id)
        project.delete()


def add_member(project: Project, *, email: str, role: Role) -> ProjectMember:
    """Return the new member.

    Raises UserNotInTenant also for one who was deactivated, MemberExists, InsufficientRole where only an owner
    may, ProjectNotFound for a project that was deleted meanwhile.
    """
    _only_owners_touch_owners(project, role)
    people = TenantMember.objects.filter(tenant_id=current_tenant().pk, user__is_active=True)
    person = people.filter(user__email__iexact=email).first()
    if person is None:
        raise UserNotInTenant
    try:
        with transaction.atomic():
            return ProjectMember.objects.create(project=project, user_id=person.user_id, role=role)
    except IntegrityError as error:
        raise (MemberExists if "project_members_once" in str(error) else ProjectNotFound) from error


def change_member(project: Project, user_id: str, *, role: Role) -> ProjectMember:
    """Return the member with the new role. Raises MemberNotFound, InsufficientRole, LastOwner."""
    with transaction.atomic():
        member = _member(project, user_id, stays_owner=role == Role.OWNER)
        _only_owners_touch_owners(project, role)
        member.role = role
        member.save(update_fields=["role"])
    return member


def remove_member(project: Project, user_id: str) -> None:
    """Take a person out of the project. Raises MemberNotFound, InsufficientRole, LastOwner."""
    with transaction.atomic():
        _member(project, user_id).delete()


def _member(project: Project, user_id: str, *, stays_owner: bool = False) -> ProjectMember:
    """Return a member to be changed, held; an owner who stays none must not be the last one."""
    try:
        key = uuid.UUID(user_id)
    except ValueError as error:
        raise MemberNotFound from error
    # The owners are held too, in one order for all: of two who take each other's role away, one is refused.
    members = ProjectMember.objects.select_for_update(of=("self",)).select_related("user").order_by("pk")
    held = {each.user_id: each for each in members.filter(Q(user_id=key) | Q(role=Role.OWNER), project=project)}
    member = held.pop(key, None)
    if member is None:
        raise MemberNotFound
    _only_owners_touch_owners(project, Role(member.role))
    if member.role == Role.OWNER and not stays_owner and not any(owner.user.is_active for owner in held.values()):
        raise LastOwner
    return member


def _only_owners_touch_owners(project: Project, role: Role) -> None:
    if role == Role.OWNER and project.role != Role.OWNER:
        raise InsufficientRole(role=project.role.value, required=[Role.OWNER.value])
