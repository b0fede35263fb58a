"""Connections, on each tenant's admin: to look at, and to act on through the same services as the API."""

import json
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timeuntil
from django.views.decorators.http import require_POST
from unfold.decorators import display

from github_connections import findings, refreshing, services
from github_connections.admin_filters import AttentionFilter, ExpiryFilter
from github_connections.connection_warnings import warnings_of
from github_connections.errors import InvalidToken, Reason
from github_connections.history import details_of, event_of, history_of_project
from github_connections.models import AnalysisRow, GithubConnection
from github_connections.states import Status
from qualisys.admin_site import ReadOnlyAdmin, actor_id, public_admin, tenant_admin
from qualisys.errors import DomainError

STATUS_COLOURS = {
    Status.PENDING: "info",
    Status.CLONING: "primary",
    Status.CLONED: "success",
    Status.ANALYZED: "success",
    Status.FAILED: "danger",
    Status.EXPIRED: "warning",
}


for site in (tenant_admin, public_admin):
    site.index_template = "admin/github_connections/start_page.html"


@admin.register(GithubConnection, site=tenant_admin)
class GithubConnectionAdmin(ReadOnlyAdmin):
    """What every connection does, why one failed, and what can be done about it. The token is never shown."""

    list_display = (
        "repository",
        "project",
        "shown_status",
        "shown_size",
        "shown_commit",
        "created_by",
        "created_at",
        "expires_in",
    )
    list_filter = ("status", AttentionFilter, ExpiryFilter)
    list_filter_submit = False
    search_fields = ("repo_url", "project__name")
    list_select_related = ("project", "created_by")
    list_per_page = 50
    actions = ("refresh", "expire_now", "disconnect")
    fieldsets = (
        (None, {"fields": ("repository_link", "project", "branch", "status_and_progress", "error", "shown_warnings")}),
        ("Clone", {"fields": ("commit_sha", "shown_size", "expires_at", "expires_in")}),
        ("What it offers", {"fields": ("framework", "routes_count", "endpoints_count", "components_count", "rows")}),
        ("Origin", {"fields": ("created_by", "created_at", "token_expires_at")}),
        ("What happened in this project", {"fields": ("history",)}),
    )
    readonly_fields = (
        *("repository_link", "status_and_progress", "error", "shown_warnings", "shown_size", "expires_in", "history"),
        *("framework", "rows"),
    )
    change_form_outer_before_template = "admin/github_connections/refresh.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the button of a connection's own page, which is pressed and not followed."""
        refresh = path(
            "<uuid:connection_id>/refresh/",
            self.admin_site.admin_view(require_POST(self.refresh_this)),
            name="github_connections_githubconnection_refresh",
        )
        return [refresh, *super().get_urls()]

    def refresh_this(self, request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
        """Do as the action of the list does, and go back to the page."""
        self._act(request, get_list_or_404(GithubConnection, pk=connection_id), _REFRESHED, _refresh)
        return redirect("admin:github_connections_githubconnection_change", connection_id)

    @display(description="Repository", ordering="repo_url")
    def repository(self, connection: GithubConnection) -> str:
        return connection.full_name

    @display(description="Repository")
    def repository_link(self, connection: GithubConnection) -> SafeString:
        return format_html(
            '<a href="{0}" rel="noopener noreferrer" class="text-primary-600 underline">{0}</a>',
            connection.repo_url,
        )

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, connection: GithubConnection) -> tuple[str, str]:
        return connection.status, connection.get_status_display()

    @display(description="Status")
    def status_and_progress(self, connection: GithubConnection) -> SafeString:
        colour = STATUS_COLOURS[Status(connection.status)]
        said = {"text": connection.get_status_display(), "type": colour}
        label = render_to_string("unfold/helpers/label.html", said)
        if connection.status not in (Status.CLONING, Status.CLONED) or not connection.progress_stage:
            return label
        percent = "" if connection.progress_percent is None else f" {connection.progress_percent} %"
        return format_html("{} {}{}", label, connection.get_progress_stage_display(), percent)

    @display(description="Error")
    def error(self, connection: GithubConnection) -> str:
        return f"{connection.error_message} ({connection.error_code})" if connection.error_code else "-"

    @display(description="Warnings")
    def shown_warnings(self, connection: GithubConnection) -> SafeString | str:
        warnings = warnings_of(connection)
        if not warnings:
            return "-"
        return render_to_string("admin/github_connections/warnings.html", {"warnings": warnings})

    @display(description="Size", ordering="size_bytes")
    def shown_size(self, connection: GithubConnection) -> str:
        return "-" if connection.size_bytes is None else filesizeformat(connection.size_bytes)

    @display(description="Commit")
    def shown_commit(self, connection: GithubConnection) -> str:
        return connection.commit_sha[:10] or "-"

    @display(description="Expires in", ordering="expires_at")
    def expires_in(self, connection: GithubConnection) -> str:
        if connection.expires_at is None or connection.status == Status.EXPIRED:
            return "-"
        return timeuntil(connection.expires_at) if connection.expires_at > timezone.now() else "due"

    @display(description="Framework")
    def framework(self, connection: GithubConnection) -> str:
        return str(connection.analysis_summary.get("framework", "-"))

    @display(description="All of it")
    def rows(self, connection: GithubConnection) -> SafeString | str:
        if not findings.is_analysed(connection):
            return "-"
        address = reverse("admin:github_connections_analysisrow_changelist")
        return format_html(
            '<a href="{}?connection__id__exact={}" class="text-primary-600 underline">Routes, components, models and '
            "tests</a>",
            address,
            connection.pk,
        )

    @display(description="")
    def history(self, connection: GithubConnection) -> SafeString:
        entries = [
            {
                "at": entry.timestamp,
                "what": event_of(entry).label,
                "who": entry.actor or "the service",
                "details": _in_a_line(details_of(entry)),
            }
            for entry in history_of_project(connection.project_id)[:50]
        ]
        return render_to_string("admin/github_connections/history.html", {"entries": entries})

    @admin.action(description="Refresh")
    def refresh(self, request: HttpRequest, chosen: QuerySet[GithubConnection]) -> None:
        self._act(request, chosen, _REFRESHED, _refresh)

    @admin.action(description="Expire now")
    def expire_now(self, request: HttpRequest, chosen: QuerySet[GithubConnection]) -> HttpResponse | None:
        return self._confirmed(request, chosen, "expire_now", "Expire now", "expired", _expire_now)

    @admin.action(description="Disconnect")
    def disconnect(self, request: HttpRequest, chosen: QuerySet[GithubConnection]) -> HttpResponse | None:
        return self._confirmed(request, chosen, "disconnect", "Disconnect", "disconnected", _disconnect)

    def _confirmed(
        self,
        request: HttpRequest,
        chosen: QuerySet[GithubConnection],
        action: str,
        title: str,
        done: str,
        act: "_Act",
    ) -> HttpResponse | None:
        """Carry out what removes a clone once the operator has seen what it takes away."""
        if "confirmed" in request.POST:
            self._act(request, chosen, done, act)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "action": action,
            "connections": chosen.select_related("project"),
            "opts": self.model._meta,  # noqa: SLF001  # Django's own name for it
        }
        return TemplateResponse(request, "admin/github_connections/confirm.html", context)

    def _act(self, request: HttpRequest, chosen: Iterable[GithubConnection], done: str, act: "_Act") -> None:
        """Do it for each connection alone, and say what became of each that would not."""
        succeeded = 0
        for connection in chosen:
            try:
                act(connection, request)
                succeeded += 1
            except DomainError as error:
                self.message_user(request, f"{connection.full_name}: {error.message}", messages.ERROR)
                # Each of the others would wait as long.
                if isinstance(error, InvalidToken) and error.reason == Reason.UNREACHABLE:
                    break
        if succeeded:
            noun = "connection" if succeeded == 1 else "connections"
            self.message_user(request, f"{succeeded} {noun} {done}.", messages.SUCCESS)


