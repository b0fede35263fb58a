"""GET …/github/analysis: pages and filters of what was found, a text for an agent, an OpenAPI document."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from conftest import ApiAs, World
from github_connections.analysis.digest import BYTES_PER_TOKEN
from github_connections.analysis.tests.reports import COMMIT, a_report, a_route
from github_connections.models import GithubConnection
from github_connections.states import Status
from github_connections.tests.analysed_rows import make_analysed
from github_connections.tests.connection_api import assert_refused, path_of
from github_connections.tests.connection_rows import make_connection
from qualisys.projects.models import Project
from qualisys.projects.roles import AUTOMATION, Role

ALLOWED = sorted(AUTOMATION)


@pytest.fixture
def ask(world: World, project: Project, api_as: ApiAs) -> Any:
    """Ask for the project's analysis with these parameters, as a QA automation engineer."""
    client = api_as(world.by_role[Role.QA_AUTOMATION])

    def asked(headers: dict[str, str] | None = None, **parameters: object) -> Any:
        return client.get(f"{path_of(project.pk)}/analysis", parameters, headers=headers)

    return asked


def test_a_page_of_routes(ask: Any, project: Project) -> None:
    """Without parameters the routes come by path and method, whole as the analysis said them, beside their commit."""
    make_analysed(project)
    page = ask().json()
    assert (page["count"], page["next"], page["previous"], page["commit_sha"]) == (4, None, None, COMMIT)
    rows = page["results"]
    assert [(row["method"], row["path"]) for row in rows] == [
        ("GET", "/"),
        ("GET", "/api/v1/orders"),
        ("POST", "/api/v1/orders"),
        ("GET", "/api/v1/orders/{order_id}"),
    ]
    assert rows[2]["auth"] == {"state": "required", "by": [], "roles": ["clerk"]}
    assert rows[1]["params"] == [{"name": "quantity", "in": "query", "type": "int", "required": False, "model": ""}]


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"kind": "endpoints"}, ["list_orders", "create_order", "read_order"]),
        ({"kind": "components"}, ["OrderCard"]),
        ({"kind": "models"}, ["Order"]),
        ({"kind": "test_files"}, ["tests/test_orders.py"]),
        ({"method": "post"}, ["create_order"]),
        ({"method": "TRACE"}, []),
        ({"framework": "React-Router"}, ["App"]),
        ({"framework": "flask"}, []),
        ({"q": "ORDER_ID"}, ["read_order"]),
        ({"q": "create"}, ["create_order"]),
        ({"q": "web/"}, ["App"]),
        ({"q": "%"}, []),
        ({"q": "", "method": ""}, ["App", "list_orders", "create_order", "read_order"]),
        (
            {"kind": "endpoints", "method": "GET", "q": "v1/orders", "framework": "fastapi"},
            ["list_orders", "read_order"],
        ),
        ({"kind": "components", "framework": "react", "q": "card"}, ["OrderCard"]),
    ],
)
def test_filters(ask: Any, project: Project, parameters: dict[str, str], found: list[str]) -> None:
    """Each parameter narrows the rows; letters' case does not matter, and a percent sign is no joker,
    and a parameter without a value is none."""
    make_analysed(project)
    rows = ask(**parameters).json()["results"]
    assert [row.get("handler") or row.get("name") or row["file"] for row in rows] == found


def test_pages(ask: Any, project: Project) -> None:
    """A long list comes in parts, of 50 unless told, of 200 at most, each with the address of the next."""
    make_analysed(project, a_report([a_route("GET", f"/items/{number:03}") for number in range(450)]))
    assert len(ask().json()["results"]) == 50
    page = ask(limit=1000, offset=200, kind="endpoints").json()
    assert (page["count"], len(page["results"]), page["results"][0]["path"]) == (450, 200, "/items/200")
    assert "offset=400" in page["next"]
    assert "kind=endpoints" in page["next"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"kind": "pages"}, "kind"),
        ({"method": "GET,POST"}, "method"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\0b"}, "q"),
        ({"framework": "x" * 101}, "framework"),
        ({"kind": "components", "method": "GET"}, "method"),
        ({"kind": "models", "framework": "fastapi"}, "framework"),
        ({"format": "yaml"}, "format"),
        ({"budget": "1000"}, "budget"),
        ({"format": "digest", "budget": "many"}, "budget"),
        ({"format": "digest", "budget": "10"}, "budget"),
        ({"format": "digest", "budget": "200001"}, "budget"),
        ({"format": "digest", "q": "x"}, "q"),
        ({"format": "openapi", "kind": "routes"}, "kind"),
    ],
)
def test_what_cannot_be_asked_for(ask: Any, project: Project, parameters: dict[str, str], field: str) -> None:
    """A wrong value, and a parameter that would have no effect, is 400 in JSON with the name of the field."""
    make_analysed(project)
    answer = ask(**parameters)
    assert_refused(answer, 400, "VALIDATION_ERROR")
    assert answer.headers["Content-Type"] == "application/json"
    assert list(answer.json()["details"]["fields"]) == [field]


