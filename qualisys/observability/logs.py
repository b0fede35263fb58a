"""What stands in a line of the log: JSON for machines in production, a readable line for a person in development.

Every line says for which tenant, in which request and in which task it was written. What is written passes the
redaction last: the message in `RedactingFilter`, everything else in the formatter.
"""

import logging
from typing import Any

from celery import current_task
from django.db import connection
from django_guid.context import guid
from django_tenants.utils import get_public_schema_name
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from qualisys.observability import tracing
from qualisys.redaction import redact

_FIELDS = ("levelname", "name", "message", "tenant", "request_id", "task", "task_id", "trace_id", "exc_info")
# Whole objects, which Django and Celery hand to their own handlers.
_OBJECTS = ("request", "server_time", "data", "color_message")


class ContextFilter(logging.Filter):
    """Adds to every record where it was written; what is not known is None."""

    def filter(self, record: logging.LogRecord) -> bool:
        schema = getattr(connection, "schema_name", None)
        record.tenant = None if schema == get_public_schema_name() else schema
        record.request_id = guid.get()
        record.task, record.task_id = (current_task.name, current_task.request.id) if current_task else (None, None)
        record.trace_id = tracing.trace_id()
        return True


class JsonLines(JsonFormatter):
    """One JSON object a line, its fields without a value left out, all of it redacted."""

    def __init__(self) -> None:
        super().__init__(
            _FIELDS[:-1],
            rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
            reserved_attrs=[*RESERVED_ATTRS, *_OBJECTS],
            timestamp="time",
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: _redacted(value) for name, value in log_data.items() if value is not None}


class ReadableLines(logging.Formatter):
    """A line for a person's eyes: the tenant and the beginning of the request's id where there are any."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(where)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        parts = [getattr(record, "tenant", None), (getattr(record, "request_id", None) or "")[:8]]
        where = " ".join(filter(None, parts))
        record.where = f" [{where}]" if where else ""
        return super().format(record)


def _redacted(value: Any) -> Any:
    """Return what JSON can hold of the value, without a secret."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {redact(str(name)): _redacted(below) for name, below in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(below) for below in value]
    return redact(value.isoformat(timespec="milliseconds") if hasattr(value, "isoformat") else str(value))
