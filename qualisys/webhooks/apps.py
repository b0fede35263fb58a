"""The Django application's configuration."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "qualisys.webhooks"
