"""Ktor: what handlers read of a request."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree

FIXTURES = Path(__file__).parent / "fixtures" / "ktor"


def _rows(case):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(FIXTURES / case, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


@pytest.fixture(scope="module")
def found():
    """The rows of the fixture, by method and path."""
    return _rows("requests")


@pytest.mark.parametrize(
    ("route", "read"),
    [
        ("GET /orders", {"query page?", "query shop", "query limit", "header X-Client?"}),
        ("POST /orders", {"body body", "cookie cart?"}),
        ("PUT /orders/{id}", {"path id", "body body"}),
        ("POST /log-in", {"form name", "form password"}),
        # By a variable that is called like it, and by helpers that are told for what; an answer's header is none.
        ("GET /customers", {"query place?", "query name?", "query street?", "query page", "query size?"}),
        ("PUT /notes/{id}", {"path id", "body body"}),
    ],
)
def test_what_a_handler_reads_are_its_parameters(found, route, read):
    params = found[route].params
    assert {f"{one.place} {one.name}{'' if one.required else '?'}" for one in params} == read


@pytest.mark.parametrize(("route", "model"), [("POST /orders", "Order"), ("PUT /orders/{id}", "Order")])
def test_what_is_received_is_the_model_of_the_body(found, route, model):
    assert found[route].request_model == model


@pytest.mark.parametrize(
    ("route", "answers", "read"),
    [
        ("GET /boats", "BoatController.list", {"query limit", "query page"}),
        ("POST /boats", "BoatController.moor", {"body body"}),
        # Two functions are given the call: neither is the one that answers.
        ("GET /boats/search", "", {"query flag", "query port"}),
        ("GET /boats/lost", "", {"query flag", "query port"}),
        ("PATCH /boats/{name}", "", {"path name", "body body"}),
        ("DELETE /boats/{name}", "", {"path name"}),
    ],
)
def test_what_a_handler_hands_its_call_to_reads_for_it(route, answers, read):
    row = _rows("handed_on")[route]
    assert row.handler == answers
    assert {f"{one.place} {one.name}" for one in row.params} == read


def test_functions_that_hand_their_call_to_each_other_are_read_once(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    names = ("first", "second", "third", "fourth")
    functions = "".join(
        f"suspend fun {name}(call: ApplicationCall) {{\n{next_one}(call)\n"
        + f"{name}(call)\n{next_one}(call)\n" * 100
        + f'call.parameters["{name}"]\n}}\n'
        for name, next_one in zip(names, (*names[1:], names[0]), strict=True)
    )
    source = 'fun Application.module() { routing { get("/boats") { first(call) } } }\n'
    files = {"build.gradle.kts": 'implementation("io.ktor:ktor-server-core:2.3")'}
    files["App.kt"] = f"import io.ktor.server.application.*\nimport io.ktor.server.routing.*\n{source}{functions}"
    make_tree(tmp_path, files)

    [row] = in_process.analyze_here(tmp_path, Limits(processes=1)).routes

    assert [one.name for one in row.params] == ["first", "second", "third"]


def test_a_handler_that_only_calls_one_on_its_context_is_that_one():
    row = _rows("controllers")["GET /staff/hours"]
    assert row.handler == "showHours"
    assert [f"{one.place} {one.name}" for one in row.params] == ["query day"]


@pytest.mark.parametrize(
    ("route", "answers", "read"),
    [
        ("GET /berths/{number}", "BerthController.show", ["path number", "query tide"]),
        ("GET /berths", "BerthController.list", ["query free"]),
    ],
)
def test_the_call_of_the_context_is_the_call(route, answers, read):
    row = _rows("documents")[route]
    assert row.handler == answers
    assert [f"{one.place} {one.name}" for one in row.params] == read


@pytest.mark.parametrize(
    ("route", "state", "by"),
    [
        ("GET /gates/open", "required", ["install"]),
        ("GET /logs", "unknown", []),
        ("GET /me", "required", ["principal"]),
        ("GET /level", "optional", ["authenticate"]),
        ("PUT /level", "required", ["principal"]),
        ("GET /visit", "required", ["get"]),
        ("POST /login", "unknown", []),  # it refuses who is not known, and asks for nobody who is
        ("GET /boats", "unknown", []),
    ],
)
def test_plugins_and_handlers_that_answer_strangers_ask_who_calls(route, state, by):
    row = _rows("guards")[route]
    assert (row.auth.state, [source.name for source in row.auth.by]) == (state, by)


@pytest.mark.parametrize(
    ("route", "state"),
    [("GET /v2/grain", "unknown"), ("PUT /v2/stones", "required"), ("DELETE /v2/v3/flour", "required")],
)
def test_a_block_that_a_helper_calls_is_where_the_helper_calls_it(route, state):
    assert _rows("helpers")[route].auth.state == state
