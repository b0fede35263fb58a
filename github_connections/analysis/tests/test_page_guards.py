"""Who may see a page: what a row's `auth` says, for browsers' routers and for those whose routes are files."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.frameworks.javascript.page_guards import asks_who_is_there
from github_connections.analysis.tests.trees import ParsersHere, make_tree


@pytest.mark.parametrize(
    "name",
    [
        "AuthGuard",
        "PrivateRoute",
        "ProtectedLayout",
        "RequireAuth",
        "AdminRoute",
        "isAuthenticated",
        "LoginRequired",
        "PermissionsGuard",
        "withAuthenticationRequired",
        "ifAuthenticated",
        "AuthGate",
        "hasRole",
        "Authenticated",
    ],
)
def test_a_guard_is_known_by_its_name(name: str):
    assert asks_who_is_there(name)


@pytest.mark.parametrize(
    "name",
    [
        "AuthRoute",
        "LoginGuard",
        "NoAuthGuard",
        "GuestGuard",
        "PublicRoute",
        "ifNotAuthenticated",
        "PrivateMessages",
        "RedirectIfAuthenticated",
        "AuthBlockingGuard",
        "AdminLayout",
        "UserPage",
        "AuthProvider",
        "SessionDetail",
        "AgreementCurrentUserGuard",
    ],
)
def test_what_only_sounds_like_a_guard_is_none(name: str):
    assert not asks_who_is_there(name)


REACT = """
import { Outlet, Route, Routes } from "react-router-dom";
export const App = () => (
  <Routes>
    <Route path="/hives" element={<ProtectedRoute><Hives /></ProtectedRoute>} />
    <Route element={<RequireAuth />}>
      <Route path="/honey" element={<Honey />} />
    </Route>
    <PrivateRoute path="/queen" component={Queen} />
    <Route path="/shop" element={<Page><Shop /></Page>} />
  </Routes>
);
"""
VUE = """
import { createRouter } from "vue-router";
export default createRouter({ routes: [
  { path: "/hives", component: Hives, meta: { requiresAuth: true },
    children: [{ path: "new", component: NewHive }, { path: "map", component: Map, meta: { requiresAuth: false } }] },
  { path: "/honey", component: Honey, beforeEnter: requireLogin },
  { path: "/shop", component: Shop, meta: { title: "Shop" } },
] });
"""
ANGULAR = """
import { RouterModule, Routes } from "@angular/router";
const routes: Routes = [
  { path: "hives", canActivate: [AuthGuard], children: [{ path: "new", component: NewHiveComponent }] },
  { path: "shop", canActivate: [GuestGuard], component: ShopComponent },
  { path: "queen", canMatch: [() => inject(Session).isLoggedIn()], component: QueenComponent },
  { path: "swarm", canMatch: [() => !inject(Session).isLoggedIn()], component: SwarmComponent },
];
@NgModule({ imports: [RouterModule.forRoot(routes)] })
export class AppModule {}
"""
TANSTACK = """
import { createFileRoute, redirect } from "@tanstack/react-router";
export const Route = createFileRoute("/_known")({
  beforeLoad: ({ context }) => {
    if (!context.auth.user) throw redirect({ to: "/sign-in" });
  },
});
"""
ROUTERS = {
    "react-router": {
        "package.json": '{"dependencies": {"react": "18", "react-router-dom": "6"}}',
        "src/App.jsx": REACT,
        "wanted": "required /hives; required /honey; required /queen; unknown /shop",
    },
    "vue-router": {
        "package.json": '{"dependencies": {"vue": "3", "vue-router": "4"}}',
        "src/router.js": VUE,
        "wanted": "required /hives; none /hives/map; required /hives/new; required /honey; unknown /shop",
    },
    "angular-router": {
        "package.json": '{"dependencies": {"@angular/router": "17"}}',
        "src/app.module.ts": ANGULAR,
        "wanted": "required /hives/new; required /queen; unknown /shop; unknown /swarm",
    },
    "tanstack-router": {
        "package.json": '{"dependencies": {"@tanstack/react-router": "1"}}',
        "src/routes/_known.tsx": TANSTACK,
        "src/routes/_known.hives.tsx": 'import { createFileRoute } from "@tanstack/react-router";\n'
        'export const Route = createFileRoute("/_known/hives")({ component: Hives });\n',
        "src/routes/shop.tsx": 'import { createFileRoute } from "@tanstack/react-router";\n'
        'export const Route = createFileRoute("/shop")({ component: Shop });\n',
        "wanted": "required /hives; unknown /shop",
    },
}
PAGE = "export default function Page() {\n  return <p />;\n}\n"
HANDLERS = """
import { getServerSession } from "next-auth";

export async function GET() {
  return Response.json([]);
}

export async function POST(request) {
  const session = await getServerSession();
  if (!session) return new Response("Unauthorized", { status: 401 });
}

export const DELETE = withAuth(async () => {});

export async function PATCH(request) {
  return change(request);
}

