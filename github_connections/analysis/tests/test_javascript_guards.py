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
        ("publicEndpointGuard(auth)", "unknown"),
        ("noPermissionGuard", "unknown"),
        ("verifySignUp.checkRolesExist", "unknown"),
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


MIDDLEWARE = """
const kept = (request, response) => response.status(401).json({ error: "who?" });
exports.boarding = async (req, res, next) => {
  const ticket = req.header("x-auth-token");
  if (!ticket) return kept(req, res);
  next();
};
exports.maybe = (req, res, next) => {
  const token = req.headers.authorization;
  if (!token) return next();
  jwt.verify(token, key, (error) => (error ? res.sendStatus(403) : next()));
};
exports.shown = (req, res, next) => {
  const token = req.headers.authorization;
  if (token) {
    try { req.user = jwt.verify(token, key); } catch (error) { return res.status(401).end(); }
  }
  next();
};
exports.shownOnly = async (req, res, next) => {
  let token;
  if (req.headers.authorization && req.headers.authorization.startsWith("Bearer")) {
    try { token = jwt.verify(req.headers.authorization, key); next(); } catch { res.sendStatus(401); }
  }
  if (!token) res.sendStatus(401);
};
exports.shownElse = (req, res, next) => {
  if (req.cookies.token) { next(); } else { res.sendStatus(401); }
};
exports.auth = {
  greetUser: async (req, res, next) => { req.user = await User.of(req.session.userId); next(); },
  stopUser: () => (req, res, next) => {
    if (req.path === "/ashore") { return next(); }
    if (req.session.user && req.session.user.stopped && req.method !== "GET") {
      return res.status(403).send("stopped");
    }
    next();
  },
  timeUser: (req, res, next) => { res.locals.started = Date.now(); next(); },
  checkUser: async (req, res, next) => { req.user = await verify(req.headers.authorization); next(); },
  handUser: (req, res, next) => { handed(req, res, next); },
  requireUser: async (req, res, next) => { req.user = await users.find(req.session.userId); next(); },
  ensureUser: async (req, res, next) => {
    try {
      req.user = await users.find(req.session.userId);
      next();
    } catch (error) { res.status(401).end(); }
  },
  isCaptain: (req, res, next) => {
    if (req.user.rank === "captain") next();
  },
  checkKey: (req, res, next) => {
    if (req.header("x-api-key") !== KEY) { return next(new Refused()); }
    next();
  },
};
exports.mostly = (req, res, next) => {
  if (req.path.startsWith("/open") || req.path === "/") return next();
  if (!req.session.user) { return res.redirect("/login"); }
  next();
};
exports.sometimes = (req, res, next) => {
  if (listed.includes(req.path)) return next();
  if (!req.session.user) return res.redirect("/login");
  next();
};
exports.writing = (req, res, next) => {
  if (req.method !== "GET" && !req.session.user) return res.sendStatus(401);
  next();
};
exports.entering = (req, res, next) => {
  if (!check(req.body.user, req.body.password)) return res.status(401).end();
  next();
};
exports.forged = (req, res, next) => (csrf.matches(req.session.user) ? next() : res.sendStatus(403));
exports.greeting = (req, res, next) => { res.locals.name = req.session.user.name; next(); };
exports.crew = { boarding: () => exports.boarding, boarded: exports.boarding };
exports.failed = (error, req, res, next) => { if (!req.session.user) res.sendStatus(401); };
"""


