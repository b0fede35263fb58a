"""What an operator's monitoring learns about connections: what happened, and what is so."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from conftest import World, make_project
from github_connections import analyzing, cloning, figures, metrics, tasks
from github_connections.deadlines import EXPIRY, RECOVERY
from github_connections.errors import CloneFailure, InvalidToken
from github_connections.history import Event, record
from github_connections.models import GithubConnection
from github_connections.remote.repository_url import parse_repository_url
from github_connections.services import validate_pat
from github_connections.state_metrics import StateCollector
from github_connections.states import Status
from github_connections.tests.conftest import connect, wait_for_status, wait_until
from github_connections.tests.connection_rows import make_cloned, make_cloning, make_connection
from github_connections.tests.fake_github import PAT, URL, FakeGitHub
from qualisys.dev import faults
from qualisys.dev.live_service import Worker
from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.throwaway import throwaway_redis
from qualisys.observability.tests.test_metrics import value
from qualisys.projects.models import Project
from qualisys.tenancy.deadlines import set_deadline


def counted(name: str, **labels: str) -> float:
    """What this process has counted."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def so_far(text: str, name: str, **labels: str) -> float:
    """What was counted when this was read; a series begins with its first event."""
    try:
        return value(text, name, **labels)
    except KeyError:
        return 0.0


def state() -> str:
    """What is so, as Prometheus would read it now."""
    figures.forget_platform_figures()
    registry = CollectorRegistry()
    registry.register(StateCollector())
    return generate_latest(registry).decode()


def test_a_workers_clones_are_counted_and_served(
    worker: Worker, metrics_url: str, committed: World, shop: Project, github: LoopbackGitHub
) -> None:
    """A clone in a process of the worker's is counted there, with its time and bytes, and read from its port."""
    before = requests.get(metrics_url, timeout=10).text
    connect(committed, shop)
    cloned = wait_for_status(shop, "analyzed")
    github.inject("/acme/shop.git", faults.redirect("http://127.0.0.1:1"))
    connect(committed, make_project(committed, "Other"))
    wait_until(lambda: GithubConnection.objects.filter(status="failed").exists())

    def more(name: str, **labels: str) -> float:
        return so_far(requests.get(metrics_url, timeout=10).text, name, **labels) - so_far(before, name, **labels)

    wait_until(lambda: more("qualisys_clone_duration_seconds_count") == 2)
    assert more("qualisys_clones_total", outcome="cloned") == 1
    assert more("qualisys_clones_total", outcome="failed", reason="REPOSITORY_MOVED") == 1
    assert more("qualisys_clone_bytes_sum") == cloned.size_bytes
    assert more("qualisys_analyses_total", outcome="analyzed") == 1
    assert more("qualisys_analysis_duration_seconds_count") == 1
    assert value(before, "qualisys_tokens_leaked_total") == more("qualisys_tokens_leaked_total") == 0


def test_a_worker_shows_that_it_lives(worker: Worker, live_environment: dict[str, str]) -> None:
    """The file of the heartbeat is touched again and again."""
    file = Path(live_environment["HEARTBEAT_FILE"])
    wait_until(file.exists)
    touched = file.stat().st_mtime_ns
    wait_until(lambda: file.stat().st_mtime_ns > touched)


def test_failed_attempts_are_counted_with_their_code(project: Project) -> None:
    """An attempt that is tried again and one that is final are told apart; a lost claim counts as nothing."""
    lost = CloneFailure("NETWORK", "Broken.", transient=True)
    claimed = make_cloning(project)
    retried, failed = ({"outcome": outcome, "reason": "NETWORK"} for outcome in ("retried", "failed"))
    before = counted("qualisys_clones_total", **retried), counted("qualisys_clones_total", **failed)
    cloning.end_attempt(claimed, lost)
    cloning.end_attempt(claimed, lost)  # nobody's any more
    claimed = make_cloning(make_project_of(project), attempts=django_settings.CLONE_MAX_ATTEMPTS)
    cloning.end_attempt(claimed, lost)
    after = counted("qualisys_clones_total", **retried), counted("qualisys_clones_total", **failed)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)


def make_project_of(project: Project) -> Project:
    return Project.objects.create(name="Another", created_by_id=project.created_by_id)


@pytest.mark.parametrize("where", ["clone", "analysis"])
def test_a_leaked_token_is_counted(project: Project, where: str) -> None:
    """A token found in a clone or in a report raises the one counter that must stay at zero."""
    before = counted("qualisys_tokens_leaked_total")
    leak = CloneFailure("TOKEN_LEAKED", "The clone holds the token itself.")
    if where == "clone":
        cloning.end_attempt(make_cloning(project), leak)
    else:
        analyzing.fail(make_connection(project, Status.CLONED), leak)
    assert counted("qualisys_tokens_leaked_total") - before == 1


