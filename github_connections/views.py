"""The connection of a project, over HTTP."""

from typing import ClassVar

from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import Serializer
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import ViewSet

from github_connections import examples, refreshing, services
from github_connections.errors import (
    CloneNotRemoved,
    ConnectionBusy,
    ConnectionChanged,
    ConnectionExists,
    ConnectionNotFound,
    RepositoryRecreated,
    TokenUnreadable,
)
from github_connections.serializers import (
    ChangeSerializer,
    ConnectionAnswer,
    ConnectionSerializer,
    ConnectSerializer,
)
from qualisys.idempotency.idempotent import idempotent
from qualisys.openapi import Answer, Body, operation
from qualisys.projects.access import MayActInProject
from qualisys.projects.models import Project
from qualisys.projects.roles import Action
from qualisys.tenancy.authentication import user_id_of
from qualisys.throttling import TokenAttempts

# What asking GitHub again about a connection may end in.
_NOT_PROVED_AGAIN = (
    *examples.NOT_PROVED,
    ConnectionNotFound,
    ConnectionBusy,
    ConnectionChanged,
    RepositoryRecreated("acme/shop"),
    TokenUnreadable,
)


class GithubConnectionViewSet(ViewSet):
    """Connect, look, change, refresh, disconnect."""

    tag = "GitHub connection"
    permission_classes = (IsAuthenticated, MayActInProject)
    actions: ClassVar[dict[str, Action]] = {
        "connect": Action.CONNECT_GITHUB,
        "retrieve": Action.VIEW_GITHUB,
        "partial_update": Action.CONNECT_GITHUB,
        "refresh": Action.CONNECT_GITHUB,
        "disconnect": Action.DISCONNECT_GITHUB,
    }
    project: Project

    def get_throttles(self) -> list[BaseThrottle]:
        """Count the tokens that are put before GitHub beside the requests."""
        tokens = [TokenAttempts()] if self.action in {"connect", "partial_update", "refresh"} else []
        return [*super().get_throttles(), *tokens]

    @idempotent
    @operation(
        "connect_repository",
        Answer(
            201,
            "The connection. Its clone begins in the background.",
            ConnectionAnswer,
            examples.PENDING,
            headers={"Location": "The address of the connection."},
        ),
        body=Body(ConnectSerializer, examples.CONNECT),
        errors=(examples.INVALID_URL, *examples.NOT_PROVED, ConnectionExists, CloneNotRemoved),
    )
    def connect(self, request: Request, **_path: str) -> Response:
        """Connect a GitHub repository to a project.

        Within ten seconds GitHub is asked whether the token can see the repository and read the branch. Clone and
        analysis run in the background: follow the connection, or look at it, until its `status` is `analyzed` or
        `failed`. A `failed` or `expired` connection is replaced. The token is stored encrypted and never answered
        again.
        """
        form = ConnectSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        connection = services.connect(self.project.pk, actor_id=user_id_of(request), **form.validated_data)
        answer = ConnectionSerializer(connection).data
        return Response(answer, status=status.HTTP_201_CREATED, headers=self._location(request))

    @operation(
        "get_connection",
        Answer(200, "The connection.", ConnectionAnswer, examples.ANALYZED),
        errors=(ConnectionNotFound,),
    )
    def retrieve(self, _request: Request, **_path: str) -> Response:
        """Look at the connection of a project.

        While it is cloned and analysed, ask once a second for the first ten seconds, then every five, until `status`
        is `analyzed` or `failed`. The counts and `analysis_summary` are filled in with `analyzed`; until then they are
        those of the analysis before, if there was one.
        """
        return Response(ConnectionSerializer(services.connection_of(self.project.pk)).data)

    @operation(
        "change_connection",
        Answer(200, "The connection as it is now.", ConnectionAnswer, examples.ANALYZED),
        body=Body(ChangeSerializer, examples.CHANGE),
        errors=_NOT_PROVED_AGAIN,
    )
    def partial_update(self, request: Request, **_path: str) -> Response:
        """Replace the token, or choose another branch.

        A new token is proved before it takes the place of the stored one, also while a clone is running; nothing is
        cloned for it. Another branch is cloned afresh with the token that is stored, or with the new one: `status` is
        then `pending`, and the present clone serves until the new one takes its place.
        """
        form = ChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        connection = services.connection_of(self.project.pk)
        changed = refreshing.change(connection, actor_id=user_id_of(request), **form.validated_data)
        return Response(ConnectionSerializer(changed).data)

    @idempotent
    @operation(
        "refresh_connection",
        Answer(
            202,
            "The connection. Where its branch has moved on, its `status` is `pending`: follow it as after connecting.",
            ConnectionAnswer,
            {**examples.ANALYZED, "status": "pending"},
            headers={"Location": "The address of the connection."},
        ),
        errors=_NOT_PROVED_AGAIN,
    )
    def refresh(self, request: Request, **_path: str) -> Response:
        """Fetch the source again.

        GitHub is asked as when connecting. Where the branch has moved on, or the connection is `failed` or `expired`,
        a fresh clone begins in the background, and the present one serves until it is there. Where nothing has changed,
        the clone is kept, and only its `expires_at` moves.
        """
        # There is nothing to say in a body, and one that cannot be read is refused as anywhere else.
        Serializer(data=request.data).is_valid(raise_exception=True)
        connection = services.connection_of(self.project.pk)
        refreshed = refreshing.refresh(connection, actor_id=user_id_of(request))
        answer = ConnectionSerializer(refreshed).data
        return Response(answer, status=status.HTTP_202_ACCEPTED, headers=self._location(request))

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

    def _location(self, request: Request) -> dict[str, str]:
        return {"Location": reverse("github-connection", kwargs={"project_id": self.project.pk}, request=request)}
