"""A client that was generated out of the API's description, and nothing else, does what people come for."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
import requests

from conftest import PASSWORD, World
from github_connections.tests.conftest import PAT, URL, wait_until
from qualisys.dev.live_service import Worker
from qualisys.idempotency.models import KeyedRequest

PACKAGE = "generated_qualisys_client"


@pytest.fixture(scope="module")
def address(web_port: int) -> str:
    return f"http://127.0.0.1:{web_port}"


@pytest.fixture(scope="module")
def generated(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The client, generated from what the running service says of itself; without the internet."""
    directory = tmp_path_factory.mktemp("client")
    description = requests.get(f"{address}/api/v1/schema", headers={"Host": "acme.localhost"}, timeout=30)
    (directory / "openapi.json").write_bytes(description.content)
    (directory / "settings.yml").write_text("post_hooks: []\n")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]
    places = ["--path", "openapi.json", "--output-path", PACKAGE, "--config", "settings.yml"]
    run = subprocess.run([*command, *places], cwd=directory, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    sys.path.insert(0, str(directory))
    yield import_module(PACKAGE)
    sys.path.remove(str(directory))


@pytest.fixture
def open_client(generated: ModuleType, address: str) -> Iterator[Callable[..., Any]]:
    """Make a client of Acme's host, with a token or without; it is closed after the test."""
    with ExitStack() as stack:

        def opened(token: str | None = None) -> Any:
            known = {"base_url": address, "headers": {"Host": "acme.localhost"}}
            made = generated.AuthenticatedClient(token=token, **known) if token else generated.Client(**known)
            return stack.enter_context(made)

        yield opened


def test_from_the_log_in_to_the_source(open_client: Callable[..., Any], worker: Worker, committed: World) -> None:
    """Log in, make a project, connect, wait, read the analysis and a file, all by what was generated."""

    def call(name: str, *arguments: Any, **keywords: Any) -> Any:
        answer = import_module(f"{PACKAGE}.api.{name}").sync_detailed(*arguments, **keywords)
        assert answer.status_code < 300, answer.content
        return answer.parsed

    models = import_module(f"{PACKAGE}.models")
    person = models.LogInRequest(email=committed.acme_owner.email, password=PASSWORD)
    client = open_client(call("log_in.log_in", client=open_client(), body=person).access)
    machine = call("api_tokens.create_api_token", client=client, body=models.NewApiTokenRequest(name="CI"))
    client = open_client(machine.token)

    wanted = models.ProjectRequest(name="Shop")
    project = call("projects.create_project", client=client, body=wanted, idempotency_key="once")
    assert call("projects.create_project", client=client, body=wanted, idempotency_key="once").id == project.id
    call("git_hub_connection.connect_repository", project.id, client=client, body=models.ConnectRequest(URL, PAT))

    def at_rest() -> Any:
        connection = call("git_hub_connection.get_connection", project.id, client=client)
        return connection if connection.status in {"analyzed", "failed", "expired"} else None

    connection = wait_until(at_rest)
    assert connection.status == "analyzed", connection.error_message
    analysis = call("git_hub_connection.get_analysis", project.id, client=client)
    assert analysis.commit_sha == connection.commit_sha

    listed = call("source.list_source", project.id, client=client, depth=2)
    assert [entry.path for entry in listed.results] == ["README.md", "shop", "shop/views.py"]
    assert call("source.read_file", project.id, "shop/views.py", client=client) == "def index(): ...\n"
    KeyedRequest.objects.all().delete()
    call("api_tokens.revoke_api_token", machine.id, client=client)
