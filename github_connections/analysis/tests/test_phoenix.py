"""Phoenix: what a route says beside its method and path."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, Report, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree

UMBRELLA = Path(__file__).parent / "fixtures" / "phoenix" / "umbrella"


def analysed(directory: Path) -> Report:
    """Return the report on a small repository, parsed right here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        return in_process.analyze_here(directory, Limits(processes=1))


@pytest.fixture(scope="module")
def harbour():
    """The rows of the umbrella, by method and path."""
    return {f"{row.method} {row.path}": row for row in analysed(UMBRELLA).routes}


def rows_of(directory, router: str, **others: str):
    """Return the rows of one router, by path, with other files beside it."""
    files = {f"lib/{name}.ex": text for name, text in others.items()}
    source = f"defmodule W.Router do\n  use W, :router\n{router}\nend\n"
    report = analysed(make_tree(directory, {**files, "lib/router.ex": source}))
    return {row.path: row for row in report.routes}


@pytest.mark.parametrize(
    ("route", "handler", "kind"),
    [
        ("GET /", "HarbourWeb.PageController.home", "page"),
        ("GET /tides", "HarbourWeb.TideLive :index", "page"),
        ("GET /log-book", "HarbourWeb.LogBookLive", "page"),
        ("PUT /office/ships/crews/{id}", "HarbourWeb.Office.Ships.CrewController.update", "page"),
        ("GET /office/outside/harbour-master", "HarbourWeb.MasterController.show", "page"),
        ("GET /api/ships", "HarbourWeb.ShipController.index", "api"),
        ("ANY /api/graph", "Absinthe.Plug", "graphql"),
        ("GET /tides/websocket", "HarbourWeb.TideSocket", "websocket"),
        ("PUT /api/berths/reservations/{id}/days", "Berths.Days", "api"),
        ("POST /hooks/customs", "HarbourWeb.Hooks.CustomsController.receive", "api"),
    ],
)
def test_who_answers_and_what_sort_of_route_it_is(harbour, route, handler, kind):
    """Controllers are named below the aliases of their scopes; browsers' pipelines make pages."""
    assert (harbour[route].handler, harbour[route].kind) == (handler, kind)


@pytest.mark.parametrize(
    ("route", "by"),
    [
        ("GET /office", [("require_authenticated_pilot", "router.ex", 45)]),
        ("GET /log-book", [("HarbourWeb.Hooks.ensure_authenticated", "router.ex", 39)]),
        ("GET /api/berths/{number}", [("HarbourWeb.Plugs.KeyAuth", "router.ex", 18)]),
        ("DELETE /api/ships/{id}", [("ensure_logged_in", "ship_controller.ex", 4)]),
        ("POST /api/ships", []),
        ("GET /log-in", []),
        ("GET /tides", []),
        ("GET /", []),
    ],
)
def test_what_asks_for_a_log_in(harbour, route, by):
    """Plugs of pipelines, hooks of live sessions and plugs of controllers; nothing is claimed of the rest."""
    auth = harbour[route].auth
    found = [(source.name, source.file.rpartition("/")[2], source.line) for source in auth.by]
    assert (auth.state, found) == ("required" if by else "unknown", by)


def test_prefixes_tell_how_a_route_came_to_its_path(harbour):
    """Scopes and forwards, outermost first."""
    prefixes = harbour["DELETE /api/berths/reservations/{id}"].prefixes
    assert [(prefix.value, prefix.how, prefix.file.rpartition("/")[2]) for prefix in prefixes] == [
        ("/api", "scope", "router.ex"),
        ("/berths", "forward", "router.ex"),
        ("/reservations", "forward", "router.ex"),
    ]


def test_parameters_are_what_an_action_takes_apart(harbour):
    """One that not every clause asks for may be left out; those of the path are told once."""
    inputs = {
        route: [(item.name, item.place, item.required) for item in harbour[route].params]
        for route in ("GET /api/ships", "POST /api/ships", "DELETE /api/ships/{id}")
    }
    assert inputs == {
        "GET /api/ships": [("page", "query", False)],
        "POST /api/ships": [("ship", "body", True), ("berth_id", "body", True)],
        "DELETE /api/ships/{id}": [("id", "path", True)],
    }


HALTS = 'def call(conn, _), do: conn |> send_resp(401, "") |> halt()'
PASSES = "def call(conn, _), do: assign(conn, :user, nil)"


