"""What the report says of a Go route beside its path: what its handler reads, what it is, and who may call it."""

from __future__ import annotations

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.report import Model, Parameter, Report, Route
from github_connections.analysis.tests.trees import ParsersHere, make_tree


@pytest.fixture(autouse=True)
def parse_right_here(monkeypatch):
    """Small repositories need no processes of their own."""
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)


def report_of(root: Path, library: str, source: str) -> Report:
    tree = make_tree(root, {"go.mod": f"module example.org/shop\n\nrequire {library} v1.0.0\n", "main.go": source})
    return in_process.analyze_here(tree, Limits(processes=1))


def served_by_gin(root: Path, body: str, *, method: str = "GET", before: str = "", guards: str = "") -> Route:
    """Return the one route of an application of Gin whose handler has this body."""
    source = (
        'package main\n\nimport "github.com/gin-gonic/gin"\n\n'
        "type Order struct {\n"
        '\tItem string `json:"item" form:"item" binding:"required"`\n'
        '\tNote string `json:"note,omitempty" form:"note"`\n'
        "}\n\n"
        f'func main() {{\n\tr := gin.Default()\n\t{before}\n\tr.{method}("/orders/:id"{guards}, orders)\n}}\n\n'
        "func newOrder() *Order { return &Order{} }\n\n"
        f"func orders(c *gin.Context) {{\n{body}\n}}\n"
    )
    [route] = report_of(root, "github.com/gin-gonic/gin", source).routes
    return route


ID = Parameter(name="id", place="path")


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        ("GET", 'page := c.DefaultQuery("page", "1")', [Parameter(name="page", place="query", required=False)]),
        ("GET", 'q := c.Request.FormValue("q")', [Parameter(name="q", place="query", required=False)]),
        ("POST", 'q := c.Request.FormValue("q")', [Parameter(name="q", place="form", required=False)]),
        ("POST", 'name := c.PostForm("name")', [Parameter(name="name", place="form", required=False)]),
        ("POST", 'file, err := c.FormFile("photo")', [Parameter(name="photo", place="file", required=False)]),
        ("GET", 'c.Request.Header.Get("X-Shop")', [Parameter(name="X-Shop", place="header", required=False)]),
        (
            "POST",
            "var order Order\nif err := c.ShouldBindJSON(&order); err != nil { return }",
            [Parameter(name="order", place="body", type="Order", model="Order")],
        ),
        (
            "POST",
            "order := newOrder()\nerr := order.Bind(c)",
            [Parameter(name="order", place="body", type="Order", model="Order")],
        ),
        (
            "POST",
            "order := newOrder()\nerr := order.bind(c, &stored)",
            [Parameter(name="order", place="body", type="Order", model="Order")],
        ),
        (
            "POST",
            'var asked struct {\n\tItem string `json:"item" binding:"required"`\n\tNote string\n}\nc.BindJSON(&asked)',
            [
                Parameter(name="item", place="body", type="string"),
                Parameter(name="Note", place="body", type="string", required=False),
            ],
        ),
        (
            "GET",
            "order := Order{}\nc.ShouldBindQuery(&order)",
            [
                Parameter(name="item", place="query", type="string"),
                Parameter(name="note", place="query", type="string", required=False),
            ],
        ),
        ("GET", 'limit := queryInt(c, "limit", 10)', [Parameter(name="limit", place="query", required=False)]),
        (
            "POST",
            "body, err := io.ReadAll(c.Request.Body)\nvar order Order\njson.Unmarshal(body, &order)",
            [Parameter(name="order", place="body", type="Order", model="Order")],
        ),
        ("POST", "var order Order\njson.Unmarshal(stored, &order)", []),
        (
            "POST",
            "var order Order\nif c.BindJSON(&order) != nil { return }",
            [Parameter(name="order", place="body", type="Order", model="Order")],
        ),
        (
            "POST",
            "var order Order\nif !decodeJSON(c, &order) { return }",
            [Parameter(name="order", place="body", type="Order", model="Order")],
        ),
        (
            "POST",
            "var order Order\nif c.BindJSON(&order) == nil { save(order) }",
            [Parameter(name="order", place="body", type="Order", model="Order")],
        ),
        (
            "POST",
            'form, err := c.MultipartForm()\nform.File["photos"]',
            [Parameter(name="photos", place="file", required=False)],
        ),
        ("GET", 'c.Request.URL.Query()["tag"]', [Parameter(name="tag", place="query", required=False)]),
        (
            "GET",
            'var sent struct {\n\tRate int `header:"X-Rate" binding:"required"`\n}\nc.ShouldBindHeader(&sent)',
            [Parameter(name="X-Rate", place="header", type="int")],
        ),
        (
            "POST",
            "var order Order\nschema.NewDecoder().Decode(&order, c.Request.PostForm)",
            [
                Parameter(name="item", place="form", type="string"),
                Parameter(name="note", place="form", type="string", required=False),
            ],
        ),
        ("GET", 'db.Query("SELECT 1")\ncfg.Get("page")\nres.Header.Get("ETag")', []),
    ],
)
def test_what_a_handler_reads(tmp_path, method, body, expected):
    assert served_by_gin(tmp_path, body, method=method).params == [ID, *expected]


