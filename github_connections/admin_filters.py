"""Filters of the list of connections, on each tenant's admin."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from github_connections.figures import TOKEN_ENDS_SOON, overdue
from github_connections.models import GithubConnection


class ExpiryFilter(admin.SimpleListFilter):
    """When the clone is removed."""

    title = "expiry"
    parameter_name = "expiry"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # Django's
        return [("day", "Within a day"), ("later", "Later"), ("past", "Past"), ("none", "Never cloned")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[GithubConnection]
    ) -> QuerySet[GithubConnection]:  # Django's
        now = timezone.now()
        tomorrow = now + timedelta(days=1)
        match self.value():
            case "day":
                return queryset.filter(expires_at__gt=now, expires_at__lte=tomorrow)
            case "later":
                return queryset.filter(expires_at__gt=tomorrow)
            case "past":
                return queryset.filter(expires_at__lte=now)
            case "none":
                return queryset.filter(expires_at__isnull=True)
        return queryset


class AttentionFilter(admin.SimpleListFilter):
    """What a person has to do something about, beside the failed ones."""

    title = "attention"
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # Django's
        return [("token", "Token ends within a week"), ("stuck", "Stuck")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[GithubConnection]
    ) -> QuerySet[GithubConnection]:  # Django's
        match self.value():
            case "token":
                ending = GithubConnection.objects.with_token_ending_by(timezone.now() + TOKEN_ENDS_SOON)
                return queryset.filter(pk__in=ending.values("pk"))
            case "stuck":
                return queryset.filter(pk__in=overdue().values("pk"))
        return queryset
