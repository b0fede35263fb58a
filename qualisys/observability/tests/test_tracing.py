"""Traces: switched on by OpenTelemetry's own variables, absent otherwise, and without secrets."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from qualisys.observability.instrumentation import RedactingExporter
from qualisys.redaction import REDACTED

TOKEN = "ghp_" + "TracesTestToken0123456789abcdefghij"
# redis-py imports the SDK's interfaces by itself wherever they are installed.
IMPORTED = """
import sys, qualisys.wsgi
print(*(name in sys.modules for name in ("opentelemetry.instrumentation", "opentelemetry.exporter")))
"""


def start(program: str = IMPORTED, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program, which loads the web application, with these variables of OpenTelemetry's alone."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "imported"),
    [
        ({}, "False False"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, "False False"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}, "False False"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"}, "False False"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, "True True"),
    ],
    ids=["nothing", "empty", "disabled", "no exporter", "endpoint"],
)
def test_off_costs_nothing(variables: dict[str, str], imported: str) -> None:
    """Where no trace is asked for, nothing is instrumented, and what would do so is not even imported."""
    ended = start(**variables)
    assert ended.stdout.strip() == imported, ended.stderr


def test_another_protocol_is_refused() -> None:
    """Traces that would go where nobody understands them are no traces: the start says so."""
    ended = start(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_EXPORTER_OTLP_PROTOCOL="grpc")
    assert ended.returncode != 0
    assert "traces are sent by http/protobuf alone" in ended.stderr


def test_no_secret_is_exported() -> None:
    """Name, attributes, events, and an error with its traceback leave without a secret; the rest stays."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(RedactingExporter(kept)))
    tracer = provider.get_tracer("tests")
    span = tracer.start_span(f"fetch {TOKEN}")
    span.set_attribute("url.full", f"https://me:{TOKEN}@github.com/o/r")
    span.set_attribute("list", [TOKEN, "plain"])
    span.set_attribute("number", 7)
    span.add_event("asked", {"header": f"Authorization: Bearer {TOKEN}"})
    span.record_exception(ValueError(f"refused: {TOKEN}"))
    span.set_status(StatusCode.ERROR, f"refused: {TOKEN}")
    span.end()
    (exported,) = kept.get_finished_spans()
    assert TOKEN not in exported.to_json()
    assert exported.name == f"fetch {REDACTED}"
    assert dict(exported.attributes) == {
        "url.full": f"https://{REDACTED}@github.com/o/r",
        "list": [REDACTED, "plain"],
        "number": 7,
    }
    assert [event.name for event in exported.events] == ["asked", "exception"]
    assert exported.status.description == f"refused: {REDACTED}"
    assert exported.context.trace_id == span.get_span_context().trace_id
    assert exported.end_time >= exported.start_time


def exported(**attributes: str) -> dict[str, Any]:
    """Return what leaves of a span with these attributes."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(RedactingExporter(kept)))
    provider.get_tracer("tests").start_span("asked", attributes=attributes).end()
    (span,) = kept.get_finished_spans()
    return dict(span.attributes or {})


def test_no_query_is_exported() -> None:
    """What somebody put into the query of an address stays here, as it stays out of the log."""
    attributes = {
        "http.url": "http://acme.localhost/api/v1/projects?pat=what-a-person-put-there",
        "http.target": "/api/v1/projects?pat=what-a-person-put-there",
        "url.full": "http://acme.localhost/api/v1/projects?pat=what-a-person-put-there",
        "url.query": "pat=what-a-person-put-there",
        "db.statement": "SELECT '?'",
    }
    assert exported(**attributes) == {
        "http.url": "http://acme.localhost/api/v1/projects",
        "http.target": "/api/v1/projects",
        "url.full": "http://acme.localhost/api/v1/projects",
        "url.query": REDACTED,
        "db.statement": "SELECT '?'",
    }


SENT = """
import django
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from qualisys.observability import tracing

tracing.start()
django.setup()
kept = InMemorySpanExporter()
trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(kept))
import requests
from qualisys.webhooks.sending import send

send("http://127.0.0.1:1/hooks/secret-part", {}, "{}")
assert not kept.get_finished_spans(), kept.get_finished_spans()[0].to_json()
try:
    requests.get("http://127.0.0.1:1/")
except requests.RequestException:
    print(*(span.name for span in kept.get_finished_spans()))
"""


def test_the_address_of_a_webhook_is_not_traced() -> None:
    """Part of it may be a secret of the receiver's, which the log does not tell either; other questions are traced."""
    ended = start(SENT, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", WEBHOOK_ALLOW_LOOPBACK="true")
    assert ended.stdout.strip() == "GET", ended.stderr
