"""What the report says of who may call a route of JavaScript's servers."""

from __future__ import annotations

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree


@pytest.fixture(autouse=True)
def parse_right_here(monkeypatch):
    """Small repositories need no processes of their own."""
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        ("jwt({ secret })", "required"),
        ("jwt({ secret, credentialsRequired: false })", "optional"),
        ("jwt({ secret, passthrough: true })", "optional"),
        ("logger()", "unknown"),
    ],
)
def test_a_guard_that_lets_strangers_in(tmp_path, guard, expected):
    """Libraries' guards are told so; whoever is let in need not be known."""
    source = (
        'import express from "express";\nimport jwt from "express-jwt";\nimport logger from "morgan";\n'
        f"const app = express();\napp.use({guard});\napp.get('/crew', (req, res) => res.json([]));"
    )
    files = {"package.json": '{"name": "ship", "dependencies": {"express": "4"}}', "app.js": source}
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    [route] = report.routes
    assert route.auth.state == expected
