"""The Django application's configuration."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "qualisys.idempotency"
