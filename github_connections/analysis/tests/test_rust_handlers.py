"""What the report says of a Rust route beside its path: what its handler takes, and who may call it."""

from __future__ import annotations

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.report import Parameter, Report, Route
from github_connections.analysis.tests.test_fixtures import FIXTURES
from github_connections.analysis.tests.trees import ParsersHere, make_tree

AXUM = '[package]\nname = "shop"\n[dependencies]\naxum = "0.8"\n'


@pytest.fixture(autouse=True)
def parse_right_here(monkeypatch):
    """Small repositories need no processes of their own."""
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)


def report_of(path: Path) -> Report:
    return in_process.analyze_here(path, Limits(processes=1))


def route_of(report: Report, method: str, path: str) -> Route:
    [route] = [row for row in report.routes if (row.method, row.path) == (method, path)]
    return route


def served(root: Path, parameters: str, layers: str = "", *, path: str = "/{id}") -> Route:
    """Return the one route of an application whose handler has these parameters, behind these layers."""
    source = (
        "use axum::{middleware, routing::get, Router};\n"
        f'fn app(state: S) -> Router {{ Router::new().route("{path}", get(handler)){layers} }}\n'
        f"async fn handler({parameters}) {{}}\n"
    )
    report = report_of(make_tree(root, {"Cargo.toml": AXUM, "src/main.rs": source}))
    return route_of(report, "GET", path)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("Path(id): Path<u64>", [Parameter(name="id", place="path", type="u64")]),
        (
            "Query(filter): Query<Filter>",
            [
                Parameter(name="id", place="path"),
                Parameter(name="filter", place="query", type="Filter", model="Filter"),
            ],
        ),
        (
            "Json(user): Json<NewUser>, Path((id,)): Path<(Uuid,)>",
            [
                Parameter(name="id", place="path", type="Uuid"),
                Parameter(name="user", place="body", type="NewUser", model="NewUser"),
            ],
        ),
        (
            "user: Option<ValidatedJson<NewUser>>",
            [
                Parameter(name="id", place="path"),
                Parameter(name="user", place="body", type="NewUser", model="NewUser", required=False),
            ],
        ),
        (
            "TypedHeader(agent): TypedHeader<UserAgent>, WithRejection(Form(form), _): WithRejection<Form<Contact>, E>",
            [
                Parameter(name="id", place="path"),
                Parameter(name="UserAgent", place="header", type="UserAgent"),
                Parameter(name="form", place="form", type="Contact", model="Contact"),
            ],
        ),
        ("State(state): State<S>, headers: HeaderMap", [Parameter(name="id", place="path")]),
        ("Path(any): Path<HashMap<String, String>>, agent: AgentHeader", [Parameter(name="id", place="path")]),
        (
            "new: Either<Json<NewUser>, Form<NewUser>>",
            [
                Parameter(name="id", place="path"),
                Parameter(name="new", place="body", type="NewUser", model="NewUser"),
            ],
        ),
    ],
)  # fmt: skip
def test_extractors_are_parameters(tmp_path, parameters, expected):
    """Each extractor says where a value comes from and of what type it is; state and raw headers say neither."""
    assert served(tmp_path, parameters).params == expected


