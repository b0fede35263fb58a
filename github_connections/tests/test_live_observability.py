"""One request, followed from the web server through the queue into the worker: by its id and by its trace."""

import gzip
import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from conftest import World, token_for
from github_connections.tests.conftest import PAT, URL, wait_for_status, wait_until
from qualisys.dev.live_service import Worker, running_web
from qualisys.projects.models import Project


def connect_by_http(port: int, world: World, project: Project) -> str:
    """Connect acme/shop as Acme's owner over HTTP and return the request's id."""
    request_id = str(uuid.uuid4())
    answer = requests.post(
        f"http://127.0.0.1:{port}/api/v1/projects/{project.pk}/github",
        json={"repo_url": URL, "pat": PAT},
        headers={
            "Host": "acme.localhost",
            "Authorization": f"Bearer {token_for(world.acme_owner, world.acme)}",
            "X-Request-ID": request_id,
        },
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["X-Request-ID"] == request_id
    return request_id


def lines(log: Path) -> list[dict[str, Any]]:
    """The lines of a process's log that are JSON; a server's own first words are none."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def test_the_worker_logs_under_the_id_of_the_request(
    worker: Worker, web_port: int, committed: World, shop: Project
) -> None:
    """The clone and the analysis that follows it stand in the worker's log with the request's id and the tenant."""
    request_id = connect_by_http(web_port, committed, shop)
    wait_for_status(shop, "analyzed")

    def tasks() -> set[str]:
        of_request = [line for line in lines(worker.log) if line.get("request_id") == request_id and "task" in line]
        assert all(line["tenant"] == "acme" for line in of_request)
        return {line["task"].rpartition(".")[2] for line in of_request}

    wait_until(lambda: tasks() == {"clone_repository", "analyze_repository"})


class Collector(BaseHTTPRequestHandler):
    """Takes traces as OpenTelemetry's collector does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.taken.append(body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[ThreadingHTTPServer]:
    """A collector of traces on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        server.taken = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def spans(collector: ThreadingHTTPServer) -> list[tuple[str, str, bytes]]:
    """The service, the name and the trace of every span that was taken."""
    found = []
    for body in [*collector.taken]:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = next(a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
            found += [(service, span.name, span.trace_id) for scope in resource.scope_spans for span in scope.spans]
    return found


def test_one_trace_leads_from_the_request_into_the_worker(
    worker: Worker,
    live_environment: dict[str, str],
    collector: ThreadingHTTPServer,
    committed: World,
    shop: Project,
    tmp_path: Path,
) -> None:
    """By the standard variables alone: request, question to GitHub, statement, tasks are one trace, without a token."""
    asked = {
        **live_environment,
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "METRICS_PORT": "0",
    }
    traced = Worker({**asked, "OTEL_SERVICE_NAME": "worker"}, tmp_path / "worker.log")
    worker.stop()
    traced.start()
    try:
        with running_web({**asked, "OTEL_SERVICE_NAME": "web"}, tmp_path / "web.log") as port:
            connect_by_http(port, committed, shop)
            wait_for_status(shop, "analyzed")
            wait_until(lambda: any(name.startswith("run/") and "analyze" in name for _, name, _ in spans(collector)))
            wait_until(lambda: any(service == "web" and "POST" in name for service, name, _ in spans(collector)))
    finally:
        traced.stop()
        worker.start()
    (trace,) = {trace for service, name, trace in spans(collector) if service == "web" and name.startswith("POST ")}
    of_trace = {(service, name.split(" ")[0]) for service, name, found in spans(collector) if found == trace}
    tasks = "github_connections.tasks"
    assert of_trace >= {
        ("web", "POST"),
        ("web", "GET"),
        ("web", "INSERT"),
        ("web", f"apply_async/{tasks}.clone_repository"),
        ("worker", f"run/{tasks}.clone_repository"),
        ("worker", f"run/{tasks}.analyze_repository"),
        ("worker", "UPDATE"),
    }
    assert not any(PAT.encode() in body for body in collector.taken)
    (line,) = [line for line in lines(tmp_path / "web.log") if line["logger"] == "qualisys.requests"]
    assert line["trace_id"] == trace.hex()
