"""The admin's start page: what is so, what came of the last days, and what needs a person."""

import json
import logging
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince, timeuntil

from github_connections.figures import (
    TOKEN_ENDS_SOON,
    Figures,
    TenantFigures,
    clones_by_day,
    overdue,
    platform_clones_by_day,
    platform_figures,
    read_figures,
)
from github_connections.models import GithubConnection
from github_connections.states import Status
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.models import Domain, Tenant

logger = logging.getLogger(__name__)

ROWS = 20  # of connections that need attention, and of tenants
_LIST = "admin:github_connections_githubconnection_changelist"
_PAGE = "admin:github_connections_githubconnection_change"


@dataclass(frozen=True)
class Card:
    """A number with its name, and where it leads."""

    title: str
    number: int
    link: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Attention:
    """A connection that a person has to do something about: what, how bad, and in a sentence why."""

    connection: GithubConnection
    what: str
    colour: str
    why: str

    @property
    def link(self) -> str:
        return reverse(_PAGE, args=[self.connection.pk])


@dataclass(frozen=True)
class Row:
    """A tenant on the operators' page."""

    figures: TenantFigures
    link: str

    @property
    def connections(self) -> int:
        return sum(self.figures.by_status.values())


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of a site's first page: one tenant's, or the platform's."""
    tenant = getattr(request, "tenant", None)
    if isinstance(tenant, Tenant) and tenant.schema_name != "public":
        return {**context, **_tenants_page(tenant)}
    return {**context, **_platforms_page(request)}


def _tenants_page(tenant: Tenant) -> dict[str, Any]:
    figures = read_figures([tenant])
    return {
        "cards": [*_status_cards(figures, reverse(_LIST)), *_attention_cards(figures, reverse(_LIST))],
        "clones": _chart(clones_by_day([tenant.schema_name])),
        "disk": _disk(figures.total("clone_bytes"), settings.TENANT_MAX_CLONE_BYTES, "that may be taken"),
        "attention": _attention(),
        "attention_number": figures.total("needs_attention"),
    }


def _platforms_page(request: HttpRequest) -> dict[str, Any]:
    figures = platform_figures()
    first = sorted(figures.tenants, key=lambda each: (-each.needs_attention, -each.clone_bytes, each.tenant.name))
    return {
        "cards": [*_status_cards(figures), *_attention_cards(figures)],
        "clones": _chart(platform_clones_by_day()),
        "disk": _disk_of_the_platform(figures),
        "tenants": _rows(request, first[:ROWS]),
        "tenants_number": len(figures.tenants),
        "read_at": figures.read_at,
    }


def _status_cards(figures: Figures, address: str = "") -> list[Card]:
    """Return a card for each status; with an address each leads to the list of its connections."""
    return [
        Card(
            title=status.label,
            number=number,
            link=f"{address}?status__exact={status.value}" if address else "",
            is_bad=status == Status.FAILED and number > 0,
        )
        for status, number in figures.by_status().items()
    ]


def _attention_cards(figures: Figures, address: str = "") -> list[Card]:
    parts = [("Token ends within a week", "tokens_ending", "token"), ("Stuck", "stuck", "stuck")]
    return [
        Card(
            title=title,
            number=figures.total(name),
            link=f"{address}?attention={chosen}" if address else "",
            is_bad=figures.total(name) > 0,
        )
        for title, name, chosen in parts
    ]


def _chart(days: Mapping[date, Mapping[str, int]]) -> dict[str, Any]:
    """Return what the chart draws, and the same in words."""
    colours = {"cloned": "var(--color-primary-600)", "failed": "#dc2626"}
    # The part that is drawn last lies on the other: the page's own script knows no stacks.
    data = {
        "labels": [f"{day:%d %b}" for day in days],
        "datasets": [
            {"label": name.capitalize(), "data": [day[name] for day in days.values()], "backgroundColor": colour}
            for name, colour in colours.items()
        ],
    }
    options = {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "plugins": {"legend": {"display": True, "position": "bottom"}},
        "scales": {
            "x": {"stacked": True, "grid": {"display": False}},
            "y": {"stacked": True, "beginAtZero": True, "ticks": {"precision": 0}},
        },
    }
    totals = {name: sum(day[name] for day in days.values()) for name in colours}
    return {"data": json.dumps(data), "options": json.dumps(options), **totals, "days": len(days)}


def _disk(taken: int, limit: int, what: str) -> dict[str, Any]:
    percent = min(100, round(100 * taken / limit)) if limit else 100
    return {"taken": filesizeformat(taken), "limit": filesizeformat(limit), "what": what, "percent": percent}


def _disk_of_the_platform(figures: Figures) -> dict[str, Any] | None:
    """Return how full the disk is; None where the directory of the clones is away, which the page says."""
    try:
        disk = shutil.disk_usage(settings.CLONE_ROOT)
    except OSError as error:
        logger.warning("the disk of the clones cannot be looked at: %s", error)
        return None
    return {**_disk(disk.used, disk.total, "on the disk"), "clones": filesizeformat(figures.total("clone_bytes"))}


def _attention() -> list[Attention]:
    """Return the present tenant's connections that need a person, the worst first, ROWS at most."""
    now = timezone.now()
    rows = GithubConnection.objects.select_related("project").order_by("-updated_at")
    late = dict(overdue().filter(tenant=current_tenant()).values_list("pk", "due_at"))
    found = [_stuck(row, late[row.pk]) for row in rows.filter(pk__in=late)[:ROWS]]
    found += [_failed(row) for row in rows.filter(status=Status.FAILED)[:ROWS]]
    ending = rows.with_token_ending_by(now + TOKEN_ENDS_SOON).order_by("token_expires_at")
    found += [_token_ends(row, row.token_expires_at, now) for row in ending[:ROWS] if row.token_expires_at]
    return found[:ROWS]


def _stuck(connection: GithubConnection, due_at: datetime) -> Attention:
    return Attention(connection, "Stuck", "danger", f"Nobody has looked after it for {timesince(due_at)}.")


def _failed(connection: GithubConnection) -> Attention:
    return Attention(connection, "Failed", "danger", connection.error_message)


def _token_ends(connection: GithubConnection, ends_at: datetime, now: datetime) -> Attention:
    if ends_at <= now:
        return Attention(connection, "Token", "danger", f"The token ended {timesince(ends_at, now)} ago.")
    return Attention(connection, "Token", "warning", f"The token ends in {timeuntil(ends_at, now)}.")


def _rows(request: HttpRequest, tenants: Iterable[TenantFigures]) -> list[Row]:
    chosen = list(tenants)
    hosts = Domain.objects.filter(tenant__in=[each.tenant.pk for each in chosen]).order_by("is_primary", "domain")
    by_tenant = dict(hosts.values_list("tenant_id", "domain"))
    return [Row(each, _admin_of(request, by_tenant.get(each.tenant.pk))) for each in chosen]


def _admin_of(request: HttpRequest, host: str | None) -> str:
    """Return the address of a tenant's admin, at the port by which this page was reached."""
    port = request.get_host().partition(":")[2]
    return f"{request.scheme}://{host}{f':{port}' if port else ''}{reverse(_LIST, 'qualisys.urls')}" if host else ""
