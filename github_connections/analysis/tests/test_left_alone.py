"""Files that register routes though they name nothing of a library that does are not left alone."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits
from github_connections.analysis.in_process import analyze_here
from github_connections.analysis.tests.trees import make_tree

FLASK = {
    "requirements.txt": "flask\n",
    "shop/__init__.py": "from flask import Flask\napp = Flask(__name__)\nfrom . import users, orders, items, plugs\n",
    "shop/own.py": """def endpoint(rule, **options):
    from . import app
    def wrap(function):
        app.add_url_rule(rule, view_func=function, **options)
        return function
    return wrap
class Api:
    def __init__(self, prefix): self.prefix = prefix
    def expose(self, rule):
        from . import app
        return app.route(self.prefix + rule)
    def mount(self, rule, cls):
        from . import app
        app.add_url_rule(rule, view_func=cls.as_view(rule))
api = Api("/v1")
""",
    "shop/users.py": """from flask import request
from .own import endpoint
@endpoint("/users", methods=["POST"])
def users():
    return request.json["name"]
""",
    "shop/orders.py": """from flask import jsonify
from .own import api
def orders():
    return jsonify([])
listing = api.expose("/orders")(orders)
""",
    "shop/items.py": """from flask.views import MethodView
from .own import api
class Item(MethodView):
    def get(self): return ""
api.mount("/items", Item)
""",
    "shop/plugs.py": """from flask import jsonify
from shop import own
for name in ("x", "y"):
    own.endpoint("/plugs/" + name)(lambda: jsonify(name))
""",
}
FLASK_ROWS = {"POST /users", "GET /v1/orders", "GET /items", "GET /plugs/x", "GET /plugs/y"}

FASTAPI = {
    "requirements.txt": "fastapi\n",
    "shop/main.py": "from fastapi import FastAPI\napp = FastAPI()\nfrom shop import handlers\n",
    "shop/own.py": "from shop.main import app\ndef query(path):\n    return app.get(path)\n",
    "shop/handlers.py": """from fastapi import Depends
import shop.own as own
@own.query("/users")
def users(one=Depends()): ...
""",
}

EXPRESS = {
    "package.json": '{"dependencies": {"express": "4"}}',
    "app.js": """const express = require('express');
const registry = require('./registry');
const plugins = require('./plugins');
const app = express();
registry.list.forEach(one => app.get(one.path, one.handler));
Object.values(registry.byName).forEach(one => app.post(one.path, one.handler));
""",
    "registry.js": "exports.list = [];\nexports.byName = {};\nexports.add = one => { exports.list.push(one); };\n",
    "plugins/index.js": "const users = require('./users');\nconst orders = require('./orders');\n",
    "plugins/users.js": """const { add } = require('../registry');
add({ path: '/users', handler: (q, r) => r.end() });
""",
    "plugins/orders.js": """const registry = require('../registry');
registry.byName.orders = { path: '/orders', handler: (q, r) => r.end() };
""",
}

MODULES = {
    "package.json": '{"type": "module", "dependencies": {"express": "4"}}',
    "main.js": "import * as all from './users.js';\n",
    "users.js": "import { orders } from './orders.js';\nimport { add } from './own.js';\nadd('/users', () => {});\n",
    "orders.js": "import { add } from './own.js';\nexport const orders = 1;\nadd('/orders', () => {});\n",
    "own.js": """import express from 'express';
export const app = express();
export function add(path, handler) { app.get(path, handler); }
""",
}

GO = {
    "go.mod": "module example.com/shop\n\ngo 1.21\n",
    "main.go": """package main
import (
	"net/http"

	_ "example.com/shop/plugs"
	"example.com/shop/registry"
)
func main() {
	mux := http.NewServeMux()
	registry.Apply(mux)
	http.ListenAndServe(":80", mux)
}
""",
    "registry/registry.go": """package registry
import "net/http"
type Handler = func(http.ResponseWriter, *http.Request)
type entry struct { path string; handler Handler }
var all []entry
func Add(path string, handler Handler) { all = append(all, entry{path, handler}) }
func Apply(mux *http.ServeMux) { for _, one := range all { mux.HandleFunc(one.path, one.handler) } }
""",
    "plugs/plugs.go": """package plugs
import "example.com/shop/registry"
func init() { registry.Add("/plugs", list) }
""",
    "plugs/list.go": """package plugs
import "net/http"
func list(w http.ResponseWriter, r *http.Request) {}
""",
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(FLASK, FLASK_ROWS, id="functions of the program's own put views into an application of Flask"),
        pytest.param(FASTAPI, {"GET /users"}, id="and into one of FastAPI"),
        pytest.param(EXPRESS, {"GET /users", "POST /orders"}, id="what is required under a name that nobody uses"),
        pytest.param(MODULES, {"GET /users", "GET /orders"}, id="what is imported under one"),
        pytest.param(GO, {"ANY /plugs"}, id="an init beside handlers that fills another package's table"),
    ],
)
def test_what_seemed_to_be_business_registers(tmp_path: Path, files, expected):
    report = analyze_here(make_tree(tmp_path, files), Limits(processes=1))

    assert {f"{route.method} {route.path}" for route in report.routes} == expected


def test_what_is_required_and_used_can_wait(tmp_path: Path):
    """Most of what a server's files require is business."""
    used = "const app = require('express')();\nconst prices = require('./prices');\n"
    app = f"{used}app.get('/', (q, r) => {{ r.json(prices.all()); }});\n"
    prices = "const rates = require('./rates');\nmodule.exports.all = () => rates;\n"
    files = {
        "package.json": EXPRESS["package.json"],
        "app.js": app,
        "prices.js": prices,
        "rates.js": "exports.x = 1;\n",
    }

    report = analyze_here(make_tree(tmp_path, files), Limits(processes=1))

    assert report.limits.files_parsed == 1
    assert [route.path for route in report.routes] == ["/"]
