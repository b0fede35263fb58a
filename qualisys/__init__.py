"""The platform: tenants, people, projects, and what every feature stands on."""

from qualisys.celery import app as celery_app

__all__ = ["celery_app"]
