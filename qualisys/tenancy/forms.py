"""Making a tenant in the admin."""

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from qualisys.accounts.models import User
from qualisys.tenancy.models import Domain, Tenant, validate_host


class NewTenantForm(forms.ModelForm):
    """A tenant with its host and its owner, all of which it needs to be of use."""

    host = forms.CharField(
        max_length=253, widget=UnfoldAdminTextInputWidget, help_text="The name under which it is reached."
    )
    owner = forms.ModelChoiceField(User.objects.filter(is_active=True), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Tenant
        fields = ("name", "schema_name")
        widgets = {"name": UnfoldAdminTextInputWidget, "schema_name": UnfoldAdminTextInputWidget}  # Django's

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"].lower()
        validate_host(host)
        if Domain.objects.filter(domain=host).exists():
            raise forms.ValidationError("Another tenant is reached under this name.")
        return host
