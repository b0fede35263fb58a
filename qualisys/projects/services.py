"""What a person asks for: projects, and who belongs to them."""

import uuid

from django.db import IntegrityError, transaction
from django.dispatch import Signal

from qualisys.errors import Conflict, Invalid, NotFound
from qualisys.projects.access import InsufficientRole, tenant_role_of
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.models import TenantMember, TenantRole

# Sent with `project` and `actor_id` before a project is deleted.
project_leaving = Signal()

MAY_CREATE_PROJECTS = (TenantRole.OWNER, TenantRole.ADMIN)


class UserNotInTenant(Invalid):
    code = "USER_NOT_IN_TENANT"
    message = "Nobody with this e-mail address belongs to the tenant. Ask an operator to add the person first."


class MemberExists(Conflict):
    code = "MEMBER_EXISTS"
    message = "This person belongs to the project already. Change the role with PATCH."


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


def delete_project(project: Project, *, actor_id: uuid.UUID) -> None:
    """Delete the project; features that keep something for it take their leave in the same transaction."""
    with transaction.atomic():
        project_leaving.send(Project, project=project, actor_id=actor_id)
        project.delete()


def add_member(project: Project, *, email: str, role: Role) -> ProjectMember:
    """Return the new member. Raises UserNotInTenant, MemberExists, InsufficientRole where only an owner may."""
    _only_owners_touch_owners(project, role)
    person = TenantMember.objects.filter(tenant_id=current_tenant().pk, user__email__iexact=email).first()
    if person is None:
        raise UserNotInTenant
    try:
        with transaction.atomic():
            return ProjectMember.objects.create(project=project, user_id=person.user_id, role=role)
    except IntegrityError as error:
        raise MemberExists from error


def change_member(project: Project, user_id: str, *, role: Role) -> ProjectMember:
    """Return the member with the new role. Raises MemberNotFound, InsufficientRole."""
    with transaction.atomic():
        member = _member(project, user_id)
        _only_owners_touch_owners(project, role)
        member.role = role
        member.save(update_fields=["role"])
    return member


def remove_member(project: Project, user_id: str) -> None:
    """Take a person out of the project. Raises MemberNotFound, InsufficientRole."""
    with transaction.atomic():
        _member(project, user_id).delete()


def _member(project: Project, user_id: str) -> ProjectMember:
    try:
        key = uuid.UUID(user_id)
    except ValueError as error:
        raise MemberNotFound from error
    members = ProjectMember.objects.select_for_update(of=("self",)).select_related("user")
    member = members.filter(project=project, user_id=key).first()
    if member is None:
        raise MemberNotFound
    _only_owners_touch_owners(project, Role(member.role))
    return member


def _only_owners_touch_owners(project: Project, role: Role) -> None:
    if role == Role.OWNER and project.role != Role.OWNER:
        raise InsufficientRole(role=project.role.value, required=[Role.OWNER.value])
