"""What is served on a tenant's host."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from qualisys.admin_site import tenant_admin
from qualisys.documentation import DocumentationPage, OpenApi
from qualisys.exception_handler import nothing_here

api: list[URLPattern | URLResolver] = [
    path("", include("qualisys.tenancy.urls")),
    path("", include("qualisys.projects.urls")),
    path("", include("qualisys.api_tokens.urls")),
    path("", include("qualisys.webhooks.urls")),
    path("", include("github_connections.urls")),
    re_path(r"^schema/?$", OpenApi.as_view(), name="openapi"),
    re_path(r"^docs/?$", DocumentationPage.as_view(), name="documentation"),
    # JSON also where nothing is served, and while DEBUG would answer with a page.
    re_path("", nothing_here),
]

urlpatterns = [
    path("api/v1/", include(api)),
    path("admin/", tenant_admin.urls),
]

handler404 = "qualisys.exception_handler.not_found"
handler500 = "qualisys.exception_handler.server_error"
