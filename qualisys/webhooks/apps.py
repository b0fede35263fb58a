"""The Django application's configuration."""

from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "qualisys.webhooks"

    def ready(self) -> None:
        import_module("qualisys.webhooks.signals")