@pytest.mark.parametrize(
    ("parameters", "layers", "state", "names"),
    [
        ("", "", "unknown", []),
        ("", ".route_layer(middleware::from_fn(require_auth))", "required", ["require_auth"]),
        ("", ".layer(middleware::from_fn_with_state(state, auth::guard_jwt))", "required", ["guard_jwt"]),
        ("", ".layer(middleware::from_fn_with_state(auth_state, count_requests))", "unknown", []),
        ("", ".layer(ServiceBuilder::new().layer(from_fn(check_auth)).layer(trace))", "required", ["check_auth"]),
        ("", ".layer(middleware::from_fn(session_auth_when_required))", "unknown", []),
        ("", ".layer(AsyncRequireAuthorizationLayer::new(X))", "required", ["AsyncRequireAuthorizationLayer.new"]),
        ("", '.route_layer(login_required!(Backend, login_url = "/"))', "required", ["login_required!"]),
        ("user: AuthUser", "", "required", ["AuthUser"]),
        ("Extension(user): Extension<CurrentUser>", "", "required", ["CurrentUser"]),
        ("TypedHeader(a): TypedHeader<Authorization<Bearer>>", "", "required", ["Authorization"]),
        ("user: Option<Claims>", "", "optional", ["Claims"]),
        ("user: MaybeAuthUser", "", "optional", ["MaybeAuthUser"]),
        ("ExtractOptionalAuthUser(user): ExtractOptionalAuthUser", "", "optional", ["ExtractOptionalAuthUser"]),
        ("user: AuthUserOpt", "", "optional", ["AuthUserOpt"]),
        ("session: AuthSession, State(auth): State<AuthService>", "", "unknown", []),
        ("Json(login): Json<AuthRequest>", "", "unknown", []),
    ],
)  # fmt: skip
def test_who_may_call_is_told_by_layers_and_extractors(tmp_path, parameters, layers, state, names):
    """A guard's name is shown; what only might know the caller says nothing."""
    auth = served(tmp_path, parameters, layers).auth
    assert (auth.state, [source.name for source in auth.by]) == (state, names)


def test_a_layer_wraps_what_was_there_before_it():
    """Routes that are merged after the guard are open; those before it are not."""
    report = report_of(FIXTURES / "axum/shop")
    assert route_of(report, "GET", "/api/v1/users/{id}").auth.state == "required"
    assert route_of(report, "POST", "/api/v1/login").auth.state == "unknown"


def test_actix_and_rocket_say_so_too():
    """Middleware of a scope, extractors, and Rocket's parameters by their names."""
    actix, rocket = report_of(FIXTURES / "actix/shop"), report_of(FIXTURES / "rocket/shop")
    guarded = route_of(actix, "POST", "/api/v1/orders")
    assert [source.name for source in guarded.auth.by] == ["HttpAuthentication.bearer"]
    assert guarded.params == [Parameter(name="order", place="form", type="NewOrder", model="NewOrder")]
    assert route_of(actix, "GET", "/api/v1/users/{id}").params == [Parameter(name="id", place="path", type="u64")]
    assert [(one.name, one.place, one.type, one.required) for one in route_of(rocket, "GET", "/api/users").params] == [
        ("page", "query", "Option[u32]", False),
        ("name", "query", "String", True),
    ]
    assert route_of(rocket, "GET", "/api/users/{id}").auth.state == "optional"


def test_a_handler_is_found_inside_what_is_put_around_it(tmp_path):
    """Layers, and a wrapper of the program's own; a page is told by what is given back, a model by its JSON."""
    source = (
        "use axum::{routing::get, Router};\n"
        "fn app() -> Router {\n"
        '    Router::new().route("/a", get(list.layer(Compression::new()))).route("/b", get(Slowly(show)))\n'
        "}\n"
        "async fn list(Query(filter): Query<Filter>) -> Result<Json<Vec<Ship>>, Error> {}\n"
        "async fn show() -> Result<Html<String>, Error> {}\n"
    )
    report = report_of(make_tree(tmp_path, {"Cargo.toml": AXUM, "src/main.rs": source}))
    listed, shown = route_of(report, "GET", "/a"), route_of(report, "GET", "/b")
    assert (listed.handler, listed.kind, listed.response_model) == ("list", "api", "Vec[Ship]")
    assert [one.name for one in listed.params] == ["filter"]
    assert (shown.handler, shown.kind) == ("show", "page")


