"""Reports as an analysis would write them, for what is made of reports."""

from __future__ import annotations

from typing import Any

from github_connections.analysis.report import (
    Analyzer,
    Auth,
    Component,
    FoundFramework,
    Language,
    Model,
    ModelField,
    Parameter,
    Reached,
    Report,
    Route,
    Skipped,
    TestFile,
)

COMMIT = "bbcbbf80d1b188e3da36b7edc2fa5ebc05885fe2"


def a_route(method: str, path: str, **fields: Any) -> Route:
    """A route of an API, with what matters to the test and something for the rest."""
    known = {"file": "app/api.py", "line": 1, "framework": "fastapi", "id": f"{method} {path} {fields.get('file')}"}
    return Route(method=method, path=path, **{**known, **fields})


def a_report(routes: list[Route], **fields: Any) -> Report:
    """A report of these routes; pages are no endpoints."""
    endpoints = [route for route in routes if route.kind != "page"]
    return Report(routes=routes, endpoints=endpoints, analyzer=Analyzer(version="1", commit=COMMIT), **fields)


def shop_report() -> Report:
    """A small shop: an API with models and a log-in, a page, components and tests."""
    quantity = Parameter(name="quantity", place="query", type="int", required=False)
    routes = [
        a_route("GET", "/", kind="page", framework="react-router", file="web/App.tsx", handler="App"),
        a_route("GET", "/api/v1/orders", handler="list_orders", file="app/orders.py", params=[quantity], line=9),
        a_route(
            "POST",
            "/api/v1/orders",
            handler="create_order",
            file="app/orders.py",
            line=14,
            request_model="Order",
            response_model="list[Order]",
            status_codes=[201],
            auth=Auth(state="required", roles=["clerk"]),
        ),
        a_route(
            "GET",
            "/api/v1/orders/{order_id}",
            handler="read_order",
            file="app/orders.py",
            line=20,
            params=[Parameter(name="order_id", place="path", type="int")],
            auth=Auth(state="none"),
        ),
    ]
    fields = [
        ModelField(name="id", type="int"),
        ModelField(name="note", type="str | None", required=False, constraints={"max_length": 200, "pattern?": "x"}),
        ModelField(name="parent", type="Order", required=False),
    ]
    return a_report(
        routes,
        framework="fastapi",
        frameworks=[FoundFramework(name="fastapi", language="python", kind="server", version="0.115")],
        languages=[Language(name="python", files=3, bytes=900, share=0.9)],
        components=[Component(name="OrderCard", file="web/OrderCard.tsx", line=3, framework="react", props=["order"])],
        models=[Model(name="Order", file="app/models.py", line=4, kind="pydantic", fields=fields)],
        test_files=[TestFile(file="tests/test_orders.py", framework="pytest", cases=7)],
        limits=Reached(
            files_seen=5, files_read=4, files_parsed=4, bytes=1000, skipped=[Skipped(file="big.js", reason="too large")]
        ),
    )
