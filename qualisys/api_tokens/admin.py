"""API tokens on each tenant's admin: whose they are, when they were used, and an end to them."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.decorators import display

from qualisys.admin_site import ReadOnlyAdmin, tenant_admin
from qualisys.api_tokens.models import ApiToken


@admin.register(ApiToken, site=tenant_admin)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Made through the API by the people themselves; to delete one is to revoke it."""

    list_display = ("name", "user", "text", "last_used_at", "expires_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__email", "prefix")
    fields = ("name", "user", "text", "last_used_at", "expires_at", "created_at")
    readonly_fields = ("text",)

    @display(description="Begins with")
    def text(self, token: ApiToken) -> str:
        return f"{token.prefix}…"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # Django's
        return self._allowed(request)
