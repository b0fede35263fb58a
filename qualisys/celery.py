"""The Celery application: it carries a tenant's schema in each message, and ids as arguments."""

import logging
import os
from functools import partial
from importlib import import_module
from typing import Any

from celery.signals import worker_shutting_down
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from kombu.transport.redis import QoS
from tenant_schemas_celery.app import CeleryApp

from qualisys.observability import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qualisys.settings")

logger = logging.getLogger(__name__)

app = CeleryApp("qualisys")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A worker whose Redis went away would try to give back what it had taken and not begun, fail, and end (kombu 5.7).
# The sweep publishes that again.
QoS.restore_at_shutdown = False


@app.on_after_configure.connect
def observe(**_signal: Any) -> None:
    """Have a worker and beat show that they live, what they count, and what a trace is of."""
    tracing.start()
    import_module("qualisys.observability.worker")


@worker_shutting_down.connect
def give_back_at_shutdown(**_signal: Any) -> None:
    """A worker that is stopped in order gives back what it had taken and not begun: others need not wait for it."""
    QoS.restore_at_shutdown = True


def publish_on_commit(task_name: str, *arguments: str) -> None:
    """Publish a task in the present tenant once the present transaction is committed.

    A broker that cannot be reached is no error of the one who asks: what stays pending is published
    by the next sweep (github_connections/recovery.py).
    """
    # Bound now: at the commit another schema may be chosen.
    transaction.on_commit(partial(_publish, task_name, arguments, connection.schema_name))  # type: ignore[attr-defined]  # django-tenants'


def _publish(task_name: str, arguments: tuple[str, ...], schema: str) -> None:
    try:
        app.send_task(task_name, arguments, headers={"_schema_name": schema})
    except OperationalError as error:
        logger.warning("%s%s waits for the sweep: the broker does not answer (%s)", task_name, arguments, error)
