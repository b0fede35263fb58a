"""Letting a person at a project, or telling her why not."""

import uuid
from collections.abc import Iterator
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from qualisys.errors import DomainError, Forbidden, NotFound
from qualisys.projects.models import Project
from qualisys.projects.roles import Action, Role, roles_that_may
from qualisys.tenancy.authentication import user_id_of
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.models import TenantMember, TenantRole


class ProjectNotFound(NotFound):
    code = "PROJECT_NOT_FOUND"
    message = "There is no such project, or you do not belong to it."


class InsufficientRole(Forbidden):
    """The person is known here, and her role does not reach."""

    code = "INSUFFICIENT_ROLE"

    def __init__(self, *, role: str, required: list[str]) -> None:
        super().__init__(
            f"Your role here is {role}; this takes one of: {', '.join(required)}.",
            details={"role": role, "required_roles": required},
        )


class NotAMember(Forbidden):
    code = "NOT_A_MEMBER"
    message = "You do not belong to this tenant any more. Ask one of its owners."


def project_for(user_id: Any, project_id: str, action: Action) -> Project:
    """Return the project if this person may do this in it, at the cost of one statement.

    ProjectNotFound where she may not even know of it, InsufficientRole where her role does not reach.
    """
    try:
        key = uuid.UUID(project_id)
    except ValueError as error:
        raise ProjectNotFound from error
    project = Project.objects.seen_by(user_id).filter(pk=key).first()
    if project is None:
        raise ProjectNotFound
    if not project.may(action):
        raise InsufficientRole(role=project.role.value, required=roles_that_may(action))
    return project


def tenant_role_of(user_id: Any) -> TenantRole:
    """Return this person's role in the tenant; NotAMember where she has none any more."""
    member = TenantMember.objects.filter(tenant_id=current_tenant().pk, user_id=user_id, user__is_active=True)
    role = member.values_list("role", flat=True).first()
    if role is None:
        raise NotAMember
    return TenantRole(role)


class MayActInProject(BasePermission):
    """Loads the view's project for the one who asks; the view says in `actions` what each call takes."""

    def errors(self, view: APIView) -> Iterator[DomainError]:
        """Give what may be answered in place of letting the person in."""
        yield ProjectNotFound()
        may = roles_that_may(_action_of(view))
        if shut_out := [role.value for role in Role if role.value not in may]:
            yield InsufficientRole(role=shut_out[-1], required=may)

    def has_permission(self, request: Request, view: APIView) -> bool:
        name = getattr(view, "action", None)
        # A method that the address does not have, or OPTIONS ("metadata"): both are answered after this.
        if name not in {None, "metadata"}:
            project = project_for(user_id_of(request), view.kwargs["project_id"], _action_of(view))
            view.project = project  # type: ignore[attr-defined]
        return True


def _action_of(view: APIView) -> Action:
    actions: dict[str, Action] = view.actions  # type: ignore[attr-defined]
    return actions[view.action]  # type: ignore[attr-defined]
