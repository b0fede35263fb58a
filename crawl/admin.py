"""Crawl sessions, on each tenant's admin."""

from django.contrib import admin

from crawl.models import CrawlSession
from qualisys.admin_site import ReadOnlyAdmin, tenant_admin


@admin.register(CrawlSession, site=tenant_admin)
class CrawlSessionAdmin(ReadOnlyAdmin):
    """How a crawl went; what it logged in with is not shown."""

    list_display = (
        "target_url",
        "project",
        "status",
        "pages_crawled",
        "forms_found",
        "links_found",
        "created_at",
    )
    list_filter = ("status",)
    search_fields = ("target_url", "project__name")
    list_select_related = ("project",)
    exclude = ("auth_config",)
