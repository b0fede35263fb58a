"""Tenants and domains, on the public host's admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from qualisys.admin_site import SiteModelAdmin, SitePermissions, public_admin
from qualisys.tenancy.forms import NewTenantForm
from qualisys.tenancy.models import Domain, Tenant, TenantMember
from qualisys.tenancy.provisioning import provision_tenant


class SiteInline(SitePermissions, TabularInline):
    extra = 0


class DomainInline(SiteInline):
    model = Domain


class MemberInline(SiteInline):
    model = TenantMember
    autocomplete_fields = ("user",)


@admin.register(Tenant, site=public_admin)
class TenantAdmin(SiteModelAdmin):
    """A new tenant is provisioned whole; its schema's name never changes, and no tenant is deleted here."""

    list_display = ("name", "schema_name", "created_at")
    search_fields = ("name", "schema_name")
    inlines = (DomainInline, MemberInline)

    def get_form(self, request: HttpRequest, obj: Tenant | None = None, **options: Any) -> Any:
        if obj is None:
            return NewTenantForm
        return super().get_form(request, obj, **options)

    def get_fields(self, request: HttpRequest, obj: Tenant | None = None) -> Any:
        return ("name", "schema_name") if obj else ("name", "schema_name", "host", "owner")

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> Any:
        return ("schema_name",) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Tenant | None) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made = provision_tenant(
            obj.schema_name,
            name=obj.name,
            host=form.cleaned_data["host"],
            owner_id=form.cleaned_data["owner"].pk,
        )
        obj.pk = made.pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # Django's
        return False


@admin.register(Domain, site=public_admin)
class DomainAdmin(SiteModelAdmin):
    list_display = ("domain", "tenant", "is_primary")
    search_fields = ("domain", "tenant__name")
    autocomplete_fields = ("tenant",)