@pytest.mark.parametrize(
    ("middleware", "path", "expected"),
    [
        ("(req, res, next) => { note(req.user); if (res.statusCode === 401) count(); next(); }", "/crew", "unknown"),
        ("deck.boarding", "/crew", "required"),
        ("deck.crew.boarding()", "/crew", "required"),
        ("[deck.greeting, deck.crew.boarded]", "/crew", "required"),
        ("wrap(async (req, res, next) => { if (!req.user) throw unauthorized(); next(); })", "/crew", "required"),
        ("deck.maybe", "/crew", "optional"),
        ("deck.shown", "/crew", "optional"),
        ("deck.shownOnly", "/crew", "required"),
        ("deck.shownElse", "/crew", "required"),
        ("deck.auth.greetUser", "/crew", "optional"),
        ("deck.auth.stopUser()", "/crew", "optional"),
        ("deck.auth.timeUser", "/crew", "unknown"),
        ("deck.auth.checkUser", "/crew", "required"),
        ("deck.auth.handUser", "/crew", "required"),
        ("deck.auth.requireUser", "/crew", "required"),
        ("deck.auth.ensureUser", "/crew", "required"),
        ("deck.auth.isCaptain", "/crew", "required"),
        ("deck.auth.checkKey", "/crew", "required"),
        ("deck.mostly", "/crew", "required"),
        ("deck.mostly", "/open/door", "unknown"),
        ("deck.mostly", "/", "unknown"),
        ("deck.sometimes", "/crew", "unknown"),
        ("deck.writing", "/crew", "unknown"),
        ("deck.entering", "/crew", "unknown"),
        ("deck.forged", "/crew", "unknown"),
        ("deck.greeting", "/crew", "unknown"),
        ("deck.failed", "/crew", "unknown"),
        ("sessionController.protect", "/crew", "required"),
        ("sessionController.login", "/crew", "unknown"),
    ],
)  # fmt: skip
def test_a_middleware_is_known_by_what_it_does(tmp_path, middleware, path, expected):
    """Whoever refuses those who show nothing asks for a log-in, whatever it is called; not where all may pass."""
    source = (
        'const express = require("express");\nconst wrap = require("async-middleware").wrap;\n'
        'const deck = require("./deck");\nconst sessionController = require("somewhere");\n'
        f"const app = express();\napp.get('{path}', {middleware}, (req, res) => res.json([]));"
    )
    files = {"package.json": '{"name": "ship", "dependencies": {"express": "4"}}', "app.js": source}
    report = in_process.analyze_here(make_tree(tmp_path, {**files, "deck.js": MIDDLEWARE}), Limits(processes=1))
    assert [route.auth.state for route in report.routes] == [expected]


@pytest.mark.parametrize(
    ("path", "handler", "expected"),
    [
        ("/crew", "(req, res) => { if (!req.session.user) { res.redirect('/login'); } res.json([]); }", "required"),
        ("/crew", "(req, res) => { if (!req.user) return res.status(401).end(); res.json([]); }", "required"),
        ("/crew", "(req, res) => { if (!req.isAuthenticated()) throw new Unauthorized(); res.json([]); }", "required"),
        ("/crew", "(req, res) => { if (!req.user) return res.status(404).end(); res.json([]); }", "unknown"),
        ("/crew", "(req, res) => { if (!req.body.name) return res.status(401).end(); res.json([]); }", "unknown"),
        ("/login", "(req, res) => { if (!req.user) return res.status(401).end(); res.json([]); }", "unknown"),
    ],
)  # fmt: skip
def test_a_handler_that_asks_by_itself(tmp_path, path, handler, expected):
    """Whoever is refused at once must be known; where people log in nobody is yet."""
    source = f"const app = require('express')();\napp.get('{path}', {handler});"
    files = {"package.json": '{"name": "ship", "dependencies": {"express": "4"}}', "app.js": source}
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert [route.auth.state for route in report.routes] == [expected]


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        ("app.addHook('preHandler', async (request, reply) => {\n  const [, token] = request.headers.authorization;\n"
         "  if (!known(token)) return reply.code(401).send();\n})", ["required", "required"]),
        ("app.register(fp(async (inner) => {\n  inner.addHook('onRequest', async (request, reply) => {\n"
         "    if (request.url.startsWith('/open')) return;\n"
         "    if (!request.session.user) return reply.unauthorized();\n  });\n}))", ["required", "unknown"]),
        ("app.addHook('onRequest', async (request) => log(request.headers.authorization))", ["unknown", "unknown"]),
    ],
)  # fmt: skip
def test_a_hook_is_known_by_what_it_does(tmp_path, hook, expected):
    """Hooks of Fastify have no names, and stand in plugins that are shared."""
    source = (
        'const app = require("fastify")();\nconst fp = require("fastify-plugin");\n'
        f"{hook};\napp.get('/crew', list);\napp.get('/open/door', list);"
    )
    files = {"package.json": '{"name": "ship", "dependencies": {"fastify": "5"}}', "app.js": source}
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert [route.auth.state for route in report.routes] == expected


