"""The connection of a project, over HTTP."""

from typing import ClassVar

from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import ViewSet

from github_connections import services
from github_connections.serializers import ConnectionSerializer, ConnectSerializer
from qualisys.projects.access import MayActInProject
from qualisys.projects.models import Project
from qualisys.projects.roles import Action
from qualisys.tenancy.authentication import user_id_of
from qualisys.throttling import TokenAttempts


class GithubConnectionViewSet(ViewSet):
    """Connect, look, disconnect."""

    permission_classes = (IsAuthenticated, MayActInProject)
    actions: ClassVar[dict[str, Action]] = {
        "connect": Action.CONNECT_GITHUB,
        "retrieve": Action.VIEW_GITHUB,
        "disconnect": Action.DISCONNECT_GITHUB,
    }
    project: Project

    def get_throttles(self) -> list[BaseThrottle]:
        """Count the tokens that are put before GitHub beside the requests."""
        tokens = [TokenAttempts()] if self.action == "connect" else []
        return [*super().get_throttles(), *tokens]

    def connect(self, request: Request, **_path: str) -> Response:
        form = ConnectSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        connection = services.connect(self.project.pk, actor_id=user_id_of(request), **form.validated_data)
        return Response(ConnectionSerializer(connection).data, status=status.HTTP_201_CREATED)

    def retrieve(self, _request: Request, **_path: str) -> Response:
        return Response(ConnectionSerializer(services.connection_of(self.project.pk)).data)

    def disconnect(self, request: Request, **_path: str) -> Response:
        services.disconnect(self.project.pk, actor_id=user_id_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
