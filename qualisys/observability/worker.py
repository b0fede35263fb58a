"""What a Celery worker and beat do for an operator: a sign of life, and metrics on a port of their own."""

import logging
from pathlib import Path
from typing import Any

from celery import Task
from celery.signals import after_task_publish, beat_init, heartbeat_sent, task_success, worker_ready
from django.conf import settings
from prometheus_client import start_http_server

from qualisys.observability.metrics import LAST_RUN, counted

logger = logging.getLogger(__name__)


@worker_ready.connect
def serve_metrics(**_signal: Any) -> None:
    """Answer for all processes of this worker, in a thread of the one that does no tasks."""
    if settings.METRICS_PORT:
        start_http_server(settings.METRICS_PORT, settings.METRICS_ADDRESS, registry=counted())
        logger.info("metrics at http://%s:%d/", settings.METRICS_ADDRESS, settings.METRICS_PORT)


@task_success.connect
def note_the_end(sender: Task, **_signal: Any) -> None:
    """Of a task that beat sends, so that one which comes to no end any more is noticed."""
    if sender.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}:
        LAST_RUN.labels(sender.name.rpartition(".")[2]).set_to_current_time()


@heartbeat_sent.connect
def show_life(**_signal: Any) -> None:
    """A worker's heart beats every two seconds while it is connected to the broker."""
    if settings.HEARTBEAT_FILE:
        Path(settings.HEARTBEAT_FILE).touch()


@beat_init.connect
def watch_beat(**_signal: Any) -> None:
    """Beat is alive while it publishes, which it does every 15 seconds."""
    after_task_publish.connect(show_life)
