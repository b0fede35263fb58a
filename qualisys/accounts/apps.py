"""The Django application's configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "qualisys.accounts"
