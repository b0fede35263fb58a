"""What is traced, and the redaction of what is told of it. Imported where traces are switched on, and only there."""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from qualisys.redaction import REDACTED, redact

INSTRUMENTORS = (
    DjangoInstrumentor,
    CeleryInstrumentor,
    PsycopgInstrumentor,
    RedisInstrumentor,
    RequestsInstrumentor,
)


def instrument() -> None:
    """Send traces where the standard variables say, of everything that there is an instrumentation for."""
    provider = TracerProvider()
    # It begins anew in each process that is forked from this one.
    provider.add_span_processor(BatchSpanProcessor(RedactingExporter(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    for instrumentor in INSTRUMENTORS:
        instrumentor().instrument()


# In a query people put what they should not; the log leaves it out too.
_ADDRESSES = frozenset({"http.url", "http.target", "url.full"})
_QUERY = "url.query"


class RedactingExporter(SpanExporter):
    """Hands spans on without the secrets that an address, a statement or an error's message might hold."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_redacted_span(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _redacted_span(span: ReadableSpan) -> ReadableSpan:
    status = Status(span.status.status_code, redact(span.status.description) if span.status.description else None)
    return ReadableSpan(
        name=redact(span.name),
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=_redacted(span.attributes),
        events=[Event(redact(event.name), _redacted(event.attributes), event.timestamp) for event in span.events],
        links=span.links,
        kind=span.kind,
        status=status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _redacted(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: _told(name, value) for name, value in (attributes or {}).items()}


def _told(name: str, value: Any) -> Any:
    if name == _QUERY:
        return REDACTED
    return _without_secrets(str(value).partition("?")[0] if name in _ADDRESSES else value)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list | tuple):
        return [_without_secrets(each) for each in value]
    return value
