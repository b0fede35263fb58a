"""Two admin sites: one on each tenant's host, one for the platform's operators on the public host."""

import uuid
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite

from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.models import Tenant, TenantMember, TenantRole
from qualisys.throttling import is_within, log_in_limit


class LimitedLogInForm(AuthenticationForm):
    """The admin's log-in, counted with the API's: an address is guessed at so many times an hour."""

    def clean(self) -> dict[str, Any]:
        if not is_within(log_in_limit(str(self.cleaned_data.get("username", "")))):
            raise ValidationError("Too many passwords were tried for this address. Try again in an hour.")
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class PublicAdminSite(UnfoldAdminSite):
    """Tenants, domains and users, for the platform's operators."""

    login_form = LimitedLogInForm

    site_title = site_header = "QUALISYS operators"
    index_title = "Platform"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)


class TenantAdminSite(UnfoldAdminSite):
    """One tenant's projects and connections, for its owners and admins and for the platform's operators."""

    login_form = LimitedLogInForm

    site_title = site_header = "QUALISYS"
    index_title = "Overview"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_active and (user.is_superuser or self._runs_this_tenant(request)))

    def _runs_this_tenant(self, request: HttpRequest) -> bool:
        """Ask once a request: Django's admin asks for the permission many times on one page."""
        if not hasattr(request, "_runs_this_tenant"):
            managers = TenantMember.objects.filter(role__in=[TenantRole.OWNER, TenantRole.ADMIN])
            request._runs_this_tenant = managers.filter(  # type: ignore[attr-defined]  # noqa: SLF001  # ours
                tenant_id=current_tenant().pk, user_id=actor_id(request)
            ).exists()
        return bool(request._runs_this_tenant)  # type: ignore[attr-defined]  # noqa: SLF001  # ours


def actor_id(request: HttpRequest) -> uuid.UUID:
    """Return who is at work; PermissionDenied where nobody is logged in."""
    if request.user.pk is None:
        raise PermissionDenied
    return request.user.pk


public_admin = PublicAdminSite(name="admin")
tenant_admin = TenantAdminSite(name="admin")


class SitePermissions:
    """Who may enter a site may see and change what is on it: a table of permissions would be a second truth."""

    admin_site: AdminSite

    def _allowed(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._allowed(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # Django's
        return self._allowed(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # Django's
        return self._allowed(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # Django's
        return self._allowed(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # Django's
        return self._allowed(request)


class SiteModelAdmin(SitePermissions, ModelAdmin):
    """A table on one of the sites."""


class ReadOnlyAdmin(SiteModelAdmin):
    """Rows to look at; what can be done to them is offered as actions."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # Django's
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # Django's
        return False


def subheader(request: HttpRequest) -> str:
    """Return the line below the site's name: which tenant this is."""
    tenant: Any = getattr(request, "tenant", None)
    return tenant.name if isinstance(tenant, Tenant) and tenant.schema_name != "public" else "All tenants"