def test_variables_of_the_path_have_the_types_of_what_they_fill(tmp_path):
    body = 'var which struct {\n\tID uint `uri:"id" binding:"required"`\n}\nc.ShouldBindUri(&which)'
    assert served_by_gin(tmp_path, body).params == [Parameter(name="id", place="path", type="uint")]


def test_what_a_handler_hands_its_request_to_is_read_with_it(tmp_path):
    """By functions and methods of the program, also by one that is made for a type; Go's own context is no request."""
    source = (
        'package main\n\nimport (\n\t"context"\n\t"net/http"\n)\n\n'
        "type Order struct {\n\tItem string\n}\n\ntype shop struct{}\n\n"
        "func decode[T any](r *http.Request) (T, error) {\n"
        "\tvar read T\n\terr := json.NewDecoder(r.Body).Decode(&read)\n\treturn read, err\n}\n\n"
        "func fill(r *http.Request, into any) error {\n\treturn json.NewDecoder(r.Body).Decode(into)\n}\n\n"
        'func (s *shop) page(r *http.Request) string {\n\treturn r.URL.Query().Get("page")\n}\n\n'
        'func store(ctx context.Context) {\n\tdb.FormValue("no")\n}\n\n'
        "func (s *shop) add(w http.ResponseWriter, r *http.Request) {\n"
        "\ts.page(r)\n\tdecode[Order](r)\n\tstore(r.Context())\n}\n\n"
        "func (s *shop) change(w http.ResponseWriter, r *http.Request) {\n\tvar order Order\n\tfill(r, &order)\n}\n\n"
        "func main() {\n\ts, mux := &shop{}, http.NewServeMux()\n"
        '\tmux.HandleFunc("POST /orders", s.add)\n\tmux.HandleFunc("PUT /orders", s.change)\n}\n'
    )
    report = report_of(tmp_path, "example.org/nothing", source)
    taken = {one.method: [(given.place, given.name, given.model) for given in one.params] for one in report.routes}
    assert taken == {"POST": [("query", "page", ""), ("body", "read", "Order")], "PUT": [("body", "order", "Order")]}


def test_functions_that_hand_a_request_to_each_other_are_read_once(tmp_path):
    source = (
        'package main\n\nimport "net/http"\n\n'
        'func ping(r *http.Request) {\n\tr.FormValue("ping")\n\tpong(r)\n}\n\n'
        'func pong(r *http.Request) {\n\tr.FormValue("pong")\n\tping(r)\n}\n\n'
        "func play(w http.ResponseWriter, r *http.Request) {\n\tping(r)\n}\n\n"
        'func main() {\n\thttp.HandleFunc("POST /play", play)\n}\n'
    )
    [route] = report_of(tmp_path, "example.org/nothing", source).routes
    assert [one.name for one in route.params] == ["ping", "pong"]