def test_what_an_attribute_of_actix_wraps_around_a_handler(tmp_path):
    """`wrap = "…"` in an attribute, and a middleware of a scope that sends strangers away."""
    source = (
        "use actix_web::{web, App, post, middleware::from_fn};\n"
        "fn app() {\n"
        '    App::new().service(create).service(web::scope("/admin").wrap(from_fn(reject_anonymous_users))\n'
        '        .route("/board", web::get().to(board)));\n'
        "}\n"
        '#[post("/items", wrap = "JwtAuth")]\nasync fn create(item: web::Json<Item>) -> HttpResponse {}\n'
        "async fn board() -> HttpResponse {}\n"
    )
    cargo = AXUM.replace("axum", "actix-web")
    report = report_of(make_tree(tmp_path / "wrapped", {"Cargo.toml": cargo, "src/main.rs": source}))
    created, board = route_of(report, "POST", "/items"), route_of(report, "GET", "/admin/board")
    assert [one.name for one in (*created.auth.by, *board.auth.by)] == ["JwtAuth", "reject_anonymous_users"]
    assert created.request_model == "Item"
    wrap = "from_fn(reject_anonymous_users)"
    maybe = source.replace(wrap, "Condition::new(key.is_some(), ApiKey::new(key))")
    report = report_of(make_tree(tmp_path / "maybe", {"Cargo.toml": cargo, "src/main.rs": maybe}))
    assert route_of(report, "GET", "/admin/board").auth.state == "unknown"


def test_the_query_is_what_serde_reads(tmp_path):
    """Names, defaults, and fields of fields; the model of a body has the same names."""
    source = (
        "use axum::{routing::post, Router};\n"
        'fn app() -> Router { Router::new().route("/x", post(find)) }\n'
        "async fn find(Query(f): Query<Filter>, Json(new): Json<Filter>) -> Result<(), Json<Error>> {}\n"
        '#[derive(Deserialize)]\n#[serde(rename_all = "camelCase")]\nstruct Filter {\n'
        '    #[serde(rename = "q")]\n    text: String,\n    page_size: Option<u32>,\n'
        "    #[serde(default)]\n    kind: u8,\n    #[serde(flatten)]\n    order: Order,\n"
        "    #[serde(skip)]\n    seen: bool,\n}\n"
        "struct Order { sort_by: String }\n"
    )
    report = report_of(make_tree(tmp_path, {"Cargo.toml": AXUM, "src/main.rs": source}))
    route = route_of(report, "POST", "/x")
    assert [(one.name, one.place, one.required) for one in route.params] == [
        ("q", "query", True),
        ("pageSize", "query", False),
        ("kind", "query", False),
        ("sort_by", "query", True),
        ("new", "body", True),
    ]
    assert (route.request_model, route.response_model) == ("Filter", "")
    [model] = [one for one in report.models if one.name == "Filter"]
    assert [one.name for one in model.fields] == ["q", "pageSize", "kind", "order"]


def extractor(name: str, body: str) -> str:
    return (
        f"impl<S> FromRequestParts<S> for {name} {{\n"
        "    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {\n"
        f"        {body}\n    }}\n}}\n"
    )


@pytest.mark.parametrize(
    ("parameter", "state"),
    [
        ("user: User", "required"),
        ("user: Option<User>", "optional"),
        ("shop: Shop", "unknown"),
        ("caller: Caller", "required"),
        ("chief: Chief", "required"),
        ("viewer: Viewer", "unknown"),
    ],
)
def test_an_extractor_of_the_program_refuses_callers(tmp_path, parameter, state):
    source = (
        "use axum::{extract::FromRequestParts, routing::get, Router};\n"
        'fn app() -> Router { Router::new().route("/me", get(handler)) }\n'
        f"async fn handler({parameter}) {{}}\n"
        "impl<S> FromRequestParts<S> for User {\n"
        "    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {\n"
        "        session_of(parts).ok_or(StatusCode::UNAUTHORIZED)\n    }\n}\n"
        "impl<S> FromRequestParts<S> for Shop {\n"
        "    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {\n"
        "        host_of(parts).ok_or(StatusCode::NOT_FOUND)\n    }\n}\n"
        + extractor("Caller", 'match parts.headers.get("Authorization") { Some(t) => known(t), None => Err(GONE) }')
        + extractor("Chief", "let caller = Caller::from_request_parts(parts, &()).await?;\n        Ok(Chief(caller))")
        + extractor("Viewer", 'if parts.headers.get("Authorization").is_none() { Ok(Viewer(None)) } else { Err(GONE) }')
    )
    report = report_of(make_tree(tmp_path, {"Cargo.toml": AXUM, "src/main.rs": source}))
    assert route_of(report, "GET", "/me").auth.state == state