@pytest.mark.parametrize(("budget", "longest"), [({"budget": 300}, 300), ({"budget": 900}, 900), ({}, 4000)])
def test_digest(ask: Any, project: Project, budget: dict[str, int], longest: int) -> None:
    """Text of no more than the budget, with every endpoint where there is room."""
    make_analysed(project)
    answer = ask(format="digest", **budget)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert len(answer.content) <= longest * BYTES_PER_TOKEN
    assert "/api/v1/orders" in answer.content.decode()


@pytest.mark.parametrize("accept", ["application/json", "text/plain", "*/*", "text/html"])
def test_format_decides_whatever_is_accepted(ask: Any, project: Project, accept: str) -> None:
    """A client that always says it accepts JSON gets the digest it asks for."""
    make_analysed(project)
    answer = ask({"Accept": accept}, format="digest")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_accept_decides_without_a_format(ask: Any, project: Project) -> None:
    """`Accept` chooses among the forms as it does elsewhere; one that there is not is 406."""
    make_analysed(project)
    assert ask({"Accept": "text/plain"}).content.startswith(b"What the source code")
    assert ask({"Accept": "application/vnd.oai.openapi+json"}).json()["openapi"] == "3.1.0"
    assert_refused(ask({"Accept": "image/png"}), 406, "NOT_ACCEPTABLE")


def test_openapi(ask: Any, project: Project) -> None:
    """A valid document with the endpoints, their parameters, models and who may ask, and without the page."""
    made = make_analysed(project)
    answer = ask(format="openapi")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    document = answer.json()
    validate(document, cls=OpenAPIV31SpecValidator)
    assert (document["info"]["title"], document["info"]["version"]) == (made.full_name, COMMIT)
    assert {path: sorted(item) for path, item in document["paths"].items()} == {
        "/api/v1/orders": ["get", "post"],
        "/api/v1/orders/{order_id}": ["get"],
    }


@pytest.mark.parametrize("form", [None, "digest", "openapi"])
@pytest.mark.parametrize("status", [Status.PENDING, Status.CLONING, Status.CLONED, Status.FAILED, Status.EXPIRED])
def test_not_analysed_yet(ask: Any, project: Project, status: Status, form: str | None) -> None:
    """Until the first analysis is stored the answer is 409 in JSON and says how far the connection is."""
    make_connection(project, status, error_code="ANALYSIS_FAILED" if status == Status.FAILED else "")
    answer = ask(**({"format": form} if form else {}))
    code = "ANALYSIS_FAILED" if status == Status.FAILED else ""
    assert_refused(answer, 409, "NOT_ANALYZED_YET")
    assert answer.json()["details"] == {"status": status, "error_code": code}
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.PENDING, Status.FAILED])
def test_rows_stay_when_the_clone_has_gone(ask: Any, project: Project, status: Status) -> None:
    """What was found is there until a newer analysis takes its place or the project is disconnected."""
    make_analysed(project, status=status)
    assert ask().json()["count"] == 4


def test_without_a_connection(ask: Any) -> None:
    """A project that is not connected has no analysis."""
    assert_refused(ask(), 404, "CONNECTION_NOT_FOUND")


@pytest.mark.parametrize("form", ["json", "digest", "openapi"])
@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_it(world: World, project: Project, api_as: ApiAs, role: Role, form: str) -> None:
    """Those who may look at the connection, in every form; others are told which roles may."""
    make_analysed(project)
    answer = api_as(world.by_role[role]).get(f"{path_of(project.pk)}/analysis", {"format": form})
    if role in ALLOWED:
        assert answer.status_code == 200
    else:
        assert_refused(answer, 403, "INSUFFICIENT_ROLE", role=role)


def test_one_projects_rows_alone(world: World, project: Project, ask: Any) -> None:
    """Another project's rows are not among them."""
    make_analysed(project)
    other = Project.objects.create(name="Other", created_by=world.acme_owner)
    make_analysed(other, a_report([a_route("GET", "/other")]))
    assert ask().json()["count"] == 4
    assert GithubConnection.objects.count() == 2
