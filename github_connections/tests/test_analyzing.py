"""What becomes of a cloned connection: analysed, stored, or ended with a reason, while its clone stays."""

from pathlib import Path

import pytest

from github_connections import analyzing, findings, recovery, services, workspace
from github_connections.analysis import AnalysisFailed, Limits, Report, analyze
from github_connections.analysis.tests.reports import a_report, a_route, shop_report
from github_connections.deadlines import EXPIRY, RECOVERY
from github_connections.errors import CloneFailure
from github_connections.models import AnalysisRow, GithubConnection, RowKind
from github_connections.states import Status
from github_connections.tests.analysed_rows import make_analysed
from github_connections.tests.connection_rows import deadline_of, make_cloned
from qualisys.projects.models import Project
from qualisys.redaction import forms
from qualisys.tenancy.context import current_tenant

APPLICATION = """
from fastapi import FastAPI

from routers import users

app = FastAPI()
app.include_router(users.router, prefix="/api")
"""
ROUTER = """
from fastapi import APIRouter

router = APIRouter(prefix="/users")


@router.get("/{user_id}")
def read_user(user_id: int):
    return {}
"""


@pytest.fixture
def cloned(project: Project, clone_root: Path) -> GithubConnection:
    """A connection whose clone is a small FastAPI application."""
    connection = make_cloned(project)
    checkout = workspace.checkout_path(current_tenant().pk, connection.pk)
    (checkout / "routers").mkdir(parents=True, exist_ok=True)
    (checkout / "main.py").write_text(APPLICATION)
    (checkout / "routers" / "users.py").write_text(ROUTER)
    return connection


def row() -> GithubConnection:
    return GithubConnection.objects.get()


def test_clone_is_analysed_and_stored(cloned: GithubConnection) -> None:
    """Counts, a short summary with the agreed keys, and every row with all that is known of it."""
    analyzing.analyze_connection(cloned.pk)
    now = row()
    assert (now.status, now.routes_count, now.endpoints_count, now.components_count) == (Status.ANALYZED, 1, 1, 0)
    (shown,) = now.analysis_summary["routes"]
    assert now.analysis_summary["framework"] == "fastapi"
    assert (shown["method"], shown["path"], shown["file"]) == ("GET", "/api/users/{user_id}", "routers/users.py")
    assert (shown["line"], shown["handler"], shown["confidence"]) == (7, "read_user", "exact")
    assert [(one["name"], one["in"], one["type"]) for one in shown["params"]] == [("user_id", "path", "int")]
    assert [prefix["value"] for prefix in shown["prefixes"]] == ["/api", "/users"]
    stored = AnalysisRow.objects.get(kind=RowKind.ROUTE)
    assert (stored.path, stored.is_endpoint, stored.data["handler"]) == ("/api/users/{user_id}", True, "read_user")
    assert [prefix["value"] for prefix in stored.data["prefixes"]] == ["/api", "/users"]
    assert deadline_of(cloned.pk).kind == EXPIRY


def test_unrecognised_repository_is_analysed_with_nothing_in_it(project: Project, clone_root: Path) -> None:
    """A repository without a framework is no failure."""
    connection = make_cloned(project)
    analyzing.analyze_connection(connection.pk)
    assert (row().status, row().analysis_summary["framework"], row().routes_count) == (Status.ANALYZED, "unknown", 0)


def test_second_analysis_takes_the_place_of_the_first(cloned: GithubConnection) -> None:
    """Rows of two analyses never stand side by side."""
    analyzing.analyze_connection(cloned.pk)
    GithubConnection.objects.update(status=Status.CLONED)
    checkout = workspace.checkout_path(current_tenant().pk, cloned.pk)
    (checkout / "routers" / "users.py").write_text(ROUTER.replace("/{user_id}", "/me"))
    analyzing.analyze_connection(cloned.pk)
    assert [stored.path for stored in AnalysisRow.objects.all()] == ["/api/users/me"]