def test_fields_of_structs_that_are_embedded_stand_beside_the_others(tmp_path):
    source = (
        'package main\n\nimport "github.com/labstack/echo/v4"\n\n'
        'type Page struct {\n\tSize int `query:"size"`\n}\n\n'
        'type Filter struct {\n\tPage\n\tID int `param:"id" query:"id"`\n\tTags []string `query:"tag"`\n}\n\n'
        'func main() {\n\te := echo.New()\n\te.GET("/shops/:id/orders", list)\n}\n\n'
        "func list(c echo.Context) error {\n\tvar asked Filter\n\tc.Bind(&asked)\n"
        '\treturn echo.QueryParamsBinder(c).Bool("all", &all).Int("from", &from).BindError()\n}\n'
    )
    [route] = report_of(tmp_path, "github.com/labstack/echo/v4", source).routes
    assert [(one.place, one.name, one.type) for one in route.params] == [
        ("path", "id", ""),
        ("query", "size", "int"),
        ("query", "tag", "[]string"),
        ("query", "from", ""),
        ("query", "all", ""),
    ]


def test_fibers_paths_and_what_it_binds(tmp_path):
    """A colon that is escaped begins no variable, and static files are not behind what is used after them."""
    source = (
        'package main\n\nimport "github.com/gofiber/fiber/v3"\n\n'
        'type Order struct {\n\tItem string `json:"item"`\n}\n\n'
        'func main() {\n\tapp := fiber.New()\n\tapp.Static("/", "./public")\n\tapp.Use(RequireUser())\n'
        '\tapp.Get("/rooms\\\\:close", nothing)\n\tapp.Get("/files/+", nothing)\n\tapp.Post("/orders", add)\n}\n\n'
        "func add(c fiber.Ctx) error {\n\torder := new(Order)\n\treturn c.Bind().Body(order)\n}\n\n"
        "func nothing(c fiber.Ctx) error { return nil }\n"
    )
    rows = {one.path: one for one in report_of(tmp_path, "github.com/gofiber/fiber/v3", source).routes}
    assert set(rows) == {"/{filepath*}", "/rooms:close", "/files/{path*}", "/orders"}
    assert rows["/{filepath*}"].auth.state == "unknown"
    assert rows["/orders"].request_model == "Order"


def test_fields_of_a_model_have_the_names_of_their_json(tmp_path):
    source = (
        'package main\n\nimport "github.com/gofiber/fiber/v2"\n\n'
        'type Base struct {\n\tID int `json:"id"`\n}\n\n'
        "type Order struct {\n\tBase\n"
        '\tItemName string `json:"item_name" validate:"required"`\n\tSecret string `json:"-"`\n}\n\n'
        'func main() {\n\tapp := fiber.New()\n\tapp.Post("/orders", create)\n}\n\n'
        "func create(c *fiber.Ctx) error {\n\torder := new(Order)\n\treturn c.BodyParser(order)\n}\n"
    )
    report = report_of(tmp_path, "github.com/gofiber/fiber/v2", source)
    [route], [model] = report.routes, [one for one in report.models if one.name == "Order"]
    assert (route.request_model, route.params[0].model) == ("Order", "Order")
    assert isinstance(model, Model)
    assert [(one.name, one.required) for one in model.fields] == [("id", False), ("item_name", True)]


@pytest.mark.parametrize(
    ("before", "guards", "expected"),
    [
        ("r.Use(auth.Required())", "", "required"),
        ("", ", users.RequireClient()", "required"),
        ("r.Use(AuthMiddleware(false))", "", "optional"),
        ("r.Use(OptionalAuth())", "", "optional"),
        ("r.Use(logger.New())", "", "unknown"),
        ("r.Use(RedirectIfAuthenticated())", "", "unknown"),
        ("r.Use(RequireNoAuth())", "", "unknown"),
        ("r.Use(loggedInOrPublic())", "", "optional"),
        ("", ", authenticated(orders, false)", "required"),
        ("", ", validators.ValidateUser()", "unknown"),
        ("", ", IsAdmin()", "required"),
        ("", ", RequireExternalAccessToken(scope)", "required"),
        ("r.Use(jwtware.New(config))", "", "required"),
        ("r.Use(jwtware.New(jwtware.Config{Filter: open}))", "", "unknown"),
        ("r.Use(AuthWithConfig(AuthConfig{SkippedPathPrefixes: open}))", "", "unknown"),
        ("r.Use(AuthIfEnabled())", "", "unknown"),
        ('r.Use(NewAuth(users, []string{"/health"}))', "", "required"),
        ('r.Use(NewAuth(users, []string{"/health", "/orders"}))', "", "unknown"),
    ],
)
def test_who_may_call(tmp_path, before, guards, expected):
    assert served_by_gin(tmp_path, "", before=before, guards=guards).auth.state == expected


