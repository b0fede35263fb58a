"""Following a connection over HTTP: who may, and how the stream begins."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection as database
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from github_connections import event_stream, examples, services
from github_connections.errors import ConnectionNotFound
from github_connections.following import Followed, snapshot_of
from qualisys.api_tokens.models import ApiToken
from qualisys.openapi import Answer, operation
from qualisys.projects.access import MayActInProject
from qualisys.projects.models import Project
from qualisys.projects.roles import Action
from qualisys.tenancy.authentication import user_id_of
from qualisys.tenancy.context import current_tenant


class StreamBegun(HttpResponse):
    """The beginning of a stream. The server of events goes on from here; the web server ends it, and is asked again."""

    def __init__(self, followed: Followed, content: str) -> None:
        super().__init__(content, content_type=event_stream.MEDIA_TYPE)
        # Neither kept by a proxy nor held back by one.
        self["Cache-Control"] = "no-store"
        self["X-Accel-Buffering"] = "no"
        self.followed = followed


class EventAnswer(serializers.Serializer[None]):
    """One event, as a reader of server-sent events takes it from the stream."""

    id = serializers.CharField(required=False, help_text="To be sent as `Last-Event-ID` when asking again.")
    event = serializers.ChoiceField(["progress", "end"], help_text="`end`: nothing follows.")
    data = serializers.CharField(  # type: ignore[assignment]  # a field, and no attribute of the class's in the end
        help_text="A JSON object: `status`, `stage`, `percent`, `received_bytes`, `commit_sha`, `error_code`, "
        "`error_message`; of a connection that was disconnected, `status` alone."
    )


class EventStreamRenderer(BaseRenderer):
    """For the negotiation alone: a stream is no Response."""

    media_type = event_stream.MEDIA_TYPE
    format = "events"
    charset = None


class EventsViewSet(ViewSet):
    """A project's connection as it changes."""

    tag = "GitHub connection"
    permission_classes = (IsAuthenticated, MayActInProject)
    renderer_classes = (EventStreamRenderer, JSONRenderer)
    actions: ClassVar[dict[str, Action]] = {"follow": Action.VIEW_GITHUB}
    project: Project

    @operation(
        "follow_connection",
        Answer(
            200,
            "Events `progress`, then one `end`. Comments keep the line open.",
            EventAnswer,
            examples.EVENT,
            media_type=event_stream.MEDIA_TYPE,
        ),
        Answer(204, "The `end` was seen already (`Last-Event-ID`): do not ask again."),
        errors=(ConnectionNotFound,),
    )
    def follow(self, request: Request, **_path: str) -> HttpResponseBase:
        """Follow the connection as it changes.

        Server-sent events, at most one a second: `progress` with `status`, `stage`, `percent` and `received_bytes`
        while it is cloned and analysed, then `end` with the final `status`, and the stream ends. It also ends after
        five minutes, and with the access token: ask again, with the last `id` as `Last-Event-ID`. `EventSource` of a
        browser sends no `Authorization`; a client on `fetch` does.
        """
        row = services.connection_of(self.project.pk)
        snapshot = snapshot_of(row)
        seen = request.headers.get("Last-Event-ID", "")
        if snapshot.is_final and seen == snapshot.id:
            return Response(status=204)
        schema = str(database.schema_name)  # type: ignore[attr-defined]  # django-tenants' connection has it
        followed = Followed(
            tenant=str(current_tenant().pk),
            user=str(user_id_of(request)),
            key=(schema, row.pk),
            snapshot=snapshot,
            until=_until(request.auth),
        )
        return StreamBegun(followed, event_stream.opening(snapshot, seen=seen))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Errors are JSON, whatever was asked for."""
        if isinstance(response, Response):
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)


def _until(token: Any) -> datetime:
    """Return when a stream ends at the latest: whether the person still may is asked again then."""
    longest = timezone.now() + timedelta(seconds=settings.EVENT_STREAM_SECONDS)
    if isinstance(token, ApiToken):
        return min(longest, token.expires_at or longest)
    try:
        return min(longest, datetime.fromtimestamp(token["exp"], UTC))
    except (TypeError, KeyError):  # a token of another kind, which says of no end
        return longest
