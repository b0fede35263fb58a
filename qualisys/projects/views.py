"""Projects and their members over HTTP."""

from typing import ClassVar

from django.db.models import QuerySet
from rest_framework import mixins, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from qualisys.projects import services
from qualisys.projects.access import MayActInProject, tenant_role_of
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Action, Role
from qualisys.projects.serializers import (
    ChangedMemberSerializer,
    MemberSerializer,
    NewMemberSerializer,
    ProjectSerializer,
)
from qualisys.tenancy.authentication import user_id_of


class ProjectListViewSet(mixins.ListModelMixin, GenericViewSet[Project]):
    """The projects that a person may know of, and new ones."""

    serializer_class = ProjectSerializer

    def get_queryset(self) -> QuerySet[Project]:
        user_id = user_id_of(self.request)
        tenant_role_of(user_id)
        return Project.objects.seen_by(user_id)

    def create(self, request: Request) -> Response:
        form = ProjectSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user_id = user_id_of(request)
        project = services.create_project(actor_id=user_id, **form.validated_data)
        seen = Project.objects.seen_by(user_id).get(pk=project.pk)
        return Response(ProjectSerializer(seen).data, status=status.HTTP_201_CREATED)


class ProjectViewSet(GenericViewSet[Project]):
    """One project."""

    permission_classes = (IsAuthenticated, MayActInProject)
    serializer_class = ProjectSerializer
    actions: ClassVar[dict[str, Action]] = {
        "retrieve": Action.VIEW_PROJECT,
        "partial_update": Action.CHANGE_PROJECT,
        "destroy": Action.DELETE_PROJECT,
    }
    project: Project

    def retrieve(self, _request: Request, **_path: str) -> Response:
        return Response(ProjectSerializer(self.project).data)

    def partial_update(self, request: Request, **_path: str) -> Response:
        form = ProjectSerializer(self.project, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        form.save()
        return Response(form.data)

    def destroy(self, request: Request, **_path: str) -> Response:
        services.delete_project(self.project, actor_id=user_id_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MemberViewSet(mixins.ListModelMixin, GenericViewSet[ProjectMember]):
    """Who belongs to a project."""

    permission_classes = (IsAuthenticated, MayActInProject)
    serializer_class = MemberSerializer
    actions: ClassVar[dict[str, Action]] = {
        "list": Action.VIEW_MEMBERS,
        "create": Action.MANAGE_MEMBERS,
        "partial_update": Action.MANAGE_MEMBERS,
        "destroy": Action.MANAGE_MEMBERS,
    }
    project: Project

    def get_queryset(self) -> QuerySet[ProjectMember]:
        return ProjectMember.objects.filter(project=self.project).select_related("user")

    def create(self, request: Request, **_path: str) -> Response:
        form = NewMemberSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        email, role = form.validated_data["email"], Role(form.validated_data["role"])
        member = services.add_member(self.project, email=email, role=role)
        return Response(MemberSerializer(member).data, status=status.HTTP_201_CREATED)

    def partial_update(self, request: Request, *, user_id: str, **_path: str) -> Response:
        form = ChangedMemberSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        member = services.change_member(self.project, user_id, role=Role(form.validated_data["role"]))
        return Response(MemberSerializer(member).data)

    def destroy(self, _request: Request, *, user_id: str, **_path: str) -> Response:
        services.remove_member(self.project, user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
