"""docs/api.md and docs/operations.md say what the code does: a change of one without the other fails here."""

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from github_connections.connection_warnings import WarningCode
from github_connections.errors import Reason
from github_connections.history import Event
from github_connections.models import GithubConnection, Stage
from github_connections.serializers import ConnectionSerializer
from github_connections.states import Status
from qualisys import exception_handler, urls
from qualisys.errors import DomainError
from qualisys.projects.roles import MAY, Action, Role
from qualisys.tests.markdown_tables import PROJECT, document, header, table

API, OPERATIONS, SECURITY = "docs/api.md", "docs/operations.md", "docs/security.md"
PACKAGES = ("qualisys", "github_connections", "crawl")
DOCUMENTS = sorted(str(path.relative_to(PROJECT)) for path in (*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")))
CODE_LOOKING = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


def sources() -> list[Path]:
    """The files that run in production."""
    paths = [path for package in PACKAGES for path in (PROJECT / package).rglob("*.py")]
    return [path for path in paths if not {"tests", "dev", "migrations"} & {*path.relative_to(PROJECT).parts}]


def nodes() -> Iterator[ast.AST]:
    for path in sources():
        yield from ast.walk(ast.parse(path.read_text()))


def calls(name: str) -> Iterator[ast.Call]:
    """Every call of that function or class in production code."""
    return (node for node in nodes() if isinstance(node, ast.Call) and getattr(node.func, "id", None) == name)


def keywords(name: str) -> Iterator[ast.AST]:
    """What is given for that keyword in production code."""
    return (node.value for node in nodes() if isinstance(node, ast.keyword) and node.arg == name)


def constant(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def subclasses(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


def domain_codes() -> dict[str, int]:
    """The code and the HTTP status of every DomainError of production code."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(PROJECT / package)], f"{package}."):
            if not re.search(r"\.(tests|dev|migrations)\b|\.commands\.", module.name):
                importlib.import_module(module.name)
    ours = [kind for kind in subclasses(DomainError) if ".tests." not in kind.__module__]
    statuses = exception_handler._STATUSES
    return {kind.code: next(statuses[base] for base in kind.__mro__ if base in statuses) for kind in ours}


def answered_directly() -> dict[str, int]:
    """The code and status of every JsonResponse that is an error made without a DomainError."""
    found = {}
    for call in calls("JsonResponse"):
        status = next((keyword.value for keyword in call.keywords if keyword.arg == "status"), None)
        said = [constant(node) for node in ast.walk(call.args[0])]
        code = next((text for text in said if text and CODE_LOOKING.fullmatch(text)), None)
        if code and isinstance(status, ast.Constant):
            found[code] = status.value
    return found


def api_codes() -> dict[str, int]:
    framework = {code: status for status, code in exception_handler._FRAMEWORK_CODES.items()}
    return domain_codes() | framework | answered_directly()


def clone_codes() -> dict[str, bool]:
    """Every code that a connection can fail with, and whether it is tried again."""
    # Where a failure is not raised, its code is written to the row.
    found = dict.fromkeys(filter(None, (constant(code) for code in keywords("error_code"))), False)
    for name, position in (("CloneFailure", 0), ("_Failure", 1)):
        for call in calls(name):
            code = constant(call.args[position])
            if code:
                again = any(keyword.arg == "transient" for keyword in call.keywords)
                assert found.setdefault(code, again) == again, f"{code} is tried again here and not there"
    return found


def test_the_table_of_roles_is_the_one_that_is_enforced() -> None:
    """docs/api.md gives each role exactly what qualisys/projects/roles.py gives it."""
    assert header(API, "Action") == Role.values
    written = table(API, "Action")
    assert list(written) == Action.values
    for action, cells in written.items():
        allowed = {role for role, cell in zip(Role.values, cells, strict=True) if cell == "yes"}
        assert allowed == MAY[Action(action)], action
        assert {*cells} <= {"yes", "no"}, action


def test_every_error_code_is_written_down_with_its_status() -> None:
    """A code of the API stands in docs/api.md with the status it is answered with, and no other code does."""
    tables = re.findall(r"^\| Code \| Status \|.*\n(?:\|.*\n)+", document(API), re.MULTILINE)
    assert len(tables) == 1
    assert {code: int(cells[0]) for code, cells in table(API, "Code").items()} == api_codes()


def test_known_codes_are_found_in_the_code() -> None:
    """The search for codes finds one of every kind, so that the comparison compares something."""
    assert api_codes().items() >= {"CONNECTION_EXISTS": 409, "NOT_ACCEPTABLE": 406, "TENANT_NOT_FOUND": 404}.items()
    assert clone_codes().items() >= {"WORKER_LOST": True, "CLONE_TIMEOUT": False, "NETWORK": True}.items()


def test_every_reason_of_an_invalid_token_is_written_down() -> None:
    """docs/api.md lists exactly the reasons that GitHub's answers are told apart by."""
    assert list(table(API, "details.reason")) == [reason.value for reason in Reason]


@pytest.mark.parametrize(("name", "heading"), [(API, "error_code"), (OPERATIONS, "Code")])
def test_every_failure_of_a_clone_is_written_down(name: str, heading: str) -> None:
    """Both documents list exactly the codes that a clone can fail with, and say which are tried again."""
    written = table(name, heading)
    again = {code for code, cells in written.items() if cells[0] == "yes" or "Tried again" in cells[0]}
    assert {code: code in again for code in written} == clone_codes()


@pytest.mark.parametrize("name", [API, OPERATIONS])
def test_no_code_is_made_up(name: str) -> None:
    """Whatever looks like a code or a variable in the documents exists in the code, the settings or Compose."""
    sources_of_names = [*(path.read_text() for path in sources()), document(".env.example")]
    unknown = {*CODE_LOOKING.findall(document(name))} - {*CODE_LOOKING.findall("\n".join(sources_of_names))}
    # requests and OpenTelemetry read them, so nothing of ours names them.
    assert unknown <= {"REQUESTS_CA_BUNDLE", "OTEL_RESOURCE_ATTRIBUTES"}


def test_statuses_and_stages_are_written_down() -> None:
    """docs/api.md lists every status and every stage of a clone."""
    assert list(table(API, "Status")) == Status.values
    stages = re.search(r"`progress.stage` is ([^;]+);", document(API))
    assert stages
    assert re.findall(r"`(\w+)`", stages[1]) == Stage.values


def test_warnings_and_events_are_written_down() -> None:
    """docs/api.md lists every warning of a connection, the most urgent first, and every event of its history."""
    assert list(table(API, "Warning")) == [code.value for code in WarningCode]
    assert list(table(API, "event")) == Event.values


def test_the_list_of_calls_is_the_list_of_addresses() -> None:
    """docs/api.md lists every method of every address below /api/v1, and no other."""
    served = set()
    for included in urls.api:
        for pattern in getattr(included, "url_patterns", []):
            path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", pattern.pattern.regex.pattern).strip("^$?/")
            # REST framework adds HEAD by itself, the first time that GET is served.
            served |= {f"{method.upper()} /{path}" for method in pattern.callback.actions if method != "head"}
    written = {re.search(r"`(.+?)`", call)[1] for call in re.findall(r"^\| (\[`.+?)\|", document(API), re.MULTILINE)}
    assert written == served


def test_examples_of_a_connection_have_its_fields() -> None:
    """Every JSON example is JSON, and each whole connection among them has exactly the fields of the API's."""
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", document(API), re.DOTALL)]
    connections = [example for example in examples if "repo_url" in example and "id" in example]
    assert [example["status"] for example in connections] == ["pending", "analyzed"]
    for example in connections:
        assert list(example) == list(ConnectionSerializer(GithubConnection()).data)


def test_periodic_tasks_are_written_down() -> None:
    """docs/operations.md lists the tasks that beat sends."""
    sent = {entry["task"].rpartition(".")[2] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {*table(OPERATIONS, "Task")} == sent


def test_commands_of_the_guide_exist() -> None:
    """Every command of manage.py that docs/operations.md names is one."""
    named = {*re.findall(r"manage\.py (\w+)", document(OPERATIONS))}
    assert named >= {"migrate_schemas", "provision_tenant", "ensure_operator"}
    assert named <= {*get_commands()}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    """A link within the documents leads to a file and a heading that are there."""
    for target in re.findall(r"\]\((?!https://)([^)]+)\)", document(name)):
        file, _, heading = target.partition("#")
        path = (PROJECT / name).parent / file if file else PROJECT / name
        assert path.exists(), target
        headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE) if heading else []
        assert not heading or heading in {title.lower().replace(" ", "-") for title in headings}, target


def test_decisions_are_listed_by_number() -> None:
    """Each decision has a number of its own and its title in the list."""
    directory = PROJECT / "docs/decisions"
    files = sorted(directory.glob("0*.md"))
    assert files
    for number, file in enumerate(files, 1):
        title = file.read_text().splitlines()[0].removeprefix(f"# {number}. ")
        assert file.name.startswith(f"{number:04}-"), file.name
        assert f"| [{number}]({file.name}) | {title} |" in document("docs/decisions/README.md").splitlines(), file.name


def test_promises_name_tests_that_exist() -> None:
    """Each promise of docs/security.md names the tests that hold it, by file or by name, and they are there."""
    files = [path for package in PACKAGES for path in (PROJECT / package).rglob("test_*.py")]
    functions = {*re.findall(r"^def (test_\w+)", "\n".join(path.read_text() for path in files), re.MULTILINE)}
    for promise, cells in table(SECURITY, "promise").items():
        named = re.findall(r"[\w/*]*\btest_[\w*]+(?:\.py)?", cells[-1])
        assert named, promise
        for name in named:
            found = any(path.match(name) for path in files) if name.endswith(".py") else name in functions
            assert found, f"{promise}: {name}"
