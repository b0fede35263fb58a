"""The Django application's configuration."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "qualisys.projects"
