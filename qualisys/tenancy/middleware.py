"""Finding the tenant of a request by its host name."""

from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django_tenants.middleware.main import TenantMainMiddleware
from django_tenants.utils import get_public_schema_name

from qualisys.errors import NotFound
from qualisys.exception_handler import DATABASE_GONE, answer_before_views, unavailable
from qualisys.tenancy.models import Domain, Tenant


class TenantNotFound(NotFound):
    """No tenant is served under this host name."""

    code = "TENANT_NOT_FOUND"

    def __init__(self, hostname: str) -> None:
        super().__init__(f"Nobody is served at {hostname}. Check the address you were given.")


class TenantMiddleware(TenantMainMiddleware):
    """django-tenants' middleware with a cache of 30 seconds, and a public host that needs no row."""

    @staticmethod
    def hostname_from_request(request: HttpRequest) -> str:
        """Return the host without its port, in small letters: host names know no case."""
        return str(TenantMainMiddleware.hostname_from_request(request)).lower()

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        try:
            self.hostname_from_request(request)
            answer: HttpResponse | None = super().process_request(request)
        except DisallowedHost:
            return self.no_tenant_found(request, "this host")
        except DATABASE_GONE as error:
            return unavailable(request, error)
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 where a page, and not the API, met the absence of the database."""
        return unavailable(request, exception) if isinstance(exception, DATABASE_GONE) else None

    def get_tenant(self, domain_model: type[Domain], hostname: str) -> Tenant:
        if hostname == settings.PUBLIC_HOST:
            return Tenant(schema_name=get_public_schema_name(), name="QUALISYS")
        tenant: Tenant | None = caches["tenants"].get(hostname)
        if tenant is None:
            tenant = super().get_tenant(domain_model, hostname)
            caches["tenants"].set(hostname, tenant)
        return tenant

    def no_tenant_found(self, request: HttpRequest, hostname: str) -> HttpResponse:
        return answer_before_views(request, TenantNotFound(hostname))


@receiver([post_save, post_delete], sender=Domain)
@receiver([post_save, post_delete], sender=Tenant)
def forget_cached_hosts(**_signal: Any) -> None:
    """A changed host holds at once in this process; others learn of it within the cache's 30 seconds."""
    caches["tenants"].clear()
