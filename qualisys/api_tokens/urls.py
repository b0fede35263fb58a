"""Addresses of API tokens."""

from django.urls import re_path

from qualisys.api_tokens.views import ApiTokenViewSet

urlpatterns = [
    re_path(r"^tokens/?$", ApiTokenViewSet.as_view({"get": "list", "post": "create"}), name="api-tokens"),
    re_path(r"^tokens/(?P<token_id>[^/]+)/?$", ApiTokenViewSet.as_view({"delete": "destroy"}), name="api-token"),
]
