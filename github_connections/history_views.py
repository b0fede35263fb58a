"""What happened to the connections of a project, over HTTP."""

from typing import ClassVar

from auditlog.models import LogEntry
from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from github_connections import examples
from github_connections.history import history_of_project
from github_connections.history_serializers import HistoryAnswer, HistoryQuery, HistorySerializer
from qualisys.openapi import Answer, operation
from qualisys.projects.access import MayActInProject
from qualisys.projects.models import Project
from qualisys.projects.roles import Action


class HistoryViewSet(mixins.ListModelMixin, GenericViewSet[LogEntry]):
    """Who did what when, also with a connection that is gone."""

    tag = "GitHub connection"
    permission_classes = (IsAuthenticated, MayActInProject)
    serializer_class = HistorySerializer
    actions: ClassVar[dict[str, Action]] = {"list": Action.VIEW_GITHUB}
    project: Project

    def get_queryset(self) -> QuerySet[LogEntry]:
        query = HistoryQuery(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return history_of_project(self.project.pk, query.validated_data.get("event"))

    @operation(
        "list_history",
        Answer(200, "One page of what happened, the newest first.", HistoryAnswer, examples.HISTORY),
        query=HistoryQuery,
    )
    def list(self, request: Request, **_path: str) -> Response:
        """Read who did what when.

        All connections that the project had are told of, also after they were disconnected: who connected, refreshed,
        replaced the token or the branch, and disconnected, with a receipt of what was removed; and what the service
        did by itself.
        """
        return super().list(request)