async function change(request) {
  await requireUser(request); // not: getServerSession
}
"""
LAYOUT = """
export default async function Layout({ children }) {
  const user = await getCurrentUser();
  if (!user) redirect("/login");
  return children;
}
"""
SPACE = """
export const withSpace = (handler, { allowAnonymous = false } = {}) => async (request) => {
  const session = await getSession();
  if (!session && !allowAnonymous) return new Response("Unauthorized", { status: 401 });
  return handler({ request, session });
};
export const withNumbers = (handler) => async (request) => count(await handler({ request }));
"""
SPACES = """
import { withNumbers, withSpace } from "../../../lib/space";
export const GET = withSpace(async ({ request }) => Response.json([]), { allowAnonymous: true });
export const PUT = withNumbers(async ({ request }) => Response.json([]));
"""
FILES = {
    "nextjs": {
        "package.json": '{"dependencies": {"next": "14"}}',
        "middleware.ts": 'export { default } from "next-auth/middleware";\n'
        'export const config = { matcher: ["/honey/:path*"] };\n',
        "app/api/hives/route.ts": HANDLERS,
        "lib/space.ts": SPACE,
        "app/api/combs/route.ts": 'import { withSpace } from "../../../lib/space";\n'
        "export const POST = withSpace(async ({ request }) => Response.json([]), { plan: 'free' });\n",
        "app/api/spaces/route.ts": SPACES,
        "app/(known)/layout.tsx": LAYOUT,
        "app/(known)/hives/page.tsx": PAGE,
        "app/(known)/login/page.tsx": PAGE,
        "app/honey/[jar]/page.tsx": PAGE,
        "app/honeymoon/page.tsx": PAGE,
        "wanted": "required /api/combs; unknown /api/hives; required /api/hives; unknown /api/spaces; required /hives;"
        " required /honey/{jar};"
        " unknown /honeymoon; unknown /login",
    },
    "sveltekit": {
        "package.json": '{"devDependencies": {"@sveltejs/kit": "2"}}',
        "src/routes/(known)/+layout.server.ts": "export const load = async ({ locals }) => {\n"
        '  if (!locals.user) redirect(303, "/login");\n};\n',
        "src/routes/(known)/hives/+page.svelte": "<p />\n",
        "src/routes/shop/+page.svelte": "<p />\n",
        "src/routes/shop/+server.ts": "export async function POST({ locals }) {\n"
        "  if (!locals.user) throw error(401);\n}\n",
        "src/hooks.server.ts": "export const handle = async ({ event, resolve }) => {\n"
        "  const path = event.url.pathname;\n"
        '  if (path.startsWith("/keeper")) {\n    if (!event.locals.user) redirect(303, "/login");\n  }\n'
        '  if (!path.startsWith("/market") && !event.locals.name) return new Response("", { status: 401 });\n'
        '  if (path.startsWith("/login") && event.locals.user) redirect(303, "/");\n  return resolve(event);\n};\n',
        "src/routes/keeper/hats/+page.svelte": "<p />\n",
        "src/routes/keepers/+page.svelte": "<p />\n",
        "src/routes/market/+page.svelte": "<p />\n",
        "wanted": "required /hives; required /keeper/hats; unknown /keepers; unknown /market; unknown /shop;"
        " required /shop",
    },
    "nuxt": {
        "package.json": '{"dependencies": {"nuxt": "3"}}',
        "pages/hives.vue": '<script setup>\ndefinePageMeta({ middleware: ["auth"] })\n</script>\n',
        "pages/shop.vue": '<script setup>\ndefinePageMeta({ middleware: "guest" })\n</script>\n',
        "server/api/hives.post.ts": "export default defineEventHandler(async (event) => {\n"
        "  const { user } = await requireUserSession(event);\n});\n",
        "server/middleware/keeper.ts": "export default defineEventHandler(async (event) => {\n"
        '  if (getRequestURL(event).pathname.startsWith("/api/keeper") && !(await getUserSession(event))) {\n'
        "    throw createError({ statusCode: 401 });\n  }\n});\n",
        "server/api/keeper/hats.get.ts": "export default defineEventHandler(() => []);\n",
        "server/api/market.get.ts": "export default defineEventHandler(() => []);\n",
        "wanted": "required /api/hives; required /api/keeper/hats; unknown /api/market; required /hives; unknown /shop",
    },
    "remix": {
        "package.json": '{"dependencies": {"@remix-run/react": "2"}}',
        "app/routes/hives.$id.tsx": "export async function loader({ request }) {\n"
        "  const user = await requireUserId(request);\n}\nexport default function Hive() {\n  return <p />;\n}\n",
        "app/routes/login.tsx": "export async function action({ request }) {\n"
        "  const user = await verifyLogin(request);\n  if (!user) return json({}, { status: 401 });\n}\n",
        "wanted": "required /hives/{id}; unknown /login",
    },
}


@pytest.mark.parametrize("framework", [*ROUTERS, *FILES])
def test_a_row_says_who_may_come(framework: str, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    tree = dict((ROUTERS | FILES)[framework])
    wanted = [tuple(one.split()) for one in tree.pop("wanted").split(";")]
    make_tree(tmp_path, tree)

    report = in_process.analyze_here(tmp_path, Limits(processes=1))

    rows = [route for route in report.routes if route.framework == framework]
    assert {(row.auth.state, row.path) for row in rows} == set(wanted)
    assert all(row.auth.by for row in rows if row.auth.state == "required")
