"""Addresses of a project's webhooks."""

from django.urls import re_path

from qualisys.webhooks.views import DeliveryViewSet, WebhookListViewSet, WebhookViewSet

WEBHOOKS = r"^projects/(?P<project_id>[^/]+)/webhooks"
WEBHOOK = rf"{WEBHOOKS}/(?P<webhook_id>[^/]+)"

urlpatterns = [
    re_path(rf"{WEBHOOKS}/?$", WebhookListViewSet.as_view({"get": "list", "post": "create"}), name="webhooks"),
    re_path(rf"{WEBHOOK}/?$", WebhookViewSet.as_view({"get": "retrieve", "delete": "destroy"}), name="webhook"),
    re_path(rf"{WEBHOOK}/ping/?$", WebhookViewSet.as_view({"post": "ping"}), name="webhook-ping"),
    re_path(rf"{WEBHOOK}/deliveries/?$", DeliveryViewSet.as_view({"get": "list"}), name="webhook-deliveries"),
]