def test_a_guard_that_looks_at_the_path_says_nothing_of_every_route(tmp_path):
    """`if OPEN_PATHS.contains(path)`: nobody is told to log in who need not."""
    source = (
        "use axum::{middleware::{self, Next}, routing::get, Router};\n"
        "fn app() -> Router {\n"
        '    let open = Router::new().route("/a", get(show)).layer(middleware::from_fn(auth_or_open));\n'
        '    open.merge(Router::new().route("/b", get(show)).layer(middleware::from_fn(auth)))\n'
        "}\n"
        "async fn show() {}\n"
        "async fn auth(request: Request, next: Next) -> Response {\n"
        "    if known(&request) { next.run(request).await } else { StatusCode::UNAUTHORIZED.into_response() }\n}\n"
        "async fn auth_or_open(request: Request, next: Next) -> Response {\n"
        '    if request.uri().path().starts_with("/login") || known(&request) { next.run(request).await }\n'
        "    else { StatusCode::UNAUTHORIZED.into_response() }\n}\n"
    )
    report = report_of(make_tree(tmp_path, {"Cargo.toml": AXUM, "src/main.rs": source}))
    assert [route_of(report, "GET", path).auth.state for path in ("/a", "/b")] == ["unknown", "required"]


def test_bodies_as_they_are_and_fields_of_paths(tmp_path):
    """`Bytes` and `String` are bodies where there may be one; any names are no parameter; a path may be a struct."""
    source = (
        "use axum::{routing::get, Router};\n"
        'fn app() -> Router { Router::new().route("/{shelf}/{book}", get(put).put(put)) }\n'
        "async fn put(Path(at): Path<At>, Query(any): Query<HashMap<String, String>>, body: Bytes) {}\n"
        "#[derive(Deserialize)]\nstruct At { shelf: u8, book: String }\n"
    )
    report = report_of(make_tree(tmp_path, {"Cargo.toml": AXUM, "src/main.rs": source}))
    read, written = (route_of(report, method, "/{shelf}/{book}").params for method in ("GET", "PUT"))
    assert [(one.name, one.type) for one in read] == [("shelf", "u8"), ("book", "String")]
    assert [(one.name, one.place, one.type) for one in written[2:]] == [("body", "body", "Bytes")]


def test_methods_that_a_program_gives_to_routes_of_actix(tmp_path):
    """`.authorize(…)` wraps a guard around a route where the program's trait says so."""
    source = (
        "use actix_web::{web, App, Route};\n"
        "trait RouteExt { fn authorize(self, action: Action) -> Self; }\n"
        "impl RouteExt for Route {\n"
        "    fn authorize(self, action: Action) -> Self { self.wrap(Auth { action }) }\n}\n"
        "fn app() {\n"
        '    App::new().route("/me", web::get().to(me).authorize(Action::Read)).route("/", web::get().to(me));\n'
        "}\nasync fn me() {}\n"
    )
    cargo = AXUM.replace("axum", "actix-web")
    report = report_of(make_tree(tmp_path, {"Cargo.toml": cargo, "src/main.rs": source}))
    assert [route_of(report, "GET", path).auth.state for path in ("/me", "/")] == ["required", "unknown"]


def test_fields_of_rockets_forms_in_the_query(tmp_path):
    """`?<filter..>` takes what the fields of its type are called outside."""
    source = (
        "#[macro_use] extern crate rocket;\n"
        '#[launch] fn rocket() -> _ { rocket::build().mount("/", routes![list]) }\n'
        '#[get("/?<filter..>")] fn list(filter: Filter) {}\n'
        '#[derive(FromForm)]\nstruct Filter { #[field(name = "pageSize")] size: u8, r#type: Option<String> }\n'
    )
    report = report_of(make_tree(tmp_path, {"Cargo.toml": AXUM.replace("axum", "rocket"), "src/main.rs": source}))
    params = route_of(report, "GET", "/").params
    assert [(one.name, one.required) for one in params] == [("pageSize", True), ("type", False)]
