"""Projects and their members over HTTP."""

from typing import ClassVar

from django.db.models import QuerySet
from rest_framework import mixins, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from qualisys.filtering import Ordering, Search, long_search, unknown_order
from qualisys.idempotency.idempotent import idempotent
from qualisys.openapi import Answer, Body, operation
from qualisys.projects import services
from qualisys.projects.access import InsufficientRole, MayActInProject, NotAMember, tenant_role_of
from qualisys.projects.examples import MEMBER, NEW_MEMBER, NEW_PROJECT, PROJECT
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Action, Role
from qualisys.projects.serializers import (
    ChangedMemberSerializer,
    ChangedProjectSerializer,
    MemberSerializer,
    NewMemberSerializer,
    ProjectSerializer,
)
from qualisys.tenancy.authentication import user_id_of


class ProjectListViewSet(mixins.ListModelMixin, GenericViewSet[Project]):
    """The projects that a person may know of, and new ones."""

    tag = "Projects"
    serializer_class = ProjectSerializer
    filter_backends = (Search, Ordering)
    search_fields = ("name", "description")
    ordering_fields = ("name", "created_at", "updated_at")

    def get_queryset(self) -> QuerySet[Project]:
        user_id = user_id_of(self.request)
        tenant_role_of(user_id)
        return Project.objects.seen_by(user_id)

    @operation(
        "list_projects",
        Answer(200, "One page of projects, by name where nothing else is asked for.", ProjectSerializer, PROJECT),
        errors=(unknown_order(ordering_fields), long_search(), NotAMember),
    )
    def list(self, request: Request) -> Response:
        """List the projects that you may see.

        A tenant's owner and admin see every project of the tenant, other people those they were added to. `role` is
        your own in that project. `search` keeps those with each of its words in their name or description.
        """
        return super().list(request)

    @idempotent
    @operation(
        "create_project",
        Answer(
            201,
            "The new project; you are its owner.",
            ProjectSerializer,
            PROJECT,
            headers={"Location": "The address of the project."},
        ),
        body=Body(ProjectSerializer, NEW_PROJECT),
        errors=(NotAMember, InsufficientRole(role="member", required=["owner", "admin"])),
    )
    def create(self, request: Request) -> Response:
        """Make a project.

        The tenant's owner and admin may.
        """
        form = ProjectSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user_id = user_id_of(request)
        project = services.create_project(actor_id=user_id, **form.validated_data)
        seen = Project.objects.seen_by(user_id).get(pk=project.pk)
        address = reverse("project", kwargs={"project_id": project.pk}, request=request)
        return Response(ProjectSerializer(seen).data, status=status.HTTP_201_CREATED, headers={"Location": address})


class ProjectViewSet(GenericViewSet[Project]):
    """One project."""

    tag = "Projects"
    permission_classes = (IsAuthenticated, MayActInProject)
    serializer_class = ProjectSerializer
    actions: ClassVar[dict[str, Action]] = {
        "retrieve": Action.VIEW_PROJECT,
        "partial_update": Action.CHANGE_PROJECT,
        "destroy": Action.DELETE_PROJECT,
    }
    project: Project

    @operation("get_project", Answer(200, "The project.", ProjectSerializer, PROJECT))
    def retrieve(self, _request: Request, **_path: str) -> Response:
        """Look at a project."""
        return Response(ProjectSerializer(self.project).data)

    @operation(
        "change_project",
        Answer(200, "The project as it is now.", ProjectSerializer, PROJECT),
        body=Body(ChangedProjectSerializer, {"name": "Shop"}),
    )
    def partial_update(self, request: Request, **_path: str) -> Response:
        """Change a project's name or description.

        What is left out stays as it is.
        """
        form = ChangedProjectSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        services.change_project(self.project, **form.validated_data)
        return Response(ProjectSerializer(self.project).data)

    @operation(
        "delete_project",
        Answer(204, "The project is gone, with its members, its connection and its clone."),
        errors=services.REASONS_TO_STAY,
    )
    def destroy(self, request: Request, **_path: str) -> Response:
        """Delete a project.

        Its connection, the stored token and the clone go with it.
        """
        services.delete_project(self.project, actor_id=user_id_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MemberViewSet(mixins.ListModelMixin, GenericViewSet[ProjectMember]):
    """Who belongs to a project."""

    tag = "Members"
    permission_classes = (IsAuthenticated, MayActInProject)
    serializer_class = MemberSerializer
    filter_backends = (Search, Ordering)
    search_fields = ("user__email", "user__name")
    ordering_fields = ("created_at", "role")
    actions: ClassVar[dict[str, Action]] = {
        "list": Action.VIEW_MEMBERS,
        "create": Action.MANAGE_MEMBERS,
        "partial_update": Action.MANAGE_MEMBERS,
        "destroy": Action.MANAGE_MEMBERS,
    }
    project: Project

    def get_queryset(self) -> QuerySet[ProjectMember]:
        return ProjectMember.objects.filter(project=self.project).select_related("user")

    @operation(
        "list_members",
        Answer(
            200,
            "One page of members, in the order in which they joined where nothing else is asked for.",
            MemberSerializer,
            MEMBER,
        ),
        errors=(unknown_order(ordering_fields), long_search()),
    )
    def list(self, request: Request, **_path: str) -> Response:
        """List the members of a project.

        `search` keeps those with each of its words in their e-mail address or name.
        """
        return super().list(request)

    @idempotent
    @operation(
        "add_member",
        Answer(201, "The new member.", MemberSerializer, MEMBER),
        body=Body(NewMemberSerializer, NEW_MEMBER),
        errors=(services.UserNotInTenant, services.MemberExists),
    )
    def create(self, request: Request, **_path: str) -> Response:
        """Add a person of the tenant to a project.

        The person belongs to the tenant already; an operator sees to that. Only owners make owners.
        """
        form = NewMemberSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        email, role = form.validated_data["email"], Role(form.validated_data["role"])
        member = services.add_member(self.project, email=email, role=role)
        return Response(MemberSerializer(member).data, status=status.HTTP_201_CREATED)

    @operation(
        "change_member",
        Answer(200, "The member with the new role.", MemberSerializer, MEMBER),
        body=Body(ChangedMemberSerializer, {"role": "qa-automation"}),
        errors=(services.MemberNotFound, services.LastOwner),
    )
    def partial_update(self, request: Request, *, user_id: str, **_path: str) -> Response:
        """Give a member another role.

        Only owners make owners or take that role away, and the last owner stays one.
        """
        form = ChangedMemberSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        member = services.change_member(self.project, user_id, role=Role(form.validated_data["role"]))
        return Response(MemberSerializer(member).data)

    @operation(
        "remove_member",
        Answer(204, "The person does not belong to the project any more."),
        errors=(services.MemberNotFound, services.LastOwner),
    )
    def destroy(self, _request: Request, *, user_id: str, **_path: str) -> Response:
        """Take a person out of a project.

        Only owners remove owners, and the last owner stays.
        """
        services.remove_member(self.project, user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
