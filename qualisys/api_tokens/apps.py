"""The Django application's configuration."""

from django.apps import AppConfig


class ApiTokensConfig(AppConfig):
    name = "qualisys.api_tokens"
    verbose_name = "API tokens"
