"""What the analysis of a project's repository found, over HTTP: rows, a text for an agent, an OpenAPI document."""

from collections.abc import Iterable
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from github_connections import analysis_examples as examples
from github_connections import findings, services
from github_connections.analysis.digest import digest
from github_connections.analysis.openapi import openapi
from github_connections.analysis_serializers import (
    DEFAULT_BUDGET,
    DIGEST,
    OPENAPI,
    PAGE,
    AnalysisPageAnswer,
    AnalysisPageQuery,
    AnalysisQuery,
    chosen,
)
from github_connections.errors import ConnectionNotFound, NotAnalyzedYet
from github_connections.models import GithubConnection
from github_connections.states import Status
from qualisys.openapi import Answer, operation
from qualisys.pagination import Pagination
from qualisys.projects.access import MayActInProject
from qualisys.projects.models import Project
from qualisys.projects.roles import Action


class DigestRenderer(BaseRenderer):
    """Text for the prompt of an agent."""

    media_type = "text/plain"
    format = DIGEST
    charset = "utf-8"

    def render(self, data: Any, _media_type: str | None = None, _context: Any = None) -> bytes:
        return str(data).encode()


class OpenApiRenderer(JSONRenderer):
    """An OpenAPI document."""

    media_type = "application/vnd.oai.openapi+json"
    format = OPENAPI


class FormatDecides(DefaultContentNegotiation):
    """`?format=` decides, whatever `Accept` says: many clients say that they accept JSON and mean nothing by it."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        wanted = request.query_params.get("format")
        if not wanted:
            usual: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
            return usual
        # One that is not known is answered in the first form, and refused there with the name of the field.
        offered = {str(renderer.format): renderer for renderer in renderers}
        named = offered.get(wanted, offered[PAGE])
        return named, str(named.media_type)


class AnalysisPagination(Pagination):
    """A page of rows beside the commit that they were read from."""

    def page(self, connection: GithubConnection, asked: dict[str, Any], request: Request) -> Response:
        rows = self.paginate_queryset(chosen(findings.rows_of(connection), asked), request) or []
        answer = self.get_paginated_response([row.data for row in rows])
        answer.data = {"commit_sha": findings.commit_of(connection), **answer.data}
        return answer


class AnalysisViewSet(ViewSet):
    """What the last analysis found."""

    tag = "GitHub connection"
    permission_classes = (IsAuthenticated, MayActInProject)
    renderer_classes = (JSONRenderer, DigestRenderer, OpenApiRenderer)
    content_negotiation_class = FormatDecides
    actions: ClassVar[dict[str, Action]] = {"retrieve": Action.VIEW_GITHUB}
    project: Project

    @operation(
        "get_analysis",
        Answer(200, "One page of rows, or the whole in the form asked for.", AnalysisPageAnswer, examples.PAGE),
        Answer(200, "", OpenApiTypes.STR, examples.DIGEST, media_type=DigestRenderer.media_type),
        Answer(200, "", OpenApiTypes.OBJECT, examples.OPENAPI, media_type=OpenApiRenderer.media_type),
        query=AnalysisPageQuery,
        errors=(ConnectionNotFound, NotAnalyzedYet(Status.CLONING, "")),
    )
    def retrieve(self, request: Request, **_path: str) -> Response:
        """Read what the analysis of the source found.

        `format` chooses: `json`, rows of one `kind` by the page; `digest`, a text for the prompt of an agent, no longer
        than `budget` tokens; `openapi`, an OpenAPI document of the endpoints that were found.
        """
        form = request.accepted_renderer.format
        query = AnalysisQuery(data=request.query_params, context={"form": form})
        query.is_valid(raise_exception=True)
        connection = services.analysed_connection_of(self.project.pk)
        if form == DIGEST:
            budget = query.validated_data.get("budget", DEFAULT_BUDGET)
            return Response(digest(findings.report_of(connection), tokens=budget))
        if form == OPENAPI:
            return Response(openapi(findings.report_of(connection), title=connection.full_name))
        return AnalysisPagination().page(connection, query.validated_data, request)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Errors are JSON, whatever was asked for."""
        if response.exception:
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)
