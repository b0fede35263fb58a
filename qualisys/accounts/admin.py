"""Users, on the public host's admin."""

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from qualisys.accounts.models import User
from qualisys.admin_site import SitePermissions, public_admin


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class ChangedUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = ("email", "name", "is_active", "is_superuser")


@admin.register(User, site=public_admin)
class UserAdmin(SitePermissions, DjangoUserAdmin, ModelAdmin):
    """People; nobody is deleted, because rows in many tenants name them."""

    form = ChangedUserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "name", "is_active", "is_superuser", "last_login", "created_at")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal: ClassVar[tuple[str, ...]] = ()
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("What this person may do", {"fields": ("is_active", "is_superuser")}),
        ("When", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "name", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # type: ignore[override]  # Django's
        return False
