"""Projects and their members, on each tenant's admin."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import TabularInline

from qualisys.admin_site import SiteModelAdmin, SitePermissions, actor_id, tenant_admin
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role
from qualisys.tenancy.context import current_tenant


class ProjectMembers(BaseInlineFormSet):
    """The members as they are to be: one of them an owner who can log in, as the API has it."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        owners = self._owners_before()
        for form in self.forms:
            owners.pop(form.instance.pk, None)
            member = form.instance
            stays = member.user_id and not form.cleaned_data.get("DELETE")
            if stays and member.role == Role.OWNER:
                owners[member.pk or form.prefix] = member.user.is_active
        if not any(owners.values()):
            raise ValidationError("A project has an owner who can log in. Make somebody one, then save again.")

    def _owners_before(self) -> dict[Any, bool]:
        """Return whether each owner can log in; held, as the API holds them, so that none is taken away meanwhile."""
        held = ProjectMember.objects.select_for_update(of=("self",)).select_related("user").order_by("pk")
        owners = held.filter(project=self.instance.pk, role=Role.OWNER)
        return {member.pk: member.user.is_active for member in owners}


class ProjectMemberInline(SitePermissions, TabularInline):
    model = ProjectMember
    formset = ProjectMembers
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