def test_analysis_past_its_time_fails_and_the_clone_stays(cloned: GithubConnection, settings: object) -> None:
    """The reason is told, the source can still be read, and its expiry is expected."""
    settings.ANALYSIS_TIMEOUT = 0
    analyzing.analyze_connection(cloned.pk)
    now = row()
    assert (now.status, now.error_code) == (Status.FAILED, "ANALYSIS_FAILED")
    assert "longer than 0 seconds" in now.error_message
    assert Path(now.clone_path, "main.py").exists()
    assert deadline_of(cloned.pk).kind == EXPIRY


def test_analysis_of_a_clone_on_its_way_out_is_not_stored(
    cloned: GithubConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that comes after a newer attempt has begun changes nothing."""

    def analyze_late(checkout: Path, limits: Limits, **said: object) -> object:
        GithubConnection.objects.update(attempt_id=cloned.project_id)
        return analyze(checkout, limits)

    monkeypatch.setattr(analyzing, "analyze", analyze_late)
    analyzing.analyze_connection(cloned.pk)
    assert (row().status, row().routes_count, AnalysisRow.objects.count()) == (Status.CLONED, 0, 0)


def test_token_in_a_report_is_not_stored(cloned: GithubConnection) -> None:
    """A token that the source holds in pieces, put together by the analysis, ends it."""
    token = cloned.reveal_token()
    checkout = workspace.checkout_path(current_tenant().pk, cloned.pk)
    half = len(token) // 2
    pieces = f'"/{token[:half]}" + "{token[half:]}"'
    (checkout / "routers" / "users.py").write_text(ROUTER.replace('"/{user_id}"', pieces))
    analyzing.analyze_connection(cloned.pk)
    assert (row().status, row().error_code, AnalysisRow.objects.count()) == (Status.FAILED, "TOKEN_LEAKED", 0)


@pytest.mark.parametrize("token", ['gh"p_quoted', "gh\\p_slashed", "ghp_" + "plain" * 7])
def test_token_is_found_however_json_writes_it(token: str) -> None:
    """A token with characters that JSON escapes is found like any other, also in base64."""
    for text in (token, *forms(token)):
        with pytest.raises(CloneFailure, match="TOKEN_LEAKED"):
            analyzing._refuse_leaked_token(token, a_report([a_route("GET", "/", handler=f"before {text} after")]))
    analyzing._refuse_leaked_token(token, a_report([a_route("GET", "/")]))


def test_reason_of_a_failure_does_not_hold_the_token(cloned: GithubConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an analysis says of itself may quote the repository: the token is left out of it, and a NUL."""
    token = cloned.reveal_token()

    def fail_loudly(*_given: object, **_said: object) -> Report:
        raise AnalysisFailed(f"it stumbled over\0 {token}")

    monkeypatch.setattr(analyzing, "analyze", fail_loudly)
    analyzing.analyze_connection(cloned.pk)
    assert (row().status, row().error_message) == (Status.FAILED, "it stumbled over [redacted]")


def test_unreadable_token_ends_the_analysis(cloned: GithubConnection) -> None:
    """Nothing is stored that could not be searched for the token; the reason is told, and the clone stays."""
    GithubConnection.objects.update(encrypted_token="nonsense")
    analyzing.analyze_connection(cloned.pk)
    assert (row().status, row().error_code, AnalysisRow.objects.count()) == (Status.FAILED, "TOKEN_UNREADABLE", 0)
    assert row().clone_path


def test_what_postgresql_cannot_hold_is_left_out(cloned: GithubConnection) -> None:
    """A NUL in a path of the source, and a method longer than any, do not keep the other rows from being stored."""
    source = 'router.api_route("/a\\0b", methods=["' + "X" * 40 + '"])(read_user)\n'
    checkout = workspace.checkout_path(current_tenant().pk, cloned.pk)
    (checkout / "routers" / "users.py").write_text(f"{ROUTER}\n{source}")
    analyzing.analyze_connection(cloned.pk)
    assert (row().status, row().error_message) == (Status.ANALYZED, "")
    assert [stored.path for stored in AnalysisRow.objects.all()] == ["/api/users/ab", "/api/users/{user_id}"]


def test_report_comes_back_as_it_was_stored(project: Project) -> None:
    """What is made of the stored rows is made of the whole report."""
    report = shop_report()
    assert findings.report_of(make_analysed(project, report)) == report


def test_summary_carries_the_first_rows_and_says_so(cloned: GithubConnection) -> None:
    """A connection is not made heavy by a large repository: its rows lie in their own table."""
    report = a_report([a_route("GET", f"/{number:04}") for number in range(findings.SUMMARY_ROWS + 1)])
    summary = findings.summary_of(report)
    assert (len(summary["routes"]), len(summary["endpoints"]), summary["truncated"]) == (100, 100, True)
    first = summary["routes"][0]
    assert (first["method"], first["path"], first["file"]) == ("GET", "/0000", "app/api.py")
    assert findings.summary_of(a_report(report.routes[:100]))["truncated"] is False


def test_second_analysis_is_made_of_the_first(cloned: GithubConnection) -> None:
    """What an analysis worked out is kept beside the clone for the next one, and goes with the connection."""
    analyzing.analyze_connection(cloned.pk)
    kept = workspace.analysis_path(current_tenant().pk, cloned.pk)
    assert any(kept.iterdir())
    assert not any((kept.parent.parent / "incoming").iterdir())
    services.disconnect(cloned.project_id, actor_id=None)
    assert not kept.exists()
    assert AnalysisRow.objects.count() == 0


def test_rows_outlive_the_clone(cloned: GithubConnection) -> None:
    """After seven days the source goes and what was found in it stays."""
    analyzing.analyze_connection(cloned.pk)
    services.expire_now(cloned.pk, actor_id=cloned.created_by_id)
    assert (row().status, row().routes_count, AnalysisRow.objects.count()) == (Status.EXPIRED, 1, 1)
    assert not workspace.analysis_path(current_tenant().pk, cloned.pk).exists()


def test_analysis_that_its_worker_left_is_begun_again(
    cloned: GithubConnection, django_capture_on_commit_callbacks: object
) -> None:
    """A lost message or a dead worker is noticed; one that dies every time is given up, with its clone kept."""
    GithubConnection.objects.update(attempts=1, heartbeat_at=None)
    recovery._recover(cloned.pk)
    assert deadline_of(cloned.pk).kind == RECOVERY
    GithubConnection.objects.update(attempts=analyzing.MAXIMUM_ATTEMPTS)
    recovery._recover(cloned.pk)
    assert (row().status, row().error_code) == (Status.FAILED, "ANALYSIS_FAILED")
    assert row().clone_path


def test_what_analyses_left_whose_workers_died_goes(
    cloned: GithubConnection, django_capture_on_commit_callbacks: object
) -> None:
    """The next attempt removes what earlier ones kept, and so does whoever gives up; the clone's own attempt stays."""
    other = workspace._incoming_path(current_tenant().pk, cloned.pk, cloned.attempt_id)
    other.mkdir(parents=True)
    leave_analysis(cloned, 1)
    GithubConnection.objects.update(attempts=1)
    analyzing.analyze_connection(cloned.pk)
    assert workspace.incoming_directories(current_tenant().pk) == [other]

    leave_analysis(cloned, analyzing.MAXIMUM_ATTEMPTS)
    GithubConnection.objects.update(status=Status.CLONED, attempts=analyzing.MAXIMUM_ATTEMPTS)
    recovery._recover(cloned.pk)
    assert row().status == Status.FAILED
    assert workspace.incoming_directories(current_tenant().pk) == [other]


def leave_analysis(connection: GithubConnection, attempt: int) -> None:
    left = workspace._incoming_path(current_tenant().pk, connection.pk, analyzing._name(connection, attempt))
    left.mkdir(parents=True)
    (left / "report").write_text("half of one")


def test_remains_that_cannot_be_removed_keep_no_clone_from_its_analysis(cloned: GithubConnection) -> None:
    """A link in the place of what an attempt left is not touched, and the next attempt goes on."""
    left = workspace._incoming_path(current_tenant().pk, cloned.pk, analyzing._name(cloned, 1))
    left.parent.mkdir(parents=True)
    left.symlink_to(cloned.clone_path)
    GithubConnection.objects.update(attempts=1)
    analyzing.analyze_connection(cloned.pk)
    assert row().status == Status.ANALYZED
    assert left.is_symlink()