def test_a_guard_that_is_written_where_a_group_is_made_is_handed_no_group(tmp_path):
    """`ctx.Get` of Fiber reads a header; a guard's package says what it is where its name does not."""
    source = (
        'package main\n\nimport (\n\t"example.org/shop/auth"\n\n\t"github.com/gofiber/fiber/v2"\n)\n\n'
        "func main() {\n\tapp := fiber.New()\n"
        '\tclosed := app.Group("/closed", auth.Middleware("key"))\n\tclosed.Get("/x", nothing)\n'
        '\topen := app.Group("/open", auth.OrPublic())\n\topen.Get("/y", nothing)\n}\n\n'
        "func nothing(c *fiber.Ctx) error { return nil }\n"
    )

    def guard(name: str, asked: str) -> str:
        inner = f'\t\tif {asked} == "" {{ return fiber.ErrUnauthorized }}\n\t\treturn c.Next()\n'
        return f"func {name} fiber.Handler {{\n\treturn func(c *fiber.Ctx) error {{\n{inner}\t}}\n}}\n"

    asking = guard("Middleware(key string)", 'c.Get("Authorization")') + guard("OrPublic()", "isPublic(c)")
    guards = f'package auth\n\nimport "github.com/gofiber/fiber/v2"\n\n{asking}'
    manifest = "module example.org/shop\n\nrequire github.com/gofiber/fiber/v2 v2.52.0\n"
    tree = make_tree(tmp_path, {"go.mod": manifest, "main.go": source, "auth/auth.go": guards})
    report = in_process.analyze_here(tree, Limits(processes=1))
    assert {one.path: one.auth.state for one in report.routes} == {"/closed/x": "required", "/open/y": "unknown"}


def test_what_is_made_in_a_handler_reads_the_request_with_its_methods(tmp_path):
    source = (
        'package main\n\nimport "net/http"\n\ntype adding struct{}\n\nfunc newAdding() adding { return adding{} }\n\n'
        'func (a adding) run(w http.ResponseWriter, r *http.Request) {\n\tr.FormValue("item")\n}\n\n'
        'func main() {\n\thttp.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {\n'
        "\t\tvar act = newAdding()\n\t\tact.run(w, r)\n\t})\n}\n"
    )
    [route] = report_of(tmp_path, "example.org/nothing", source).routes
    assert [one.name for one in route.params] == ["item"]


def test_what_is_used_later_is_not_for_earlier_routes(tmp_path):
    source = (
        'package main\n\nimport "github.com/gin-gonic/gin"\n\nfunc main() {\n\tr := gin.Default()\n'
        '\tr.GET("/open", nothing)\n\tr.Use(AuthRequired())\n\tr.GET("/closed", nothing)\n}\n\n'
        "func nothing(c *gin.Context) {}\n"
    )
    report = report_of(tmp_path, "github.com/gin-gonic/gin", source)
    assert {route.path: route.auth.state for route in report.routes} == {"/closed": "required", "/open": "unknown"}


