""".env.example, docker-compose.yml, the Dockerfile and the guide agree with the settings and with each other."""

import ast
import configparser
import importlib.util
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import get_commands

from qualisys.dev.stack import events_command, web_command
from qualisys.tests.markdown_tables import PROJECT, document, table

COMPOSE = yaml.safe_load(document("docker-compose.yml"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
REQUIRED = {
    "SECRET_KEY": "only for this test",
    "DATABASE_URL": "postgres://nobody@localhost/nothing",
    "REDIS_URL": "redis://localhost:6379/0",
    "GITHUB_TOKEN_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    "PUBLIC_HOST": "qualisys.example",
}

# Loads what web, worker and beat load, in an interpreter where only the named distributions are installed.
ALONE = """
import re, sys
from importlib.metadata import packages_distributions

def normal(name):
    return re.sub("[-_.]+", "-", name).lower()

locked = {normal(name) for name in sys.argv[1:]}
absent = {top for top, owners in packages_distributions().items() if not locked & {normal(owner) for owner in owners}}

class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in absent - {"qualisys", "github_connections", "crawl"}:
            raise ModuleNotFoundError(f"{name} is not in requirements.txt", name=name)

sys.meta_path.insert(0, Absent)
import qualisys.wsgi, qualisys.urls, qualisys.urls_public
import celery.apps.beat, celery.apps.worker, celery.bin.celery, granian.cli
from qualisys.celery import app

app.loader.import_default_modules()
assert app.connection_for_write().transport
print("pytest" in absent)
"""


def read_by_the_settings() -> set[str]:
    """The names of the variables that settings.py reads."""
    readers = {"required", "fernet_keys", "networks", "origin"}
    names = set()
    for node in ast.walk(ast.parse(document("qualisys/settings.py"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        of_environ = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", None) == "env"
        if (of_environ or getattr(node.func, "id", None) in readers) and isinstance(node.args[0], ast.Constant):
            names.add(node.args[0].value)
    return names


def used_by_compose() -> dict[str, str]:
    """The names of the variables that docker-compose.yml puts in, each with what follows the name."""
    return dict(re.findall(r"\$\{([A-Z_]+)([^}]*)\}", document("docker-compose.yml")))


def example() -> dict[str, str]:
    """The variables of .env.example, those in comments included."""
    lines = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=(.*)$", document(".env.example"), re.MULTILINE)
    assert len(dict(lines)) == len(lines), "a variable stands twice in .env.example"
    return dict(lines)


def settings_with(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> dict[str, Any]:
    """Return the settings that these variables alone give."""
    with monkeypatch.context() as patch:
        for name in [*os.environ]:
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        read = runpy.run_path(str(PROJECT / "qualisys" / "settings.py"))
    # It holds an object that is like no other; no variable has a part in it.
    del read["DJANGO_GUID"]
    return {name: value for name, value in read.items() if name.isupper()}


def test_the_variables_of_settings_and_compose_are_found() -> None:
    """The search for variables finds some of every kind, so that the comparisons compare something."""
    found = {"DATABASE_URL", "GITHUB_TOKEN_ENCRYPTION_KEY", "GITHUB_CLONE_URL", "CLONE_TIMEOUT", "BEHIND_TLS_PROXY"}
    assert read_by_the_settings() >= found
    assert used_by_compose().keys() >= {"POSTGRES_PASSWORD", "WEB_PORT"}


def test_every_variable_stands_in_the_example_and_in_the_guide() -> None:
    """.env.example and docs/operations.md name what the settings and Compose read, and nothing else."""
    read = read_by_the_settings() | {*used_by_compose()}
    assert {*example()} == read
    assert {*table("docs/operations.md", "Variable")} == read


def test_the_example_says_what_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """With everything of .env.example taken out of its comment the settings are what they are without it."""
    optional = {name: value for name, value in example().items() if name not in {*REQUIRED, "CLONE_ROOT"}}
    assert settings_with(monkeypatch, {**optional, **REQUIRED}) == settings_with(monkeypatch, REQUIRED)


def test_the_guide_says_what_is_the_default() -> None:
    """docs/operations.md gives each variable the value that .env.example gives it."""
    in_other_words = {
        "ALLOWED_HOSTS": ".PUBLIC_HOST",
        **dict.fromkeys(("CSRF_TRUSTED_ORIGINS", "METRICS_TOKEN", "METRICS_NETWORKS"), "none"),
        **dict.fromkeys(("PROMETHEUS_MULTIPROC_DIR", "HEARTBEAT_FILE"), "none"),
        "GITHUB_CLONE_URL": "GITHUB_URL",
        "CLONE_ROOT": "tmp/tenants",
    }
    required = dict.fromkeys({*REQUIRED, "POSTGRES_PASSWORD"}, "required")
    written = {name: cells[0] for name, cells in table("docs/operations.md", "Variable").items()}
    assert written == example() | in_other_words | required


def test_the_example_holds_no_secret() -> None:
    """What must be secret is left to be filled in."""
    assert [example()[name] for name in ("SECRET_KEY", "GITHUB_TOKEN_ENCRYPTION_KEY", "POSTGRES_PASSWORD")] == [""] * 3


def test_every_variable_of_the_example_is_explained() -> None:
    """Each variable has one line of comment above it, which says its default."""
    lines = document(".env.example").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"(# )?[A-Z][A-Z_]+=", line):
            assert re.match(r"# [A-Za-z].*\b(Default|default)\b", lines[number - 1]), line
            assert lines[number - 2] == "", line


def test_compose_has_the_nine_services() -> None:
    """Compose starts PostgreSQL, Redis, the migration, web, events, beat, and workers: clones, sweeps, webhooks."""
    workers = {"worker", "maintenance", "webhooks"}
    assert {*SERVICES} == {"postgres", "redis", "migrate", "web", "events", "beat", *workers}


def test_what_talks_to_strangers_has_no_clones() -> None:
    """The worker that sends webhooks sees none of the source."""
    assert "volumes" not in SERVICES["webhooks"]


def test_compose_refuses_to_start_without_a_required_variable() -> None:
    """Compose asks with `:?` for what has no default, in every service of ours."""
    asked = {name for name, rest in used_by_compose().items() if rest.startswith(":?")}
    assert asked == {*REQUIRED, "POSTGRES_PASSWORD"}
    for service in OURS.values():
        assert {*REQUIRED} <= {*service["environment"]}
        assert service["env_file"] == ".env"


def test_workers_scale() -> None:
    """Nothing of a worker can be there only once."""
    assert not {"container_name", "ports", "hostname"} & {*SERVICES["worker"]}


def test_web_and_workers_share_the_clones() -> None:
    """Web, which removes clones, and the workers, which make them, see one named volume at CLONE_ROOT."""
    for name in ("web", "worker", "maintenance"):
        volume, place = SERVICES[name]["volumes"][0].split(":")
        assert volume in COMPOSE["volumes"]
        assert place == SERVICES[name]["environment"]["CLONE_ROOT"]
    assert SERVICES["web"]["volumes"] == SERVICES["worker"]["volumes"]
    assert f"--owner=10001 --group=10001 --mode=0700 {place}" in document("Dockerfile")


def test_the_data_of_postgresql_outlive_the_container() -> None:
    """PostgreSQL keeps its data in a named volume."""
    assert SERVICES["postgres"]["volumes"][0].partition(":")[0] in COMPOSE["volumes"]


def test_services_wait_for_what_they_need() -> None:
    """Web, beat and workers wait for healthy servers and a finished migration; the migration for PostgreSQL."""
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "events", "beat", "worker", "webhooks"):
        conditions = {needed: how["condition"] for needed, how in SERVICES[name]["depends_on"].items()}
        assert conditions == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
            "migrate": "service_completed_successfully",
        }
    assert all("healthcheck" in SERVICES[name] for name in ("postgres", "redis"))


def test_every_service_says_whether_it_is_well() -> None:
    """Web asks itself for readiness, workers and beat touch the file that is looked at, the migration just ends."""
    assert "http://127.0.0.1:8000/readyz" in SERVICES["web"]["healthcheck"]["test"][-1]
    assert "http://127.0.0.1:8001/healthz" in SERVICES["events"]["healthcheck"]["test"][-1]
    for name in {*OURS} - {"web", "events", "migrate"}:
        assert SERVICES[name]["environment"]["HEARTBEAT_FILE"] in SERVICES[name]["healthcheck"]["test"][-1]
    assert SERVICES["migrate"]["healthcheck"] == {"disable": True}
    assert "http://127.0.0.1:8000/healthz" in document("Dockerfile")


def test_no_container_has_more_rights_than_it_needs() -> None:
    """No service has a capability or can gain one; ours cannot write to their own file system."""
    for service in SERVICES.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(service["read_only"] is True and service["tmpfs"] == "/tmp" for service in OURS.values())  # noqa: S108


@pytest.mark.parametrize("name", ["migrate", "beat", "worker", "webhooks"])
def test_commands_name_what_exists(name: str) -> None:
    """A command of Compose runs a module or a command of manage.py that is there."""
    program, *arguments = SERVICES[name]["command"]
    assert program == "python"
    if arguments[0] == "-m":
        assert importlib.util.find_spec(arguments[1])
        assert importlib.util.find_spec(f"{arguments[arguments.index('--app') + 1]}.celery")
    else:
        assert (PROJECT / arguments[0]).is_file()
        assert arguments[1] in get_commands()


def test_workers_take_from_every_queue() -> None:
    """No task is sent to a queue that nobody reads."""
    commands = [SERVICES[name]["command"] for name in ("worker", "maintenance", "webhooks")]
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    queues = {command[command.index("--queues") + 1] for command in commands}
    assert queues == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}


def unit(name: str) -> configparser.RawConfigParser:
    """A unit of systemd's; of what it says twice, the last."""
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str
    read.read_string(document(f"deploy/systemd/{name}"))
    return read


def test_systemd_starts_what_compose_starts() -> None:
    """Each of our services is a unit that runs the same command, its paths and addresses apart."""
    same = {"/tmp/celerybeat-schedule": "/run/qualisys/celerybeat-schedule"}  # noqa: S108  # Compose's own
    servers = {"web": web_command(8000), "events": events_command(8001)}
    for name in OURS:
        command = SERVICES[name]["command"] if name not in servers else ["python", *servers[name][1:]]
        command = [argument.replace(str(PROJECT), "/opt/qualisys") for argument in command]
        expected = " ".join(same.get(argument, argument) for argument in command)
        assert unit(f"qualisys-{name}.service")["Service"]["ExecStart"] == f"/opt/qualisys/.venv/bin/{expected}", name
    assert {path.name for path in (PROJECT / "deploy/systemd").glob("*.service")} == {
        f"qualisys-{name}.service" for name in OURS
    }
    wanted = re.findall(r"qualisys-(\w+)\.service", document("deploy/systemd/qualisys.target"))
    assert {*wanted} == {*OURS}


@pytest.mark.parametrize("name", OURS)
def test_a_unit_has_no_more_rights_than_it_needs(name: str) -> None:
    """A unit has a user and no capability; the clones are written by those alone that have them in Compose."""
    service = unit(f"qualisys-{name}.service")["Service"]
    assert (service["User"], service["CapabilityBoundingSet"], service["NoNewPrivileges"]) == ("qualisys", "", "yes")
    assert service["ProtectSystem"] == "strict"
    assert service["EnvironmentFile"] == "/etc/qualisys/environment"
    assert service.get("ReadWritePaths") == ("/srv/clones" if "volumes" in SERVICES[name] else None)


def test_a_unit_waits_for_the_migration() -> None:
    """Nothing runs on a schema that is behind, and the clones under way have as long to end as in Compose."""
    for name in {*OURS} - {"migrate"}:
        assert unit(f"qualisys-{name}.service")["Unit"]["Requires"] == "qualisys-migrate.service"
    assert unit("qualisys-worker.service")["Service"]["TimeoutStopSec"] == "120"
    assert SERVICES["worker"]["stop_grace_period"] == "2m"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """systemd itself finds nothing to complain about."""
    for path in (PROJECT / "deploy/systemd").iterdir():
        there = path.read_text().replace("/opt/qualisys/.venv/bin/python", sys.executable)
        (tmp_path / path.name).write_text(there)
    units = sorted(str(path) for path in tmp_path.iterdir())
    run = subprocess.run(
        ["systemd-analyze", "verify", *units], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    ours = [line for line in run.stderr.splitlines() if "qualisys" in line]
    assert (run.returncode, ours) == (0, [])


def test_the_image_runs_the_web_server_that_was_measured() -> None:
    """The image's command is the one of script/server, on every address and from the image's directory."""
    command = ast.literal_eval(re.search(r"^CMD (\[[^\]]+\])", document("Dockerfile"), re.MULTILINE)[1])
    measured = [
        {str(PROJECT): "/app", "127.0.0.1": "0.0.0.0"}.get(argument, argument)  # noqa: S104  # within its container
        for argument in web_command(8000)[1:]
    ]
    assert command == ["python", *measured]


def test_compose_runs_the_server_of_events_of_script_server() -> None:
    """The same application with the same options, on every address and from the image's directory."""
    of_script = [
        {str(PROJECT): "/app", "127.0.0.1": "0.0.0.0"}.get(argument, argument)  # noqa: S104  # within its container
        for argument in events_command(8001)[1:]
    ]
    assert SERVICES["events"]["command"] == ["python", *of_script]


def test_the_image_is_plain() -> None:
    """Its base has no registry's host, its user is a fixed number and not root, development stays outside."""
    dockerfile = document("Dockerfile")
    assert re.findall(r"^FROM (.+)$", dockerfile, re.MULTILINE) == ["python:3.11-slim"]
    assert re.search(r"^USER 10001:10001$", dockerfile, re.MULTILINE)
    assert "requirements-dev" not in dockerfile
    assert ("collectstatic" in dockerfile) == bool(settings.STATIC_ROOT)


def test_only_what_runs_reaches_the_image() -> None:
    """.dockerignore lets in what it names alone, all of it there, and no secret, test or development server."""
    lines = [line for line in document(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    let_in = [line[1:] for line in lines if line.startswith("!")]
    assert {*let_in} == {"manage.py", "requirements.txt", "qualisys", "github_connections", "crawl"}
    assert all((PROJECT / name).exists() for name in let_in)
    assert {"qualisys/dev", "**/tests"} <= {*lines}


def test_requirements_alone_run_the_service() -> None:
    """Web, worker and beat find all they import among the packages of requirements.txt."""
    locked = re.findall(r"^([\w.-]+)==", document("requirements.txt"), re.MULTILINE)
    run = subprocess.run(
        [sys.executable, "-c", ALONE, *locked], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "True\n"
