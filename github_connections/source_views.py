"""The source of a project's repository over HTTP: its directories by the page, its files whole or in part."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from github_connections import examples
from github_connections.checkout import Checkout, Entries, NothingThere
from github_connections.errors import (
    CloneExpired,
    CloneMissing,
    ConnectionNotFound,
    FileTooLarge,
    NoSuchPart,
    NotClonedYet,
    PathNotFound,
    SourceUnreadable,
)
from github_connections.file_answers import BINARY, etag_of, file_answer
from github_connections.reading import read_source
from github_connections.source_serializers import EntrySerializer, TreePageAnswer, TreePageQuery, TreeQuery
from github_connections.states import Status
from qualisys.openapi import Answer, operation
from qualisys.pagination import Pagination
from qualisys.projects.access import MayActInProject
from qualisys.projects.models import Project
from qualisys.projects.roles import Action

Given = TypeVar("Given", bound=HttpResponse | Response)

_HEADERS = {
    "ETag": "Stands for these contents: send it as `If-None-Match` or `If-Range`.",
    "Commit-Sha": "What the clone was checked out from.",
    "Content-Disposition": "The file's name.",
}
_HEADERS_OF_A_PART = {**_HEADERS, "Content-Range": "Which bytes of how many, as in `bytes 0-65535/31457280`."}
_UNREADABLE = (
    ConnectionNotFound,
    PathNotFound,
    PathNotFound("link"),
    NotClonedYet(Status.CLONING, ""),
    CloneExpired,
    CloneMissing,
    SourceUnreadable,
)


class TreePagination(Pagination):
    """A page of entries beside what they were read from."""

    def page(self, commit: str, path: str, entries: Entries, request: Request) -> Response:
        shown: Any = self.paginate_queryset(entries, request)  # type: ignore[arg-type]  # it counts and slices
        answer = self.get_paginated_response(EntrySerializer(shown, many=True).data)
        answer.data = {"commit_sha": commit, "path": path, **answer.data}
        return answer


class TreeViewSet(ViewSet):
    """What lies in the clone."""

    tag = "Source"
    permission_classes = (IsAuthenticated, MayActInProject)
    actions: ClassVar[dict[str, Action]] = {"retrieve": Action.READ_SOURCE}
    project: Project

    @operation(
        "list_source",
        Answer(
            200,
            "One page of what lies in the directory, each directory followed by what is in it.",
            TreePageAnswer,
            examples.TREE,
        ),
        query=TreePageQuery,
        errors=_UNREADABLE,
    )
    def retrieve(self, request: Request, **_path: str) -> Response | HttpResponse:
        """List a directory of the source.

        What git keeps for itself, `.git`, is left out. A repository's links are cloned as files that hold the name of
        their target; a link that came there in another way is listed as one, and never followed. A name that is not
        UTF-8 is shown with `�` in it and cannot be asked for.
        """
        query = TreeQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        path = query.validated_data.get("path", "").removesuffix("/")
        depth = query.validated_data.get("depth", 1)

        def look(checkout: Checkout) -> Response | HttpResponse:
            etag = etag_of(*checkout.identity, request.get_full_path())
            answer: Response | HttpResponse | None = get_conditional_response(request, etag)
            if answer is None:
                answer = TreePagination().page(checkout.commit(), path, checkout.entries(path, depth), request)
            answer["ETag"] = etag
            return answer

        return _read(self.project, look)


class AnyForm(BaseContentNegotiation):
    """A file comes as it is, whatever `Accept` says; errors are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class FileViewSet(ViewSet):
    """A file of the clone."""

    tag = "Source"
    permission_classes = (IsAuthenticated, MayActInProject)
    content_negotiation_class = AnyForm
    actions: ClassVar[dict[str, Action]] = {"retrieve": Action.READ_SOURCE}
    project: Project

    @operation(
        "read_file",
        Answer(200, "The file.", OpenApiTypes.STR, examples.SOURCE, media_type="text/plain", headers=_HEADERS),
        Answer(200, "The file.", OpenApiTypes.BINARY, media_type=BINARY, headers=_HEADERS),
        Answer(
            206, "The part that was asked for.", OpenApiTypes.STR, media_type="text/plain", headers=_HEADERS_OF_A_PART
        ),
        Answer(206, "The part that was asked for.", OpenApiTypes.BINARY, media_type=BINARY, headers=_HEADERS_OF_A_PART),
        headers={
            "Range": "A part alone, as in `bytes=0-65535` or `bytes=-1000`.",
            "If-Range": "An `ETag`: the part, if the file is that one still; the whole otherwise.",
        },
        errors=(*_UNREADABLE, FileTooLarge(31_457_280, 2_097_152), NoSuchPart(18)),
    )
    def retrieve(self, request: Request, *, path: str, **_path: str) -> HttpResponse:
        """Read a file of the source.

        It comes as text where it begins as UTF-8 does, and otherwise as bytes to be saved; never as a page that a
        browser would run. A file that is larger than one answer may carry is read in parts: send `Range`. Links are
        not followed, and `.git` is not there.
        """

        path = path.removesuffix("/")

        def look(checkout: Checkout) -> HttpResponse:
            with checkout.file(path) as file:
                answer = file_answer(request, file, name=path.rpartition("/")[2])
            answer["Commit-Sha"] = checkout.commit()
            return answer

        return _read(self.project, look)


def _read(project: Project, look: Callable[[Checkout], Given]) -> Given:
    try:
        return read_source(project.pk, look)
    except NothingThere as error:
        raise PathNotFound(error.found) from error
