"""What is served on the platform's own host: the operators' admin."""

from django.urls import path

from qualisys.admin_site import public_admin

urlpatterns = [path("admin/", public_admin.urls)]

handler404 = "qualisys.exception_handler.not_found"
handler500 = "qualisys.exception_handler.server_error"
