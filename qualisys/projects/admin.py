"""Projects and their members, on each tenant's admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from unfold.admin import TabularInline

from qualisys.admin_site import SiteModelAdmin, SitePermissions, actor_id, tenant_admin
from qualisys.projects.models import Project, ProjectMember
from qualisys.tenancy.context import current_tenant


class ProjectMemberInline(SitePermissions, TabularInline):
    model = ProjectMember
    extra = 0

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer the members of this tenant alone: nobody learns who else is known to the platform."""
        field = super().formfield_for_foreignkey(db_field, request, **options)
        if db_field.name == "user":
            belongs = Q(tenants__tenant_id=current_tenant().pk)
            # Who has left the tenant since is still shown, so that the page can be saved.
            belonged = Q(pk__in=ProjectMember.objects.values("user_id"))
            field.queryset = field.queryset.filter(belongs | belonged).distinct()
        return field


@admin.register(Project, site=tenant_admin)
class ProjectAdmin(SiteModelAdmin):
    """A project is deleted through the API, which takes its clone away with it."""

    list_display = ("name", "created_by", "created_at")
    search_fields = ("name",)
    fields = ("name", "description")
    inlines = (ProjectMemberInline,)

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        if not change:
            obj.created_by_id = actor_id(request)
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # Django's
        return False
