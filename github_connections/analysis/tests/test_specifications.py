"""OpenAPI documents of a repository: read, marked as such, and believed only where they are about its code."""

import json

import pytest

from github_connections.analysis import Limits, in_process
from github_connections.analysis.report import Auth, AuthSource, Parameter, Report
from github_connections.analysis.tests.trees import make_tree

SHOP = """openapi: 3.0.3
info: {title: Shop, version: "1"}
servers:
  - url: https://{host}/{base}/
    variables: {host: {default: shop.example}, base: {default: api/v2}}
security: [{bearer: []}]
paths:
  /orders:
    get:
      operationId: listOrders
      summary: All orders
      security: []
      parameters:
        - $ref: '#/components/parameters/Page'
      responses:
        "200": {content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Order'}}}}}
    post:
      deprecated: true
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {"201": {description: made}, default: {description: else}}
  /orders/{id}:
    $ref: paths/order.yaml
components:
  parameters:
    Page: {name: page, in: query, schema: {type: integer}}
  schemas:
    Order:
      required: [id]
      properties:
        id: {type: integer, minimum: 1}
        lines: {type: array, items: {type: string}}
"""
ORDER = "parameters:\n  - {name: id, in: path, required: true, schema: {type: integer}}\ndelete: {responses: {}}\n"
SWAGGER = {
    "swagger": "2.0",
    "basePath": "/v1",
    "paths": {
        "/pens": {"post": {"parameters": [{"in": "body", "name": "pen", "schema": {"$ref": "#/definitions/Pen"}}]}}
    },
    "definitions": {"Pen": {"properties": {"colour": {"type": "string"}}}},
}
FLASK = "from flask import Flask\napp = Flask(__name__)\n\n@app.get('/orders')\ndef orders(): ...\n"


def analysed(tmp_path, files: dict[str, str]) -> Report:
    """Return the report on a repository of these files."""
    return in_process.analyze_here(make_tree(tmp_path / "made", files), Limits(processes=1))


def rows(report: Report) -> list[tuple[str, str, str, int, str]]:
    return [(row.method, row.path, row.file, row.line, row.source) for row in report.routes]


def test_every_operation_is_a_row_that_is_marked(tmp_path):
    """With the server's path before it, the line of its path, also where a path's operations stand in another file."""
    report = analysed(tmp_path, {"docs/openapi.yaml": SHOP, "docs/paths/order.yaml": ORDER})
    assert rows(report) == [
        ("GET", "/api/v2/orders", "docs/openapi.yaml", 8, "spec"),
        ("POST", "/api/v2/orders", "docs/openapi.yaml", 8, "spec"),
        ("DELETE", "/api/v2/orders/{id}", "docs/openapi.yaml", 21, "spec"),
    ]
    assert [(one.file, one.format, one.operations) for one in report.specs] == [
        ("docs/openapi.yaml", "openapi 3.0.3", 3)
    ]
    assert report.framework == "openapi"


def test_what_a_document_says_of_an_operation(tmp_path):
    """Parameters, log-in, models, status codes."""
    first, second, third = analysed(tmp_path, {"docs/openapi.yaml": SHOP, "docs/paths/order.yaml": ORDER}).routes
    assert (first.handler, first.summary, first.auth) == ("listOrders", "All orders", Auth(state="none"))
    assert first.params == [Parameter(name="page", place="query", type="integer", required=False)]
    assert (first.response_model, first.status_codes) == ("Order[]", [200])
    assert (second.request_model, second.deprecated, second.status_codes) == ("Order", True, [201])
    by = AuthSource(name="bearer", file="docs/openapi.yaml", line=8)
    assert second.auth == Auth(state="required", by=[by])
    assert third.params == [Parameter(name="id", place="path", type="integer", required=True)]


def test_its_schemas_are_models(tmp_path):
    """Named shapes with types, constraints and what is required."""
    (order,) = analysed(tmp_path, {"docs/openapi.yaml": SHOP}).models
    assert [(field.name, field.type, field.required, field.constraints) for field in order.fields] == [
        ("id", "integer", True, {"minimum": 1}),
        ("lines", "string[]", False, {}),
    ]


