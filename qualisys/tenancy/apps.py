"""The Django application's configuration."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "qualisys.tenancy"
