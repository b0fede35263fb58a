"""What handlers in files read of a request: the parameters of a row beside those of its path."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree

HANDLERS = """
import * as z from "zod";
import { cookies } from "next/headers";

const hive = z.object({ name: z.string(), frames: z.number().optional() });

export async function GET(request) {
  const { searchParams } = new URL(request.url);
  const theme = cookies().get("theme");
  return Response.json(await list(searchParams.get("q"), request.headers.get("x-apiary"), theme));
}

export async function POST(request) {
  const sent = await request.json();
  const made = hive.parse(sent);
  return Response.json(await create(made));
}

export const PATCH = withAuth(async (request) => {
  const { id, queen = null } = await request.json();
  await change(id, queen);
});

export async function DELETE(request) {
  await remove(await request.json());
}
"""
LINKS = """
export default async function links(req, res) {
  if (req.method === "GET") return res.json(await find(req.query.id, req.query.sort));
  if (req.method === "PUT") return res.json(await save(req.query.id, req.body));
}
"""
PAGE = """
export default async function Hives({ searchParams }) {
  const { page, q } = await searchParams;
  return <p>{q}</p>;
}
"""
WRAPPED = """
import * as z from "zod";

const asked = z.object({ q: z.string().optional() });

export const GET = withApiary(async ({ apiary, searchParams }) => find(apiary, asked.parse(searchParams)));
export const POST = withLogging({
  handler: async ({ req }) => {
    const { name } = await req.json();
    return create(name);
  },
});
"""
PROPS = """
export default function Frames({ frames }) {
  return <p>{frames}</p>;
}
export async function getServerSideProps({ query, req, params }) {
  const { hive } = query;
  return { props: { frames: await frames(params.id, hive, req.cookies.theme) } };
}
"""
OBJECTS = """
export const actions = {
  rename: async ({ request }) => {
    const fields = Object.fromEntries(await request.formData());
    await rename(fields.name);
  },
  move: async (event) => {
    const { to } = Object.fromEntries(event.url.searchParams.entries());
    await move(to);
  },
};
"""
LOAD = """
export async function load({ url, cookies }) {
  return { drafts: await drafts(url.searchParams.get("q"), cookies.get("session")) };
}
"""
ACTIONS = """
export const actions = {
  default: async ({ request, url }) => {
    const data = await request.formData();
    await create(data.get("title"), data.getAll("tag"), url.searchParams.get("from"));
  },
};
"""
H3 = """
import { z } from "zod";

export default defineEventHandler(async (event) => {
  const { page } = getQuery(event);
  const hive = await readValidatedBody(event, z.object({ name: z.string() }).parse);
  return store(page, hive, getCookie(event, "theme"));
});
"""
REMIX = """
export async function loader({ request }) {
  return search({ request, limit: 10 });
}
const search = async ({ request }) => {
  const asked = new URLSearchParams(new URL(request.url).search);
  return find(asked.get("q"));
};
export async function action({ request }) {
  const fields = await request.formData();
  return save(fields.get("name"));
}
export default function Hive() {
  return <p />;
}
"""
LOG_IN = """
import { parseWithZod } from "@conform-to/zod";
import { parseFormAny } from "react-zorm";
import { z } from "zod";

const LogIn = z.object({ email: z.string(), remember: z.boolean().optional() });
const Code = z.object({ code: z.string() });

export async function action({ request }) {
  const fields = await request.formData();
  const found = LogIn.safeParse(parseFormAny(fields));
  const submission = parseWithZod(fields, { schema: Code });
  return enter(found.data, submission.value);
}
"""
CASES = {
    "nextjs": (
        {
            "package.json": '{"dependencies": {"next": "14", "zod": "3"}}',
            "app/api/hives/[id]/route.ts": HANDLERS,
            "app/hives/page.tsx": PAGE,
            "app/api/queens/route.ts": WRAPPED,
            "pages/api/links/[id].ts": LINKS,
            "pages/frames/[id].js": PROPS,
        },
        {
            "GET /api/hives/{id}": "query q, header x-apiary, cookie theme",
            "POST /api/hives/{id}": "body name!, body frames",
            "PATCH /api/hives/{id}": "body id!, body queen",
            "DELETE /api/hives/{id}": "body body!",
            "GET /api/links/{id}": "query sort",
            "PUT /api/links/{id}": "query sort, body body!",
            "GET /hives": "query page, query q",
            "GET /api/queens": "query q",
            "POST /api/queens": "body name!",
            "GET /frames/{id}": "query hive, cookie theme",
        },
    ),
    "sveltekit": (
        {
            "package.json": '{"devDependencies": {"@sveltejs/kit": "2"}}',
            "src/routes/new/+page.server.js": ACTIONS,
            "src/routes/drafts/+page.server.ts": LOAD,
            "src/routes/drafts/+page.svelte": "<p/>",
            "src/routes/hives/+page.server.ts": OBJECTS,
        },
        {
            "POST /new": "form title!, form tag!, query from",
            "GET /drafts": "query q, cookie session",
            "POST /hives": "form name!, query to",
        },
    ),
    "nuxt": (
        {"package.json": '{"dependencies": {"nuxt": "3", "zod": "3"}}', "server/api/hives.post.ts": H3},
        {"POST /api/hives": "query page, body name!, cookie theme"},
    ),
    "remix": (
        {
            "package.json": '{"dependencies": {"@remix-run/react": "2"}}',
            "app/routes/hives.$id.tsx": REMIX,
            "app/routes/log-in.ts": LOG_IN,
        },
        {
            "GET /hives/{id}": "query q",
            "POST /hives/{id}": "form name!",
            "POST /log-in": "form email!, form remember, form code!",
        },
    ),
}


@pytest.mark.parametrize("framework", CASES)
def test_a_row_says_what_its_handler_reads(framework: str, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    tree, wanted = CASES[framework]
    make_tree(tmp_path, tree)

    report = in_process.analyze_here(tmp_path, Limits(processes=1))

    found = {
        f"{row.method} {row.path}": {f"{one.place} {one.name}{'!' if one.required else ''}" for one in row.params}
        for row in report.routes
    }
    in_path = {"path id!"}
    assert {name: read - in_path for name, read in found.items()} == {
        name: set(read.split(", ")) for name, read in wanted.items()
    }
