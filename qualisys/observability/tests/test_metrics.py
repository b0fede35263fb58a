"""Metrics: who may read them, and that the counts of several processes are one count."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from conftest import World
from qualisys.dev.processes import start_process, stop
from qualisys.dev.stack import free_port, wait_for_port, web_command

TOKEN = "a token for a test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def read(host: str = "10.1.2.3:8000", address: str = "10.9.9.9", **headers: str) -> tuple[int, str]:
    answer = Client(HTTP_HOST=host).get("/metrics", REMOTE_ADDR=address, headers=headers)
    return answer.status_code, answer.content.decode()


def value(text: str, name: str, **labels: str) -> float:
    """The sum of the samples of that name with these labels; KeyError where there is none."""
    found = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    if not found:
        raise KeyError(name)
    return sum(found)


def test_nobody_reads_without_a_setting(world: World) -> None:
    """Without a token and without networks the answer is no, and says which settings there are."""
    status, text = read(address="127.0.0.1")
    assert status == 403
    assert "METRICS_TOKEN and METRICS_NETWORKS" in text
    assert read(Authorization="Bearer ")[0] == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [(BEARER, 200), ({"Authorization": TOKEN}, 200), ({"Authorization": "Bearer another"}, 403), ({}, 403)],
    ids=["token", "token alone", "another token", "none"],
)
def test_the_token_opens(settings: Any, world: World, headers: dict[str, str], status: int) -> None:
    """Whoever has the token reads, from anywhere and through any proxy."""
    settings.METRICS_TOKEN = TOKEN
    assert read(**headers)[0] == read(**headers, **{"X-Forwarded-For": "8.8.8.8"})[0] == status


@pytest.mark.parametrize(
    ("address", "status"), [("10.0.0.7", 200), ("fd00::7", 200), ("11.0.0.7", 403), ("", 403), ("unix", 403)]
)
def test_a_network_opens(monkeypatch: pytest.MonkeyPatch, world: World, address: str, status: int) -> None:
    """An address of the networks needs no token."""
    _allow(monkeypatch, "10.0.0.0/8, fd00::/8")
    assert read(address=address)[0] == status


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Proto", "X-Real-Ip"])
def test_a_proxy_lends_its_address_to_nobody(monkeypatch: pytest.MonkeyPatch, world: World, header: str) -> None:
    """What a proxy passed on comes from its address, whoever sent it: the network does not open for that."""
    _allow(monkeypatch, "10.0.0.0/8")
    assert read(address="10.0.0.7", **{header: "https"})[0] == 403


@pytest.mark.parametrize("host", ["acme.localhost", "ACME.localhost:8000", "nobody.localhost"])
def test_never_on_a_tenants_host(settings: Any, world: World, host: str) -> None:
    """A tenant's host has nothing at this address, for whoever asks and whatever is in the hand."""
    settings.METRICS_TOKEN = TOKEN
    assert read(host, **BEARER) == (404, "There is nothing here.\n")
    assert read("localhost", **BEARER)[0] == 200


def _allow(monkeypatch: pytest.MonkeyPatch, networks: str) -> None:
    from django.conf import settings  # the fixture of that name keeps a copy that the parser does not read

    from qualisys.settings import networks as parse

    monkeypatch.setenv("METRICS_NETWORKS", networks)
    monkeypatch.setattr(settings, "METRICS_NETWORKS", parse("METRICS_NETWORKS"))


def test_what_can_be_read_is_read_when_another_part_is_away(settings: Any, world: World, tmp_path: Path) -> None:
    """Without Redis and without the volume there are still the connections, and it is said what is missing."""
    settings.METRICS_TOKEN = TOKEN
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CLONE_ROOT = tmp_path / "nowhere"
    text = read(**BEARER)[1]
    readable = {part: value(text, "qualisys_readable", part=part) for part in ("database", "queues", "disk")}
    assert readable == {"database": 1, "queues": 0, "disk": 0}
    assert value(text, "qualisys_connections", status="failed") == 0
    with pytest.raises(KeyError):
        value(text, "qualisys_queue_length")


def test_requests_are_counted_by_the_name_of_the_address(settings: Any, world: World) -> None:
    """A route is a name without ids; what is no address, and a method that is none, make one series each."""
    settings.METRICS_TOKEN = TOKEN
    client = Client(HTTP_HOST="acme.localhost")
    client.get("/admin/login/")
    client.get("/admin/login/")
    client.generic("BREW", "/coffee")
    text = read(**BEARER)[1]
    counted = "qualisys_http_request_duration_seconds_count"
    assert value(text, counted, method="GET", route="admin:login", status="200") >= 2
    assert value(text, counted, method="other", route="", status="404") >= 1
    assert "BREW" not in text
    assert "coffee" not in text


SERVERS = {
    "granian": lambda port: web_command(port, workers=2, threads=1),
    "gunicorn": lambda port: [
        *(sys.executable, "-m", "gunicorn", "qualisys.wsgi:application"),
        *("--workers", "2", "--bind", f"127.0.0.1:{port}"),
    ],
}


@pytest.mark.parametrize("server", SERVERS)
def test_the_counts_of_several_web_processes_are_one(tmp_path: Path, server: str) -> None:
    """Whichever of two processes is asked, it answers for both, and no request is counted twice or lost."""
    port = free_port()
    variables = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "counts"), "METRICS_TOKEN": TOKEN}
    log = tmp_path / "web.log"
    process = start_process(SERVERS[server](port), log=log, environment={**os.environ, **variables})
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for_port(port, log)
        for _ in range(20):  # a connection each, so that both processes have some
            assert requests.get(f"{base}/nowhere", timeout=60).status_code == 404
        texts = [requests.get(f"{base}/metrics", headers=BEARER, timeout=60).text for _ in range(4)]
    finally:
        stop(process, 15, 10)
    assert len({path.name for path in (tmp_path / "counts").glob("histogram_*.db")}) >= 2
    for text in texts:
        assert value(text, "qualisys_http_request_duration_seconds_count", status="404") == 20
        assert value(text, "qualisys_tokens_leaked_total") == 0
