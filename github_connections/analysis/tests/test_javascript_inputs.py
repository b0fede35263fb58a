"""What the report says a route of JavaScript's servers takes: what its handler reads, and what is checked before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree

EXPRESS = """
import express from "express";
import { body, query, check } from "express-validator";
import Joi from "joi";
import { z } from "zod";
import multer from "multer";
import { create, Crew } from "./crew";
import { bodyOf, made, pageOf, save, validate, wrapped } from "./tools";
const app = express();
const upload = multer();
"""
CREW = """
import { wrapped } from "./tools";
export const create = wrapped(async (req, res) => {
  const { name, rank = "mate" } = req.body;
  res.json({ name, rank, by: req.headers["x-captain"], agent: req.headers["user-agent"] });
});
export class Crew {
  list = async (request, response) => response.json(await find(request.query.filter, request.query.sort || "name"));
  async save({ body, cookies }, res) {
    body.watch.forEach((one) => keep(one));
    res.json(cookies.ship);
  }
}
"""
TOOLS = """
export const wrapped = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next);
export const bodyOf = (req) => (typeof req.body === "string" ? JSON.parse(req.body) : req.body);
export const pageOf = (req) => Number(req.query.page);
export const save = (data) => keep(data.hull);
export const made = (name) => async (req, res) => res.json(await keep(name, req.query.deck, req.body));
export const validate = (schema) => (req, res, next) => { schema.parse(req); next(); };
"""


@pytest.fixture(autouse=True)
def parse_right_here(monkeypatch):
    """Small repositories need no processes of their own."""
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)


def taken(root: Path, library: str, source: str) -> list[str]:
    """Return what the one route of a program takes, as `place:name:type`, with a `?` for what may be left out."""
    manifest = f'{{"name": "ship", "dependencies": {{"{library}": "1"}}}}'
    files = {"package.json": manifest, "app.ts": source, "crew.ts": CREW, "tools.ts": TOOLS}
    report = in_process.analyze_here(make_tree(root, files), Limits(processes=1))
    [route] = report.routes
    return [f"{one.place}:{one.name}:{one.type}{'' if one.required else '?'}" for one in route.params]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("(req, res) => res.json(req.query.page, req.get('X-Deck'), req.body?.sail)",
         "query:page:? header:X-Deck:? body:sail:"),
        ("(req, res) => { const data = req.body; const { mast } = data; keep(mast, data.keel || 'oak'); }",
         "body:mast: body:keel:?"),
        ("(req, res) => { req.user = known(req.headers.authorization); res.json(); }", ""),
        ("async (req, res) => res.json(await keep({ ...req.body, at: 1 }))", "body:body:"),
        ("create", "body:name: body:rank:? header:x-captain:?"),
        ("wrapped(new Crew().list)", "query:filter:? query:sort:?"),
        ("(req, res, next) => create(req, res).catch(next)", "body:name: body:rank:? header:x-captain:?"),
        ("async (req, res, next) => { try { await new Crew().list(req, res); } catch (error) { next(error); } }",
         "query:filter:? query:sort:?"),
        ("(req, res) => { log(create(req, res)); }", "body:name: body:rank:? header:x-captain:?"),
        ("(req, res) => { const { oar } = bodyOf(req); save(req.body); keep(pageOf(req)); }",
         "body:oar: body:hull: query:page:?"),
        ("(req, res) => { const made = Joi.object({ rope: Joi.number().required() }); made.validate(req.body); }",
         "body:rope:number"),
        ("(req, res) => { Joi.validate(req.body, Joi.object({ rope: Joi.number() })); }", "body:rope:number?"),
        ("new Crew().save.bind(null)", "body:watch: cookie:ship:?"),
        ("[body('age').optional().isInt(), body(['name', 'port']).notEmpty(), query('deck')], (req, res) => res.json()",
         "body:age:integer? body:name: body:port: query:deck:?"),
        ("check('berth').isString(), (req, res) => res.json(req.body.berth)", "body:berth:"),
        ("validate({ body: Joi.object().keys({ name: Joi.string().required(), age: Joi.number() }) }), create",
         "body:name:string body:age:number? body:rank:? header:x-captain:?"),
        ("validate({ body: { name: Joi.string().required() }, query: { deck: Joi.number() } }), (req, res) => done()",
         "body:name:string query:deck:number?"),
        ("validate(z.object({ query: z.object({ deck: z.string().optional() }) })), (req, res) => res.json()",
         "query:deck:string?"),
        ("validate(z.object({ cargo: z.array(z.string()) })), (req, res) => keep(req.body)", "body:cargo:array"),
        ("(req, res) => {\n  if (!req.body.name || req.query.deck > 3) { throw new Error(req.get('X-Deck')); }\n"
         "  switch (req.query.sort) { case 'age': sort(); }\n  res.json();\n}",
         "body:name: query:deck:? header:X-Deck:? query:sort:?"),
        ("(req, res) => {\n  const sent = req.body as { mast?: string };\n  if (!sent.mast) return res.end();\n"
         "  req.query.page = Number(1);\n  const end = req.query.start ? start + Number(req.query.limit) - 1 : 0;\n"
         "  res.json(end);\n}", "body:mast: query:start:? query:limit:?"),
        ("(req, res) => {\n  const found = seen.safeParse(req.body);\n  if (found.error) return fail(found.error);\n"
         "  const { name } = found.data;\n  const { error, value } = seen.validate(req.query);\n"
         "  keep(name, value.deck, error);\n}", "body:name: query:deck:?"),
        ("(req, res) => {\n  if (req.body.items.length > 9 && req.body.includes('x')) return;\n  res.end();\n}",
         "body:items:?"),
        ("(req, res) => {\n  if (!req.body.keel || req.body.length) return done();\n  keep(1, req.body);\n}",
         "body:keel: body:body:"),
        ("made('mast')", "query:deck:? body:body:"),
        ("upload.single('map'), (req, res) => res.json(req.file)", "file:map:"),
    ],
)  # fmt: skip
def test_express(tmp_path, arguments, expected):
    """Handlers are found behind wrappers and in other files; validators say types, and what may be left out."""
    assert taken(tmp_path, "express", f"{EXPRESS}\napp.post('/crew', {arguments});") == expected.split()


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ("async (ctx) => { const { page } = ctx.query; ctx.body = { page, deck: ctx.request.body.deck }; }",
         "query:page:? body:deck:"),
        ("async (ctx) => { const v = await new Valid().validate(ctx); ctx.body = v.get('query.page'); }", ""),
        ("async (ctx) => { ctx.body = ctx.get('X-Deck'); ctx.cookies.set('a', ctx.cookies.get('ship')); }",
         "header:X-Deck:? cookie:ship:?"),
        ("async (ctx) => {\n  if (!ctx.request.body.name) ctx.throw(400, ctx.query.why);\n  ctx.body = 1;\n}",
         "query:why:? body:name:"),
    ],
)  # fmt: skip
def test_koa(tmp_path, handler, expected):
    """What a context's body is set to is the answer; a request's is in its `request`."""
    source = (
        'import Koa from "koa";\nimport Router from "@koa/router";\nconst router = new Router();\n'
        f'router.post("/crew", {handler});\nnew Koa().use(router.routes());'
    )
    assert taken(tmp_path, "koa", source) == expected.split()


@pytest.mark.parametrize(
    ("handlers", "expected"),
    [
        ("async (c) => { const { name } = await c.req.json(); return c.json(name, c.req.query('deck'), c.get('me')); }",
         "body:name: query:deck:?"),
        ("async (c) => { const sent = await c.req.json<{ name: string }>(); return c.json(sent.name); }", "body:name:"),
        ("...createFactory().createHandlers(zValidator('query', z.object({ deck: z.string() })), (c) => c.json({}))",
         "query:deck:string"),
        ("zValidator('query', z.object({ deck: z.string() })), (c) => c.json(c.req.valid('query').deck)",
         "query:deck:string"),
        ("zValidator('json', z.object({ name: z.string(), age: z.coerce.number().optional() })), (c) => c.json({})",
         "body:name:string body:age:number?"),
        ("sValidator('json', v.object({ name: v.pipe(v.string(), v.trim()), age: v.optional(v.number()) })), (c) => 1",
         "body:name:string body:age:number?"),
        ("class extends OpenAPIRoute { schema = { request: { query: z.object({ deck: z.string() }) } } }",
         "query:deck:string"),
    ],
)  # fmt: skip
def test_hono(tmp_path, handlers, expected):
    """A context's variables are no inputs."""
    source = (
        'import { Hono } from "hono";\nimport { createFactory } from "hono/factory";\n'
        'import { zValidator } from "@hono/zod-validator";\nimport { z } from "zod";\nimport * as v from "valibot";\n'
        f"const app = new Hono();\napp.post('/crew', {handlers});\nexport default app;"
    )
    assert taken(tmp_path, "hono", source) == expected.split()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", "body:name: query:deck:?"),
        ("{ schema: { body: { type: 'object', properties: { name: { type: 'string' } } } } }, ",
         "body:name:string? query:deck:?"),
    ],
)  # fmt: skip
def test_fastify(tmp_path, options, expected):
    """Of what a schema describes, the schema says all."""
    source = (
        'import Fastify from "fastify";\nconst app = Fastify();\n'
        f"app.post('/crew', {options}async (request) => keep(request.body.name, request.query.deck));"
    )
    assert taken(tmp_path, "fastify", source) == expected.split()