HOOKS = """
module.exports = async (server) => {
  server.addHook("onRequest", async (request, reply) => {
    if (!request.session.user) reply.unauthorized();
  });
};
"""
PLUGIN = "module.exports = async (server) => { server.get('/', async () => []); };"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("autoHooks: true, cascadeHooks: true", ["unknown", "required", "required"]),
        ("autoHooks: true", ["unknown", "required", "unknown"]),
        ("", ["unknown", "unknown", "unknown"]),
    ],
)
def test_hooks_of_a_folder(tmp_path, options, expected):
    """@fastify/autoload puts the hooks that lie in a folder before its plugins, and where they cascade below it too."""
    source = (
        "const app = require('fastify')();\nconst path = require('path');\n"
        f"app.register(require('@fastify/autoload'), {{ dir: path.join(__dirname, 'routes'), {options} }});"
    )
    files = {
        "package.json": '{"name": "ship", "dependencies": {"fastify": "5", "@fastify/autoload": "6"}}',
        "app.js": source,
        "routes/autohooks.js": "module.exports = async (server) => {};",
        "routes/crew/autohooks.js": HOOKS,
        "routes/crew/index.js": PLUGIN,
        "routes/crew/mates/index.js": PLUGIN,
        "routes/ashore/index.js": PLUGIN,
    }
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    told = {route.path: route.auth.state for route in report.routes}
    assert [told["/ashore"], told["/crew"], told["/crew/mates"]] == expected


@pytest.mark.parametrize(
    ("combined", "expected"),
    [
        ("except(['/crew/open/*', '/crew/door'], bearerAuth({ token }))", ["required", "unknown"]),
        ("except(isFromInside, bearerAuth({ token }))", ["unknown", "unknown"]),
        ("some(bearerAuth({ token }), jwt({ secret }))", ["required", "required"]),
        ("some(every(bearerAuth({ token }), limit(100)), limit(10))", ["optional", "optional"]),
        ("every(limit(10), bearerAuth({ token }))", ["required", "required"]),
    ],
)  # fmt: skip
def test_guards_of_hono_that_are_put_together(tmp_path, combined, expected):
    """Some paths are left out, and where one of several is enough it may be one that asks for nobody."""
    source = (
        "import { Hono } from 'hono';\nimport { bearerAuth } from 'hono/bearer-auth';\n"
        "import { jwt } from 'hono/jwt';\n"
        "import { every, except, some } from 'hono/combine';\nconst app = new Hono();\n"
        f"app.use('/crew/*', {combined});\napp.get('/crew', (c) => c.json([]));\n"
        "app.get('/crew/open/house', (c) => c.json([]));"
    )
    files = {"package.json": '{"name": "ship", "dependencies": {"hono": "4"}}', "app.ts": source}
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert [route.auth.state for route in report.routes] == expected


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


def test_who_wants_to_come_in_need_not_be_known(tmp_path):
    """A guard for everything lets people log in; one that a route names itself counts."""
    source = (
        "const app = require('express')();\napp.use(requireLogin);\napp.get('/login', show);\n"
        "app.post('/register', requireAdmin, create);\napp.get('/crew', list);\n"
        "app.get('/auth/callback', passport.authenticate('harbour'), show);"
    )
    files = {"package.json": '{"name": "ship", "dependencies": {"express": "4"}}', "app.js": source}
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    told = {route.path: route.auth.state for route in report.routes}
    assert told == {"/login": "unknown", "/register": "required", "/crew": "required", "/auth/callback": "unknown"}


MODULE = """
import { MiddlewareConsumer, Module, RequestMethod } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Known, greet } from "./known";
import { CrewController, PortsController } from "./controllers";
@Module({ controllers: [CrewController, PortsController] })
export class Ship {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(greet).forRoutes("*");
    consumer.apply(greet, Known).EXCLUDE.forRoutes(ROUTES);
  }
}
async function start() {
  const app = await NestFactory.create(Ship);
  app.setGlobalPrefix("api");
  await app.listen(3000);
}
start();
"""
CONTROLLERS = """
import { Controller, Get, Post } from "@nestjs/common";
@Controller("crew")
export class CrewController {
  @Get() list() {}
  @Get(":id") one() {}
  @Post(":id") change() {}
}
@Controller("ports")
export class PortsController { @Get() list() {} }
"""
NEST_KNOWN = """
import { Injectable, NestMiddleware, HttpException } from "@nestjs/common";
@Injectable()
export class Known implements NestMiddleware {
  async use(req, res, next) {
    const header = req.headers.authorization;
    if (header) { req.user = await find(header); next(); } else { throw new HttpException("Not authorized.", 401); }
  }
}
export function greet(req, res, next) { res.locals.at = new Date(); next(); }
"""


