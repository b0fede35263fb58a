"""Addresses for logging in."""

from django.urls import re_path

from qualisys.tenancy.views import TokenViewSet

urlpatterns = [
    re_path(r"^auth/token/?$", TokenViewSet.as_view({"post": "create"}), name="token"),
    re_path(r"^auth/token/refresh/?$", TokenViewSet.as_view({"post": "refresh"}), name="token-refresh"),
]
