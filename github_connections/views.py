"""The connection of a project, over HTTP."""

from typing import ClassVar

from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import ViewSet

from github_connections import examples, services
from github_connections.errors import (
    CloneNotRemoved,
    ConnectionExists,
    ConnectionNotFound,
    GitHubBusy,
    RepositoryDisabled,
    RepositoryEmpty,
)
from github_connections.serializers import ConnectionAnswer, ConnectionSerializer, ConnectSerializer
from qualisys.openapi import Answer, Body, operation
from qualisys.projects.access import MayActInProject
from qualisys.projects.models import Project
from qualisys.projects.roles import Action
from qualisys.tenancy.authentication import user_id_of
from qualisys.throttling import TokenAttempts


class GithubConnectionViewSet(ViewSet):
    """Connect, look, disconnect."""

    tag = "GitHub connection"
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

    @operation(
        "connect_repository",
        Answer(201, "The connection. Its clone begins in the background.", ConnectionAnswer, examples.PENDING),
        body=Body(ConnectSerializer, examples.CONNECT),
        errors=(
            examples.INVALID_URL,
            *examples.REFUSED_TOKENS,
            examples.NO_BRANCH,
            RepositoryEmpty,
            RepositoryDisabled,
            examples.TOO_LARGE,
            ConnectionExists,
            GitHubBusy(details={"retry_after": 10}),
            CloneNotRemoved,
        ),
    )
    def connect(self, request: Request, **_path: str) -> Response:
        """Connect a GitHub repository to a project.

        Within ten seconds GitHub is asked whether the token can see the repository and read the branch. The clone then
        runs in the background: look at the connection until its `status` is at rest. A `failed` or `expired`
        connection is replaced. The token is stored encrypted and never answered again.
        """
        form = ConnectSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        connection = services.connect(self.project.pk, actor_id=user_id_of(request), **form.validated_data)
        return Response(ConnectionSerializer(connection).data, status=status.HTTP_201_CREATED)

    @operation(
        "get_connection",
        Answer(200, "The connection.", ConnectionAnswer, examples.CLONED),
        errors=(ConnectionNotFound,),
    )
    def retrieve(self, _request: Request, **_path: str) -> Response:
        """Look at the connection of a project.

        Ask once a second for the first ten seconds, then every five, until `status` is `cloned`, `analyzed`, `failed`
        or `expired`.
        """
        return Response(ConnectionSerializer(services.connection_of(self.project.pk)).data)

    @operation(
        "disconnect_repository",
        Answer(204, "The stored token, the connection and the clone are gone."),
        errors=(ConnectionNotFound, CloneNotRemoved),
    )
    def disconnect(self, request: Request, **_path: str) -> Response:
        """Disconnect the repository.

        A clone that is running is stopped within a second or two.
        """
        services.disconnect(self.project.pk, actor_id=user_id_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