@pytest.mark.parametrize(
    ("routes", "excluded", "closed"),
    [
        ("'*'", "", ["GET /api/crew", "GET /api/crew/{id}", "GET /api/ports", "POST /api/crew/{id}"]),
        ("'crew'", "", ["GET /api/crew", "GET /api/crew/{id}", "POST /api/crew/{id}"]),
        ("CrewController", "'crew/:id'", ["GET /api/crew"]),
        ("{ path: 'crew/:id', method: RequestMethod.POST }", "", ["POST /api/crew/{id}"]),
        ("CrewController", "{ path: 'crew', method: RequestMethod.GET }",
         ["GET /api/crew/{id}", "POST /api/crew/{id}"]),
        ("'ports').apply(greet).forRoutes(CrewController", "", ["GET /api/ports"]),
    ],
)  # fmt: skip
def test_middleware_of_a_module(tmp_path, routes, excluded, closed):
    """What a module of NestJS applies stands before the routes that it names, by controller or by path."""
    module = MODULE.replace("ROUTES", routes).replace(".EXCLUDE", f".exclude({excluded})" if excluded else "")
    files = {
        "package.json": '{"name": "ship", "dependencies": {"@nestjs/core": "10", "@nestjs/common": "10"}}',
        "src/main.ts": module,
        "src/controllers.ts": CONTROLLERS,
        "src/known.ts": NEST_KNOWN,
    }
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert sorted(f"{one.method} {one.path}" for one in report.routes if one.auth.state == "required") == closed
    assert len(report.routes) == 4


@pytest.mark.parametrize(
    ("package", "guarding", "expected"),
    [
        ("express", "app.all('/deck/*', requireLogin)", ["required", "unknown"]),
        ("express", "app.use('/deck/*splat', requireLogin)", ["required", "unknown"]),
        ("express", "app.use(['/deck', '/mast'], requireLogin)", ["required", "unknown"]),
        ("koa", "app.use('/deck', requireLogin)", ["required", "unknown"]),
        ("koa", "app.use(['/deck', '/mast'], requireLogin)", ["required", "unknown"]),
        ("hono", "app.use('/deck/*', some(bearerAuth({ token }), basicAuth({ username })))", ["required", "unknown"]),
    ],
)  # fmt: skip
def test_a_guard_stands_before_what_is_below_its_path(tmp_path, package, guarding, expected):
    """The path is that of the router, wherever it is mounted; `/decks` is not below `/deck`."""
    made = {
        "express": "const app = require('express').Router();",
        "koa": "const Router = require('@koa/router');\nconst app = new Router();",
        "hono": "import { Hono } from 'hono';\nimport { some } from 'hono/combine';\n"
        "import { bearerAuth } from 'hono/bearer-auth';\nimport { basicAuth } from 'hono/basic-auth';\n"
        "const app = new Hono();",
    }[package]
    mounted = {
        "express": "const main = require('express')();\nmain.use('/api', app);",
        "koa": "const Koa = require('koa');\nconst main = new Koa();\nconst api = new Router();\n"
        "api.use('/api', app.routes());\nmain.use(api.routes());",
        "hono": "const main = new Hono();\nmain.route('/api', app);\nexport default main;",
    }[package]
    source = f"{made}\n{guarding};\napp.get('/deck/crew', list);\napp.get('/decks', list);\n{mounted}"
    files = {"package.json": f'{{"name": "ship", "dependencies": {{"{package}": "4"}}}}', "app.js": source}
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert [route.path for route in report.routes] == ["/api/deck/crew", "/api/decks"]
    assert [route.auth.state for route in report.routes] == expected
