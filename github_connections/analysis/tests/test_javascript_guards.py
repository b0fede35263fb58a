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
        ("asyncHandler(auth.jwt)", "required"),
        ("asyncHandler(auth.jwtLoose)", "optional"),
        ("asyncHandler(crew.list)", "unknown"),
        ("locals.protected", "unknown"),
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


@pytest.mark.parametrize(
    ("procedure", "expected"),
    [
        ("t.procedure.use(timed).use(({ ctx, next }) => {\n  if (!ctx.session) {\n"
         "    throw new TRPCError({ code: 'UNAUTHORIZED' });\n  }\n  return next();\n})", "required"),
        ("t.procedure.use(known)", "required"),
        ("t.procedure.use(timed)", "unknown"),
    ],
)  # fmt: skip
def test_a_procedure_that_refuses_strangers(tmp_path, procedure, expected):
    """What a middleware of tRPC throws tells, whatever its name is."""
    source = (
        'import { initTRPC, TRPCError } from "@trpc/server";\nconst t = initTRPC.create();\n'
        "const timed = t.middleware(async ({ next }) => next());\n"
        "const known = t.middleware(({ ctx, next }) => {\n"
        "  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });\n  return next();\n});\n"
        f"const own = {procedure};\nexport const router = t.router({{ crew: own.query(() => []) }});"
    )
    files = {"package.json": '{"name": "ship", "dependencies": {"@trpc/server": "11"}}', "app.ts": source}
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert [route.auth.state for route in report.routes] == [expected]
