"""The tenant that the database connection works for at this moment."""

from django.db import connection

from qualisys.tenancy.models import Tenant


def current_tenant() -> Tenant:
    """Return the tenant in whose schema this code runs; RuntimeError outside of one."""
    tenant = connection.tenant  # type: ignore[attr-defined]  # django-tenants' connection has it
    if not isinstance(tenant, Tenant):
        message = f"No tenant is chosen: {tenant!r} is in force."
        raise RuntimeError(message)  # noqa: TRY004  # the state is wrong, not a type
    return tenant