@pytest.mark.parametrize(
    ("library", "controller", "expected"),
    [
        ("routing-controllers", "@JsonController('/crew') class Crew { @Post('/:id') "
         "add(@Param('id') id: number, @QueryParam('deck') deck: string, @Body() mate: Mate): Promise<Mate> {} }",
         "path:id:number query:deck:string body:mate:Mate"),
        ("routing-controllers", "const DECK = 'X-Deck'; @JsonController('/crew') class Crew { @Get() "
         "all(@HeaderParam(DECK.toLowerCase()) deck: string) {} }",
         "header:x-deck:string"),
        ("tsoa", "@Route('crew') class Crew { @Post('{id}') "
         "add(@Path() id: number, @Query() deck?: string, @Queries() page: Page, @Header('X-Ship') ship: string) {} }",
         "path:id:number query:deck:string? query:limit:number header:X-Ship:string"),
        ("inversify-express-utils", "@controller('/crew') class Crew { @httpPost('/:id') "
         "add(@requestParam('id') id: string, @queryParam('deck') deck: string, @requestBody() mate: Mate) {} }",
         "path:id:string query:deck:string body:mate:Mate"),
        ("@overnightjs/core", "@Controller('crew') class Crew { @Post(':id') "
         "private add(req: Request, res: Response) { res.json(keep(req.params.id, req.body.deck)); } }",
         "path:id: body:deck:"),
        ("@loopback/rest", "class Crew { @post('/crew/{id}') "
         "add(@param.path.number('id') id: number, @requestBody() mate: Mate): Promise<Mate> {} }",
         "path:id:number body:mate:Mate"),
    ],
)  # fmt: skip
def test_decorated(tmp_path, library, controller, expected):
    """Decorators of a method's parameters say where each comes from, in every library's own words."""
    names = (
        "JsonController, Route, controller, Controller, Get, Post, httpPost, post, Param, QueryParam, HeaderParam, "
        "Body, Path, Query, Queries, Header, requestParam, queryParam, requestBody, param"
    )
    source = (
        f'import {{ {names} }} from "{library}";\n'
        "class Mate { name: string; }\nclass Page { limit: number; }\n"
        f"{controller}"
    )
    assert taken(tmp_path, library, source) == expected.split()


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("crew.pick({ name: true })", "body:name:string"),
        ("crew.omit({ name: true }).extend({ deck: z.string() })", "body:age:number? body:deck:string"),
        ("crew.partial()", "body:name:string? body:age:number?"),
        ("z.object({ ...crew.shape, deck: z.string() })", "body:name:string body:age:number? body:deck:string"),
        ("z.object({ deck: z.string() }).merge(crew)", "body:deck:string body:name:string body:age:number?"),
        ("insertSchema", "body:body:"),
    ],
)  # fmt: skip
def test_described(tmp_path, schema, expected):
    """What is sent is described by a schema, or by one made of another."""
    source = (
        'import { OpenAPIHono, createRoute, z } from "@hono/zod-openapi";\nconst app = new OpenAPIHono();\n'
        "const crew = z.object({ name: z.string(), age: z.number().optional() });\n"
        'const route = createRoute({ method: "post", path: "/crew", request: { body: { content: {'
        f'"application/json": {{ schema: {schema} }} }} }} }} }});\n'
        "app.openapi(route, (c) => c.json(c.req.valid('json').name));"
    )
    assert taken(tmp_path, "@hono/zod-openapi", source) == expected.split()


