"""The Django application's configuration."""

from importlib import import_module

from django.apps import AppConfig

from qualisys.observability.metrics import STATE


class GithubConnectionsConfig(AppConfig):
    name = "github_connections"
    verbose_name = "Source code"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("github_connections.signals")
        state_metrics = import_module("github_connections.state_metrics")
        STATE.register(state_metrics.StateCollector())