def test_a_group_of_echo_hands_on_what_it_has_and_an_application_all(tmp_path):
    source = (
        'package main\n\nimport "github.com/labstack/echo/v4"\n\nfunc main() {\n\te := echo.New()\n'
        '\ta := e.Group("/api")\n\topen := a.Group("/open")\n\ta.Use(TokenRequired())\n'
        '\topen.GET("/x", nothing)\n\ta.GET("/y", nothing)\n}\n\nfunc nothing(c echo.Context) error { return nil }\n'
    )
    report = report_of(tmp_path / "group", "github.com/labstack/echo/v4", source)
    assert {one.path: one.auth.state for one in report.routes} == {"/api/open/x": "unknown", "/api/y": "required"}
    whole = report_of(tmp_path / "whole", "github.com/labstack/echo/v4", source.replace("a.Use(", "e.Use("))
    assert {one.auth.state for one in whole.routes} == {"required"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('c.HTML(200, "orders.html", nil)', "page"),
        ('show(c, "orders.gohtml")', "page"),
        ("render.Render(c.Writer, c.Request, list)", "api"),
        ("conn, err := upgrader.Upgrade(c.Writer, c.Request, nil)", "websocket"),
        ("websocket.Handler(serve).ServeHTTP(c.Writer, c.Request)", "websocket"),
        ('c.Writer.Header().Set("Content-Type", "text/html; charset=utf-8")', "page"),
        ("c.JSON(200, nil)", "api"),
    ],
)
def test_what_a_route_is(tmp_path, body, expected):
    assert served_by_gin(tmp_path, body).kind == expected


def test_each_verb_takes_what_is_read_for_it(tmp_path):
    source = (
        'package main\n\nimport "net/http"\n\nfunc main() {\n\tmux := http.NewServeMux()\n'
        '\tmux.HandleFunc("/orders", orders)\n}\n\n'
        "func orders(w http.ResponseWriter, r *http.Request) {\n\tswitch r.Method {\n"
        '\tcase "GET":\n\t\tr.URL.Query().Get("page")\n\tcase "POST":\n\t\tr.FormValue("item")\n\t}\n}\n'
    )
    report = report_of(tmp_path, "example.org/nothing", source)
    taken = {route.method: [one.name for one in route.params] for route in report.routes}
    assert taken == {"GET": ["page"], "POST": ["item"]}


def test_a_struct_inside_another_is_a_model_of_its_own(tmp_path):
    source = (
        'package main\n\nimport "github.com/gin-gonic/gin"\n\n'
        'type Order struct {\n\tBuyer struct {\n\t\tName string `json:"name"`\n\t} `json:"buyer"`\n}\n\n'
        'func main() {\n\tr := gin.Default()\n\tr.POST("/orders", add)\n}\n\n'
        "func add(c *gin.Context) {\n\tvar order Order\n\tc.BindJSON(&order)\n}\n"
    )
    models = report_of(tmp_path, "github.com/gin-gonic/gin", source).models
    found = {model.name: [(field.name, field.type) for field in model.fields] for model in models}
    assert found == {"Order": [("buyer", "Order_Buyer")], "Order_Buyer": [("name", "string")]}


def test_the_only_handler_of_a_name_answers_where_its_type_is_not_known(tmp_path):
    source = (
        'package main\n\nimport (\n\t"github.com/gin-gonic/gin"\n\t"github.com/samber/do"\n)\n\n'
        "type users struct{}\n\ntype guests struct{}\n\n"
        'func (u *users) List(c *gin.Context) {\n\tc.Query("page")\n}\n\n'
        'func (u *users) Show(c *gin.Context) {\n\tc.Query("fields")\n}\n\n'
        "func (g *guests) Show(c *gin.Context) {}\n\nfunc (s *store) List(all bool) {}\n\n"
        "func main() {\n\tr := gin.Default()\n\tanswering := do.MustInvoke[Users](do.New())\n"
        '\tr.GET("/users", answering.List)\n\tr.GET("/users/me", answering.Show)\n}\n'
    )
    report = report_of(tmp_path, "github.com/gin-gonic/gin", source)
    read = {route.path: [one.name for one in route.params] for route in report.routes}
    assert read == {"/users": ["page"], "/users/me": []}