@admin.register(AnalysisRow, site=tenant_admin)
class AnalysisRowAdmin(ReadOnlyAdmin):
    """What an analysis found, row by row; reached from the page of its connection."""

    list_display = ("method", "path", "name", "framework", "place", "connection")
    list_display_links = ("method", "path", "name")
    list_filter = ("kind", "is_endpoint")
    list_filter_submit = False
    list_select_related = ("connection",)
    list_per_page = 100
    search_fields = ("path", "name", "file")
    fieldsets = (
        (None, {"fields": ("connection", "kind", "is_endpoint", "framework", "method", "path", "name", "place")}),
        ("All that is known", {"fields": ("everything",)}),
    )
    readonly_fields = ("place", "everything")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Without its connection a list of rows says little: it is left out of the overview."""
        return False

    @display(description="Where", ordering="file")
    def place(self, row: AnalysisRow) -> str:
        return f"{row.file}:{row.line}" if row.line else row.file

    @display(description="")
    def everything(self, row: AnalysisRow) -> SafeString:
        text = json.dumps(row.data, indent=2, ensure_ascii=False)
        return format_html('<pre class="whitespace-pre-wrap break-words">{}</pre>', text)


_Act = Callable[[GithubConnection, HttpRequest], None]
_REFRESHED = "refreshed: where the branch has moved on a fresh clone is on its way, elsewhere the present one is kept"


def _in_a_line(details: dict[str, Any]) -> str:
    """Return what an operator wants to read of an entry beside what happened and who did it."""
    if "removed" in details:
        removed = details["removed"]
        clone = f"clone of {filesizeformat(removed['bytes'])}" if removed["directory"] else "no clone"
        return f"removed: token, {clone}"
    if "after" in details:
        return f"{details['before']} → {details['after']}"
    return str(details.get("message") or details.get("commit", "")[:10])


def _refresh(connection: GithubConnection, request: HttpRequest) -> None:
    refreshing.refresh(connection, actor_id=actor_id(request))


def _expire_now(connection: GithubConnection, request: HttpRequest) -> None:
    services.expire_now(connection.pk, actor_id=actor_id(request))


def _disconnect(connection: GithubConnection, request: HttpRequest) -> None:
    services.disconnect(connection.project_id, actor_id=actor_id(request))