@pytest.mark.parametrize(
    ("plug", "state"),
    [
        ("plug :require_authenticated_user", "required"),
        ("plug W.Plugs.RequireAccountPlug", "required"),
        ("plug Guardian.Plug.EnsureAuthenticated", "required"),
        ('plug :basic_auth, username: "a"', "required"),
        ("plug W.SuperAdminOnlyPlug", "required"),
        ("plug W.Halting.AuthPlug", "required"),
        ("plug W.Passing.AuthPlug", "unknown"),
        ("plug W.Halting.RateLimit", "unknown"),
        ("plug :redirect_if_user_is_authenticated", "unknown"),
        ("plug :fetch_current_user", "unknown"),
        ("plug W.RequireLoggedOutPlug", "unknown"),
        ("plug W.EnsureUserEnabledPlug", "unknown"),
        ("plug Guardian.Plug.EnsureNotAuthenticated", "unknown"),
        ("plug Guardian.Plug.VerifyHeader", "unknown"),
        ("plug :authenticate", "unknown"),
        ("plug W.Line", "required"),
    ],
)
def test_a_plug_asks_for_a_log_in_where_its_name_or_its_code_says_so(tmp_path, plug, state):
    """Who only looks whether somebody is logged in, or sends those away who are, asks for nothing."""
    plugs = (
        f"defmodule W.Halting.AuthPlug do\n  {HALTS}\nend\ndefmodule W.Passing.AuthPlug do\n  {PASSES}\nend\n"
        f"defmodule W.Halting.RateLimit do\n  {HALTS}\nend\n"
        "defmodule W.Line do\n  use Guardian.Plug.Pipeline\n  plug Guardian.Plug.EnsureAuthenticated\nend\n"
    )
    router = f'  pipeline :p do\n    {plug}\n  end\n  scope "/" do\n    pipe_through :p\n    get "/x", W.X, :y\n  end'
    assert rows_of(tmp_path, router, plugs=plugs)["/x"].auth.state == state


@pytest.mark.parametrize(
    ("guard", "state"),
    [
        ("", "required"),
        (" when action in [:edit, :update]", "required"),
        (" when action == :edit", "required"),
        (" when action not in [:edit]", "unknown"),
        (" when action in [:show]", "unknown"),
        (" when action in @public", "unknown"),
        (", [role: :admin] when action in [:edit]", "required"),
        (", role: :admin when action in [:show]", "unknown"),
    ],
)
def test_a_controllers_plug_counts_for_the_actions_it_names(tmp_path, guard, state):
    """Of a guard that cannot be read nothing is claimed."""
    controller = f"defmodule W.PageController do\n  plug :require_user{guard}\n  def edit(conn, _), do: conn\nend"
    rows = rows_of(tmp_path, '  get "/x", W.PageController, :edit', controller=controller)
    assert rows["/x"].auth.state == state


def test_a_live_view_may_ask_for_a_log_in_itself(tmp_path):
    """Its hooks are named in its module."""
    view = "defmodule W.SafeLive do\n  use W, :live_view\n  on_mount {W.UserAuth, :ensure_authenticated}\nend"
    rows = rows_of(tmp_path, '  live "/safe", W.SafeLive\n  live "/open", W.OpenLive', view=view)
    assert (rows["/safe"].auth.state, rows["/open"].auth.state) == ("required", "unknown")
    assert rows["/safe"].auth.by[0].name == "W.UserAuth.ensure_authenticated"


def test_a_router_that_another_hands_everything_below_a_path_to(tmp_path):
    """It answers whole paths: what lies elsewhere in it is not reached."""
    other = (
        "defmodule W.Accounts do\n  use Phoenix.Router\n"
        '  get "/auth/out", W.A, :out\n  get "/auth/:way", W.A, :go\n  get "/else", W.A, :x\nend'
    )
    rows = rows_of(tmp_path, '  match :*, "/auth/*path", W.Accounts, []', accounts=other)
    assert sorted(rows) == ["/auth/out", "/auth/{way}"]


def test_what_an_action_reads_by_name_is_a_parameter(tmp_path):
    """Below its head as in it; a rest may begin inside of a segment."""
    controller = """
defmodule W.ShipController do
  def index(conn, params) do
    page = Map.get(params, "page", "1")
    [lang] = get_req_header(conn, "accept-language")
    json(conn, Fleet.list(page, params["flag"], conn.query_params["sort"], other["no"]))
  end

  def create(conn, params) do
    %{"ship" => ship} = params
    json(conn, ship)
  end
end
"""
    router = """
  scope "/", W do
    get "/ships", ShipController, :index
    post "/ships/new", ShipController, :create
    get "/app*path", ShipController, :app
  end
"""
    rows = rows_of(tmp_path, router, ship_controller=controller)
    assert [(one.name, one.place, one.required) for one in rows["/ships"].params] == [
        ("page", "query", False),
        ("flag", "query", False),
        ("sort", "query", False),
        ("accept-language", "header", False),
    ]
    assert [(one.name, one.place, one.required) for one in rows["/ships/new"].params] == [("ship", "body", True)]
    assert [(one.name, one.place) for one in rows["/app{path*}"].params] == [("path", "path")]