def test_what_the_janitor_does_is_counted(project: Project, clone_root: Any) -> None:
    """Each periodic task says what it dealt with and when it ended; the reconciliation what it found."""
    make_cloned(project)
    (clone_root / str(uuid.uuid4())).mkdir()
    handled = {"kind": EXPIRY, "outcome": "handled"}
    before = counted("qualisys_janitor_handled_total", **handled)
    strangers = counted("qualisys_janitor_findings_total", kind="unknown_tenant")
    began = timezone.now().timestamp()
    for task in (tasks.expire_repositories, tasks.recover_connections, tasks.reconcile_repositories):
        task.apply(throw=True)
    assert counted("qualisys_janitor_handled_total", **handled) - before == 1
    assert counted("qualisys_janitor_findings_total", kind="unknown_tenant") - strangers == 1
    for name in ("expire_repositories", "recover_connections", "reconcile_repositories"):
        assert counted("qualisys_janitor_last_run_timestamp_seconds", task=name) >= began


def test_githubs_rate_limit_is_kept(fake_github: FakeGitHub) -> None:
    """What GitHub says of a token's limit is kept, as a number and as a part; nonsense is not."""
    name = "qualisys_github_rate_limit_left_ratio_bucket"
    before = counted(name, le="0.05"), counted("qualisys_github_answers_total", status="200")
    said = {"x-ratelimit-remaining": "200", "x-ratelimit-limit": "5000", "x-ratelimit-resource": "core"}
    fake_github.agrees(headers=said)
    validate_pat(parse_repository_url(URL, github_url="https://github.com"), PAT)
    metrics.github_answered(200, {"x-ratelimit-remaining": "-1", "x-ratelimit-limit": "٣"})
    assert counted("qualisys_github_rate_limit_remaining", resource="core") == 200
    assert counted(name, le="0.05") - before[0] == 1
    assert counted("qualisys_github_answers_total", status="200") - before[1] == 3


def test_a_github_that_does_not_answer_is_counted(fake_github: FakeGitHub) -> None:
    """A question that stays open is an answer of its own kind."""
    before = counted("qualisys_github_answers_total", status="none")
    with pytest.raises(InvalidToken):
        validate_pat(parse_repository_url("https://github.com/o/elsewhere", github_url="https://github.com"), PAT)
    assert counted("qualisys_github_answers_total", status="none") - before == 1


def test_what_is_so_is_read_over_all_tenants(world: World, project: Project, clone_root: Any) -> None:
    """Connections by status, the oldest that waits, what is stuck, tokens that end, bytes: of both tenants together."""
    make_connection(project, Status.FAILED, token_expires_at=timezone.now() + timedelta(days=6))
    waiting = make_connection(make_project_of(project))
    waited = timezone.now() - timedelta(minutes=10)
    GithubConnection.objects.filter(pk=waiting.pk).update(updated_at=waited)
    set_deadline(waiting.pk, RECOVERY, waited)
    with tenant_context(world.globex):
        of_globex = Project.objects.create(name="Theirs", created_by=world.globex_owner)
        make_cloned(of_globex, size_bytes=2048, token_expires_at=timezone.now() + timedelta(days=8))
    text = state()
    statuses = {status: value(text, "qualisys_connections", status=status) for status in Status.values}
    assert statuses == {"pending": 1, "cloning": 0, "cloned": 1, "analyzed": 0, "failed": 1, "expired": 0}
    assert 600 <= value(text, "qualisys_oldest_pending_seconds") < 700
    assert value(text, "qualisys_connections_stuck") == 2  # the clone that nobody removed, and the one that waits
    assert value(text, "qualisys_tokens_ending") == 1
    assert value(text, "qualisys_clones_bytes") == 2048
    assert value(text, "qualisys_tenants") == 2
    assert value(text, "qualisys_disk_bytes") > value(text, "qualisys_disk_free_bytes") > 0


def test_the_length_of_every_queue_is_read(world: World, settings: Any) -> None:
    """Each queue that a task is sent to has its length, an empty one zero."""
    # Not the run's own: other tests leave messages there that no worker is up to take.
    with throwaway_redis() as environment:
        settings.REDIS_URL = environment["REDIS_URL"]
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.rpush("clone", "first", "second")
        text = state()
    assert {queue: value(text, "qualisys_queue_length", queue=queue) for queue in ("clone", "maintenance")} == {
        "clone": 2,
        "maintenance": 0,
    }


def statements(ask: Callable[[], object]) -> int:
    """How many statements that takes; the search path before each of them is not counted."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    return sum(not query["sql"].startswith("SET search_path") for query in captured)


def test_figures_cost_the_same_for_one_tenant_and_for_two(world: World, project: Project) -> None:
    """Two statements, however many tenants there are; another one within seconds costs none."""
    make_connection(project)
    assert statements(lambda: figures.read_figures([world.acme])) == 2
    assert statements(lambda: figures.read_figures([world.acme, world.globex])) == 2
    figures.forget_platform_figures()
    assert [statements(figures.platform_figures) for _ in range(2)] == [3, 0]
    figures.forget_platform_figures()


def test_clones_are_told_by_day(world: World, project: Project) -> None:
    """Every day of the last fourteen stands there, the last is today, and what is older is left out."""
    connected = make_connection(project)
    for event in (Event.CLONED, Event.CLONED, Event.FAILED, Event.CLONING):
        record(connected, event)
    days = figures.clones_by_day(["acme", "globex"])
    assert len(days) == figures.DAYS
    assert list(days)[-1] == timezone.now().date()
    assert list(days.values())[-1] == {"cloned": 2, "failed": 1}
    assert all(day == {"cloned": 0, "failed": 0} for day in list(days.values())[:-1])
