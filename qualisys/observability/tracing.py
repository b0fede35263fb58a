"""OpenTelemetry's traces, switched on by its own variables alone: without them none of it is imported.

OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) names where they go, by HTTP; all other variables
of the SDK (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, …) hold as its documentation says.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.core.exceptions import ImproperlyConfigured


@cache
def is_on() -> bool:
    """Return whether the environment asks for traces."""
    endpoint = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    refused = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return bool(endpoint) and not refused and os.environ.get("OTEL_TRACES_EXPORTER", "otlp") == "otlp"


@cache
def start() -> None:
    """Have requests, tasks, statements and questions to Redis and GitHub traced from now on, where that is asked."""
    if not is_on():
        return
    protocol = os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
    if protocol != "http/protobuf":
        raise ImproperlyConfigured(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; traces are sent by http/protobuf alone."
        )
    from qualisys.observability.instrumentation import instrument

    instrument()


@contextmanager
def untraced() -> Iterator[None]:
    """Have what is asked of others by HTTP in this block traced nowhere, and nobody told of the trace it is part of."""
    if not is_on():
        yield
        return
    from opentelemetry.instrumentation.utils import suppress_http_instrumentation

    with suppress_http_instrumentation():
        yield


def trace_id() -> str | None:
    """Return the id of the trace that this thread is in, as other systems write it; None outside of any."""
    if not is_on():
        return None
    from opentelemetry.trace import format_trace_id, get_current_span

    context = get_current_span().get_span_context()
    return format_trace_id(context.trace_id) if context.is_valid else None
