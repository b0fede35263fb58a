"""Express: what a small fixture does not show."""

from pathlib import Path

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree

BASE = """
const { Router } = require('express');

class Controller {
  constructor() { this.router = Router(); }
  route(options) { this.router[options.method](options.path, this.guard(options), options.handler.bind(this)); }
}
class Parcels extends Controller {
  constructor() {
    super();
%s
  }
}
const app = require('express')();
app.use('/post', new Parcels().router);
"""


def test_one_method_registers_the_routes_of_a_large_application(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    paths = [f"/parcels/kind{number}" for number in range(250)]
    lines = [f"    this.route({{ method: 'get', path: '{path}', handler: this.answer }});" for path in paths]
    make_tree(tmp_path, {"package.json": '{"dependencies": {"express": "4"}}', "app.js": BASE % "\n".join(lines)})

    report = in_process.analyze_here(tmp_path, Limits(processes=1))

    assert sorted(route.path for route in report.routes) == sorted(f"/post{path}" for path in paths)


LIST = """
class Entry {
  constructor(url, handler) { this.url = url; this.handler = handler; }
}
class Entries {
  constructor() { this.list = []; }
  get(url, handler) { return this.add(new Entry(url, handler)); }
  add(entry) { this.list.push(entry); return this; }
}
const entries = new Entries();
%s
const app = require('express')();
for (const entry of entries.list) { app.get(entry.url, entry.handler); }
"""


def test_a_list_of_objects_describes_the_routes_of_a_large_application(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    paths = [f"/parcels/kind{number}" for number in range(250)]
    lines = [f"entries.get('{path}', (req, res) => res.json({{}}));" for path in paths]
    make_tree(tmp_path, {"package.json": '{"dependencies": {"express": "4"}}', "app.js": LIST % "\n".join(lines)})

    report = in_process.analyze_here(tmp_path, Limits(processes=1))

    assert sorted(route.path for route in report.routes) == sorted(paths)


def test_what_a_handler_does_nothing_but_call_answers(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    lines = [
        "app.get('/one', (req, res, next) => parcels.list(req, res).catch(next));",
        "app.get('/two', async (req, res) => { res.json(await parcels.find(req.query.id)); });",
    ]
    source = "const parcels = require('./parcels');\nconst app = require('express')();\n" + "\n".join(lines)
    make_tree(tmp_path, {"package.json": '{"dependencies": {"express": "4"}}', "app.js": source})

    report = in_process.analyze_here(tmp_path, Limits(processes=1))

    assert {route.path: route.handler for route in report.routes} == {"/one": "parcels.list", "/two": ""}