def test_who_answers_behind_many_wrappers(tmp_path):
    """Each of them is given the next, and gives back what calls it."""
    names = ["nonce", "links", "kind", "signed", "checked", "key", "payload", "account"]
    wrappers = "".join(
        f"func {name}(next http.HandlerFunc) http.HandlerFunc {{\n"
        "\treturn func(w http.ResponseWriter, r *http.Request) { next(w, r) }\n}\n"
        for name in names
    )
    answering = f"{'('.join(names)}(order{')' * len(names)}"
    source = (
        'package main\n\nimport (\n\t"net/http"\n\n\t"github.com/go-chi/chi/v5"\n)\n\n'
        f'func main() {{\n\tr := chi.NewRouter()\n\tr.Post("/orders", {answering})\n}}\n\n'
        f'{wrappers}\nfunc order(w http.ResponseWriter, r *http.Request) {{ r.URL.Query().Get("draft") }}\n'
    )
    [route] = report_of(tmp_path, "github.com/go-chi/chi/v5", source).routes
    assert route.handler == "order"
    assert [parameter.name for parameter in route.params] == ["draft"]


def test_wrappers_that_are_given_one_another_many_times_have_an_end(tmp_path):
    """Nobody finds who answers, and every way to the innermost is the same."""
    steps = "".join(f"\ta{at} := lib.Wrap({', '.join([f'a{at - 1}'] * 12)})\n" for at in range(1, 13))
    source = (
        'package main\n\nimport (\n\t"net/http"\n\n\t"example.org/lib"\n)\n\n'
        f'func main() {{\n\ta0 := lib.Made()\n{steps}\thttp.Handle("/orders", a12)\n}}\n'
    )
    [route] = report_of(tmp_path, "example.org/lib", source).routes
    assert route.path == "/orders"


def test_verbs_that_an_object_holds_beside_its_handler(tmp_path):
    """`for _, one := range routes { r.Handle(one.path, around(one)) }`, where `ServeHTTP` looks at `one.methods`."""
    source = (
        'package main\n\nimport (\n\t"net/http"\n\n\t"github.com/gorilla/mux"\n)\n\n'
        "type entry struct {\n\tmethods []string\n\thandler http.HandlerFunc\n\tpath string\n}\n\n"
        "func (e entry) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.handler(w, r) }\n\n"
        "func around(next http.Handler) http.Handler {\n"
        "\treturn http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r) })\n}\n\n"
        "var entries = []entry{\n"
        '\t{methods: []string{http.MethodGet, http.MethodPut}, handler: show, path: "/pens/{id}"},\n'
        '\t{handler: show, path: "/all"},\n}\n\n'
        "func main() {\n\tr := mux.NewRouter()\n"
        "\tfor _, one := range entries {\n\t\tr.Handle(one.path, around(one))\n\t}\n}\n\n"
        "func show(w http.ResponseWriter, r *http.Request) {}\n"
    )
    rows = report_of(tmp_path, "github.com/gorilla/mux", source).routes
    expected = [("ANY", "/all", "show"), ("GET", "/pens/{id}", "show"), ("PUT", "/pens/{id}", "show")]
    assert sorted((row.method, row.path, row.handler) for row in rows) == expected


def test_what_answers_before_a_guard_is_for_everybody(tmp_path: Path):
    source = (
        'package main\n\nimport (\n\t"example.org/shop/auth"\n\n\t"github.com/go-chi/chi/v5"\n'
        '\t"github.com/go-chi/chi/v5/middleware"\n)\n\nfunc main() {\n\tr := chi.NewRouter()\n'
        '\tr.Use(middleware.Heartbeat("/alive"))\n\tr.Use(auth.Required)\n\tr.Use(middleware.Heartbeat("/inside"))\n'
        '\tr.Get("/pens", pens)\n}\n'
    )
    manifest = "module example.org/shop\n\ngo 1.22\n\nrequire github.com/go-chi/chi/v5 v5.0.0\n"
    report = in_process.analyze_here(make_tree(tmp_path, {"go.mod": manifest, "main.go": source}), Limits(processes=1))

    found = {route.path: route.auth.state for route in report.routes}
    assert found == {"/alive": "unknown", "/inside": "required", "/pens": "required"}