def test_the_older_swagger_in_json(tmp_path):
    """`basePath`, and a body that is a parameter."""
    report = analysed(tmp_path, {"api/swagger.json": json.dumps(SWAGGER, indent=1)})
    assert rows(report) == [("POST", "/v1/pens", "api/swagger.json", 5, "spec")]
    assert report.routes[0].request_model == "Pen"
    assert [model.name for model in report.models] == ["Pen"]


def test_what_the_code_has_is_not_told_twice(tmp_path):
    """An operation that a row of the code is, with or without the server's path, is the code's alone."""
    report = analysed(tmp_path, {"app.py": FLASK, "docs/openapi.yaml": SHOP, "docs/paths/order.yaml": ORDER})
    assert rows(report) == [
        ("POST", "/api/v2/orders", "docs/openapi.yaml", 8, "spec"),
        ("DELETE", "/api/v2/orders/{id}", "docs/openapi.yaml", 21, "spec"),
        ("GET", "/orders", "app.py", 4, "code"),
    ]
    assert report.framework == "flask"


def test_somebody_elses_api_adds_no_row(tmp_path):
    """A document of which nothing is in the code describes another service; it is named and no more."""
    report = analysed(tmp_path, {"app.py": FLASK, "clients/api/swagger.json": json.dumps(SWAGGER)})
    assert rows(report) == [("GET", "/orders", "app.py", 4, "code")]
    assert report.models == []
    assert [one.file for one in report.specs] == ["clients/api/swagger.json"]


@pytest.mark.parametrize("library", ["openapi-backend", "swagger-express-mw", "@forks/swagger-tools"])
def test_servers_that_route_by_a_document(tmp_path, library):
    """Where a library finds who answers in the document, the code shows nothing of it; others are passed by."""
    manifest = json.dumps({"name": "shop", "dependencies": {"express": "4", library: "1"}})
    code = 'const app = require("express")();\napp.get("/alive", (request, response) => response.json({}));\n'
    files = {"shop/package.json": manifest, "shop/app.js": code, "shop/api/swagger.json": json.dumps(SWAGGER)}
    report = analysed(tmp_path, {**files, "clients/api/openapi.yaml": SHOP})
    assert ("GET", "/alive", "shop/app.js", 2, "code") in rows(report)
    assert {row[2] for row in rows(report) if row[4] == "spec"} == {"shop/api/swagger.json"}


@pytest.mark.parametrize("place", ["tests/openapi.yaml", "web/__fixtures__/openapi.yaml", "examples/openapi.yaml"])
def test_those_of_tests_and_samples_are_passed_by(tmp_path, place):
    """Nobody serves what they describe."""
    assert analysed(tmp_path, {place: SHOP}).specs == []


@pytest.mark.parametrize(
    "document",
    [
        "openapi: 3.0.0\npaths: [a, b]\n",
        "openapi: 3.0.0\npaths: {/a: 1, /b: {get: 2}, 3: {}}\n",
        "openapi: 3.0.0\nservers: ['http://[']\npaths: {/a: {get: {parameters: [1], responses: [2]}}}\n",
        "openapi: 3.0.0\npaths: {/a: {$ref: ../../../../etc/passwd}, /b: {$ref: 'http://x/y'}}\n",
        "openapi: 3.0.0\npaths: &a {/a: *a}\n",
        "openapi: 3.0.0\npaths: {/a: {get: " + "{schema: " * 90 + "}" * 92,
    ],
)
def test_a_document_that_is_not_as_it_should_be_hurts_nobody(tmp_path, document):
    """What can be read of it is, and the code's rows stand."""
    report = analysed(tmp_path, {"app.py": FLASK, "openapi.yaml": document})
    assert ("GET", "/orders", "app.py", 4, "code") in rows(report)
    assert not [item for item in report.limits.skipped if "failed" in item.reason]


def test_a_broken_document_is_named(tmp_path):
    """With the reason, among the files that were skipped."""
    report = analysed(tmp_path, {"openapi.json": '{"openapi": "3.0.0", '})
    assert [(item.file, item.reason) for item in report.limits.skipped] == [("openapi.json", "not JSON")]
