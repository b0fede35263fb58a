"""What holds for every address of the API: slashes, methods, bodies, hosts."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from conftest import ApiAs, World
from qualisys.projects.models import Project
from qualisys.projects.roles import Role
from qualisys.tests.endpoints import ELSEWHERE, Endpoint, endpoints
from qualisys.tests.malformed import MALFORMED_BODIES

ALL_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
ADDRESSES = {endpoint.name: endpoint for endpoint in endpoints()}
WITH_BODY = [endpoint for endpoint in endpoints() if endpoint.method in {"POST", "PATCH"}]


def path_of(endpoint: Endpoint, world: World, project: Project) -> str:
    named = {"user_id": world.by_role[Role.VIEWER].pk, "webhook_id": uuid.uuid4()} | ELSEWHERE
    return endpoint.path(project_id=project.pk, **named)


@pytest.mark.parametrize("endpoint", endpoints(), ids=str)
def test_a_trailing_slash_makes_no_difference(
    world: World, project: Project, api_as: ApiAs, endpoint: Endpoint
) -> None:
    """An address with a slash at its end is the same address, and not a redirect that would lose the body."""
    client = api_as(None)
    path = path_of(endpoint, world, project)

    plain, slashed = (client.generic(endpoint.method, address) for address in (path, f"{path}/"))

    assert (plain.status_code, plain.json()) == (slashed.status_code, slashed.json())
    assert plain.json()["error"] != "NOT_FOUND"


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_method_that_is_not_offered_is_405(world: World, project: Project, api_as: ApiAs, name: str) -> None:
    """Every other method of an address is answered with 405 and the methods that there are."""
    offered = {endpoint.method for endpoint in endpoints() if endpoint.name == name}
    client = api_as(world.acme_owner)
    for method in ALL_METHODS - offered:
        answer = client.generic(method, path_of(ADDRESSES[name], world, project), b"{}", "application/json")

        assert answer.status_code == 405, method
        assert answer.json()["error"] == "METHOD_NOT_ALLOWED"
        assert offered <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("body", MALFORMED_BODIES.values(), ids=MALFORMED_BODIES)
@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_a_body_that_is_no_json_object_is_400(
    world: World, project: Project, api_as: ApiAs, endpoint: Endpoint, body: bytes
) -> None:
    """Whatever else than a JSON object is sent, the sender is told, and nothing breaks."""
    client = api_as(world.acme_owner)
    client.raise_request_exception = False

    answer = client.generic(endpoint.method, path_of(endpoint, world, project), body, "application/json")

    assert answer.status_code == 400, answer.content
    assert answer.json()["error"] == "VALIDATION_ERROR"
    assert len(answer.json()["message"]) > 10


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/xml", ""])
@pytest.mark.parametrize("endpoint", WITH_BODY, ids=str)
def test_another_content_type_is_415(
    world: World, project: Project, api_as: ApiAs, endpoint: Endpoint, content_type: str
) -> None:
    """The API reads JSON alone, and says so."""
    path = path_of(endpoint, world, project)
    answer = api_as(world.acme_owner).generic(endpoint.method, path, b'{"name": "Shop"}', content_type)

    assert answer.status_code == 415
    assert answer.json()["error"] == "UNSUPPORTED_MEDIA_TYPE"


def test_an_answer_that_cannot_be_given_is_406(world: World, api_as: ApiAs) -> None:
    """One who takes no JSON is told so, in JSON."""
    answer = api_as(world.acme_owner).get("/api/v1/projects", HTTP_ACCEPT="text/html")
    assert (answer.status_code, answer.json()["error"]) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("method", sorted(ALL_METHODS))
@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v1/nothing/", "/api/v1//projects"])
def test_an_unknown_address_is_404_in_json(world: World, path: str, method: str) -> None:
    """Below /api/ there are no pages, and no question for a CSRF token, whatever is asked for."""
    answer = APIClient(enforce_csrf_checks=True, HTTP_HOST="acme.localhost").generic(method, path)

    assert answer.status_code == 404, answer.content
    assert answer.json() == {"error": "NOT_FOUND", "message": f"There is nothing at {path}.", "details": {}}


def test_elsewhere_an_unknown_address_is_a_page(world: World, client: Any) -> None:
    """A person with a browser gets a page."""
    answer = client.get("/nothing", headers={"host": "acme.localhost"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("host", ["nobody.localhost", "acme.nobody.localhost", "acme", "template.localhost"])
def test_an_unknown_host_is_404(world: World, api_as: ApiAs, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    """A host that is no tenant's says so, and shows nothing."""
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    answer = api_as(world.acme_owner, host=host).get("/api/v1/projects")

    assert answer.status_code == 404
    assert answer.json()["error"] == "TENANT_NOT_FOUND"
    assert host in answer.json()["message"]


@pytest.mark.parametrize("host", ["acme.evil.example", "acme.localhost:port", "a b", "[", ""])
def test_a_host_that_is_not_served_at_all_is_404(world: World, api_as: ApiAs, host: str) -> None:
    """A host outside ALLOWED_HOSTS is told so, before any tenant is looked for, and is not repeated."""
    answer = api_as(world.acme_owner, host=host).get("/api/v1/projects")

    assert (answer.status_code, answer.json()["error"]) == (404, "TENANT_NOT_FOUND")
    assert "evil" not in answer.json()["message"]


@pytest.mark.parametrize("host", ["acme.evil.example", "nobody.localhost"])
def test_a_host_without_a_tenant_has_no_pages(world: World, client: Any, host: str) -> None:
    """Outside of the API the answer is a sentence in place of JSON."""
    answer = client.get("/admin/", headers={"host": host})

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain")
    assert answer.content.startswith(b"Nobody is served at")


@pytest.mark.parametrize("host", ["ACME.localhost", "acme.LOCALHOST", "www.acme.localhost", "acme.localhost:8000"])
def test_a_host_is_the_same_however_it_is_written(world: World, api_as: ApiAs, host: str) -> None:
    """Host names know no case; a port and a leading `www.` do not matter."""
    assert api_as(world.acme_owner, host=host).get("/api/v1/projects").status_code == 200


def test_the_public_host_has_no_api(world: World, api_as: ApiAs) -> None:
    """The platform's own host serves operators alone, and answers the API's addresses in JSON."""
    answer = api_as(world.operator, host=settings.PUBLIC_HOST).get("/api/v1/projects")
    assert (answer.status_code, answer.json()["error"]) == (404, "NOT_FOUND")