@pytest.mark.parametrize(
    ("procedure", "expected"),
    [
        ("t.procedure.input(z.object({ deck: z.string(), page: z.number().nullish() })).query(() => [])",
         "query:deck:string query:page:number?"),
        ("t.procedure.input(z.object({ id: z.string() })).output(z.object({ gone: z.string() })).use(checked)"
         ".input(z.object({ deck: z.string() })).mutation(() => 1)",
         "body:id:string body:deck:string"),
        ("t.procedure.input(String).mutation(() => 1)", ""),
    ],
)  # fmt: skip
def test_procedures(tmp_path, procedure, expected):
    """Procedures of tRPC are given what their schemas say, all of them together."""
    source = (
        'import { initTRPC } from "@trpc/server";\nimport { z } from "zod";\nconst t = initTRPC.create();\n'
        f"export const appRouter = t.router({{ crew: {procedure} }});"
    )
    assert taken(tmp_path, "@trpc/server", source) == expected.split()


def test_functions_that_call_each_other_are_read_once(tmp_path):
    source = f"""
const app = require("express")();
function made() {{
  const first = (req) => {{ {"first(req); second(req); " * 100} return req.body.name; }};
  const second = (req) => {{ {"first(req); second(req); " * 100} return req.query.page; }};
  return (req, res) => {{ res.json([first(req), second(req)]); }};
}}
app.post("/ships", made());
"""
    assert taken(tmp_path, "express", source) == ["query:page:?", "body:name:"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{ querystring: { $ref: 'pager#' } }", "query:page:integer query:size:integer?"),
        ("{ querystring: { $ref: 'kept#/definitions/pager' } }", "query:page:integer?"),
        ("{ querystring: { page: { type: 'integer' } } }", "query:page:integer?"),
        ("{ body: $ref('crew') }", "body:name:string"),
    ],
)  # fmt: skip
def test_schemas_of_fastify_that_are_kept_by_name(tmp_path, schema, expected):
    """A schema may be one that was added before, by a reference, or no more than its fields."""
    source = f"""
const app = require("fastify")();
const {{ z }} = require("zod");
const {{ schemas, $ref }} = require("fastify-zod").buildJsonSchemas({{ crew: z.object({{ name: z.string() }}) }});
app.addSchema({{ $id: "pager", type: "object", required: ["page"],
  properties: {{ page: {{ type: "integer" }}, size: {{ type: "integer" }} }} }});
const pager = {{ type: "object", properties: {{ page: {{ type: "integer" }} }} }};
app.addSchema({{ $id: "kept", definitions: {{ pager }} }});
app.post("/ships", {{ schema: {schema} }}, (request, reply) => reply.send({{}}));
"""
    assert taken(tmp_path, "fastify", source) == expected.split()
