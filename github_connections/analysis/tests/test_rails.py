"""Rails: who answers a route that a gem adds, what an action reads, and whether it asks for a log-in."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree

GEMS = Path(__file__).parent / "fixtures" / "rails" / "gems"


@pytest.fixture(scope="module")
def added():
    """The rows of the fixture, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(GEMS, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


@pytest.mark.parametrize(
    ("route", "handler"),
    [
        ("GET /admins/unlock/new", "admins/unlocks#new"),
        ("GET /admins/unlock", "admins/unlocks#show"),
        ("POST /admins/unlock", "admins/unlocks#create"),
        ("POST /admins/sign_in", "devise/sessions#create"),
        ("GET /account/auth/github", "devise/omniauth_callbacks#passthru"),
        ("GET /v2/box-offices/{box_office_id}/sold-tickets", "v2/sold_tickets#index_related_resources"),
        ("GET /v2/box-offices/{box_office_id}/hall", "v2/concert_halls#show_related_resource"),
        ("POST /v2/box-offices/{box_office_id}/relationships/sold-tickets", "v2/box_offices#create_relationship"),
    ],
)
def test_a_controller_of_the_program_s_own_answers_what_devise_routes_to_it(added, route, handler):
    assert added[route].handler == handler


FILES = {
    "Gemfile": 'gem "rails"\n',
    "config/routes.rb": """Rails.application.routes.draw do
  resources :boats do
    get :search, on: :collection
    post "sink-it", on: :member, to: :sink
  end
  resource :company, only: [:show]
  root to: "pages#index", via: [:get, :post]
  get "about/team"
  get "plan", controller: "pages", action: "show"
  get Rails.configuration.paths[:report], to: "reports#new"
  resources :sessions, only: [:new, :create]
  namespace :api do
    resources :harbours, only: [:index, :create]
    resources :ferries, only: [:index]
    get "photos", to: "boats#photos"
    get "map", to: "/maps#show"
  end
  namespace :admin do
    resources :boats, only: [:index]
  end
  devise_for :captains, path_prefix: :crew, only: [:sessions]
  scope "/api/v2" do
    get "tides", to: "tides#index"
  end
  Fleet.names.each do |name|
    scope(name) { get "ports", to: "ports#index" }
  end
  get "depths", to: "depths#index"
  resource :watch, only: [:new, :show]
  get "maps(/*area)", to: "boats#map"
  resources :lamps, only: [:index, :create, :update, :destroy]
  match "lamps/light", to: "lamps#light", via: [:get, :post]
end
""",
    "app/controllers/application_controller.rb": """class ApplicationController < ActionController::Base
  include SignIn
  before_action :redirect_if_authenticated, only: :nothing
end
""",
    "app/controllers/concerns/sign_in.rb": """module SignIn
  extend ActiveSupport::Concern

  included do
    before_action :require_login
  end
end
""",
    "app/controllers/sessions_controller.rb": """class SessionsController < ApplicationController
  skip_before_action :require_login, only: %i[new create]

  def create
    sign_in params.require(:email), params[:remember]
  end
end
""",
    "app/controllers/boats_controller.rb": """class BoatsController < ApplicationController
  def index
    @boats = Boat.page(params.fetch(:page, 1)).where(port: params[:filter][:port])
    params[:hidden] == "1" ? @boats.hidden : @boats.shown
  end

  def create
    @boat = Boat.create(boat_params)
  end

  def update
    @boat = Boat.find(params[:id]).update(params.expect(boat: [:name, crew: [:mate]]))
  end

  private

  def boat_params
    params.require(:boat).permit(:name, :length, photos: [], owner: [:city])
  end
end
""",
    "app/controllers/concerns/watching.rb": """module Watching
  extend ActiveSupport::Concern

  included do
    before_action :require_authentication
  end

  class_methods do
    def allow_unauthenticated_access(**options)
      skip_before_action :require_authentication, **options
    end
  end

  private

  def require_authentication
    redirect_to new_session_path unless Watch.find_by(id: cookies.signed[:watch])
  end
end
""",
    "app/controllers/watches_controller.rb": """class WatchesController < ActionController::Base
  include Watching
  allow_unauthenticated_access only: :new

  def new
  end

  def show
  end
end
""",
    "app/models/lamp.rb": """class Lamp < ApplicationRecord
  FIELDS = %i[name height].freeze
end
""",
    "app/controllers/concerns/paging.rb": """module Paging
  def page
    params[:page] || 1
  end
end
""",
    "app/controllers/lamps_controller.rb": """class LampsController < ActionController::Base
  include Paging
  SHADES = [:colour] + %i[depth]
  before_action :check_token, except: [:index, :destroy]
  before_action :set_harbour, only: :index
  before_action only: [:index] do
    @order = params.values_at(:sort, :direction)
  end
  skip_before_action :check_token, only: :destroy
  before_action :send_home, only: :destroy

  def index
    @lamps = @harbour.lamps.where(shown_only).page(page)
    cookies[:seen] = true
    params[:left] = 1
    cookies.signed[:visitor]
  end

  def create
    sent = JSON.parse(request.body.read)
    Lamp.create(params.require(:lamp).permit(*Lamp::FIELDS, :range, lens: { maker: [:name] }), note: sent["note"])
  end

  def update
    Lamp.find(params[:id]).update(params.expect(lamp: SHADES), params.permit(shade_fields))
  end

  def light
    params.permit(:colour)
  end

  private

  def check_token
    head :unauthorized unless Token.exists?(token:)
  end

  def token
    request.headers["X-Token"]
  end

  def send_home
    redirect_to new_session_path unless cookies[:known]
  end

  def set_harbour
    @harbour = Harbour.find(params[:harbour])
  end

  def shown_only
    params.slice(:shown)
  end

  private def shade_fields
    SHADES
  end
end
""",
    "app/controllers/api/base_controller.rb": """class Api::BaseController < ActionController::API
  before_action :authorize_request
  before_action -> { doorkeeper_authorize! :read }, only: [:create, :show]
  before_action :authenticate_admin!, if: :strict?
end
""",
    "app/controllers/depths_controller.rb": """class DepthsController < Api::BaseController
end
""",
    "app/controllers/api/harbours_controller.rb": """module Api
  class HarboursController < BaseController
    skip_before_action :authorize_request, :doorkeeper_authorize!
  end
end
""",
    "app/controllers/api/ferries_controller.rb": """class Api::FerriesController < ActionController::API
  before_action :authenticate_token

  private

  def authenticate_token
    return if request.headers["Authorization"].blank?

    head :unauthorized unless known?
  end
end
""",
    "app/controllers/admin/boats_controller.rb": """class Admin::BoatsController < ActionController::Base
  before_action :authenticate_user!, unless: :devise_controller?
end
""",
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The rows of a small application, by method and path."""
    root = make_tree(tmp_path_factory.mktemp("rails"), FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(root, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


@pytest.mark.parametrize(
    ("route", "handler"),
    [
        ("GET /boats/search", "boats#search"),
        ("POST /boats/{id}/sink-it", "boats#sink"),
        ("GET /company", "companies#show"),
        ("GET /about/team", "about#team"),
        ("GET /plan", "pages#show"),
        ("POST /", "pages#index"),
        ("GET /api/photos", "api/boats#photos"),
        ("GET /api/map", "maps#show"),
    ],
)
def test_a_route_names_the_controller_and_the_action_that_answer(rows, route, handler):
    assert rows[route].handler == handler


def test_a_path_that_nobody_knows_stays_visible(rows):
    assert [path for path, row in rows.items() if row.handler == "reports#new"] == ["GET /{?Rails.configuration.paths}"]
    assert [path for path, row in rows.items() if row.handler == "ports#index"] == ["GET /{?name}/ports"]


@pytest.mark.parametrize(
    ("route", "kind"),
    [
        ("GET /boats", "page"),
        ("GET /api/ferries", "api"),
        ("GET /api/v2/tides", "api"),
        ("GET /depths", "api"),
        ("GET /maps/{area*}", "page"),
    ],
)
def test_paths_and_bases_of_controllers_tell_an_api(rows, route, kind):
    assert rows[route].kind == kind


def test_all_of_an_application_that_is_an_api_alone_is_one(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    files = {
        "Gemfile": 'gem "rails"\n',
        "config/application.rb": "class Application < Rails::Application\n  config.api_only = true\nend\n",
        "config/routes.rb": 'Rails.application.routes.draw do\n  get "up", to: "health#show"\nend\n',
    }
    report = in_process.analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert [(row.path, row.kind) for row in report.endpoints] == [("/up", "api")]


@pytest.mark.parametrize(
    ("route", "state", "by"),
    [
        ("GET /boats", "required", ["require_login"]),
        ("GET /sessions/new", "none", []),
        ("GET /api/harbours", "none", []),
        ("POST /api/harbours", "required", ["doorkeeper_authorize!"]),
        ("GET /api/ferries", "optional", ["authenticate_token"]),
        ("GET /company", "unknown", []),
        ("GET /admin/boats", "required", ["authenticate_user!"]),
        ("POST /crew/captains/sign_in", "unknown", []),
        ("GET /lamps", "unknown", []),
        ("POST /lamps", "required", ["check_token"]),
        ("DELETE /lamps/{id}", "required", ["send_home"]),
    ],
)
def test_callbacks_of_bases_and_concerns_ask_for_a_log_in_until_they_are_skipped(rows, route, state, by):
    assert rows[route].auth.state == state
    assert [source.name for source in rows[route].auth.by] == by


@pytest.mark.parametrize(
    ("route", "read"),
    [
        ("GET /boats", ["filter[port] query", "page query", "hidden query"]),
        ("GET /watch/new", []),
        ("GET /watch", ["watch cookie"]),
        (
            "POST /boats",
            ["boat[name] form", "boat[length] form", "boat[photos] form array", "boat[owner][city] form"],
        ),
        ("PATCH /boats/{id}", ["id path required", "boat[name] form", "boat[crew][mate] form"]),
        ("POST /sessions", ["email form required", "remember form"]),
        ("GET /admin/boats", []),
        (
            "GET /lamps",
            [
                "visitor cookie",
                "page query",
                "shown query",
                "harbour query",
                "sort query",
                "direction query",
            ],
        ),
        (
            "POST /lamps",
            [
                "lamp[name] form",
                "lamp[height] form",
                "lamp[range] form",
                "lamp[lens][maker][name] form",
                "note body",
                "X-Token header",
            ],
        ),
        (
            "PATCH /lamps/{id}",
            [
                "id path required",
                "lamp[colour] form",
                "lamp[depth] form",
                "colour form",
                "depth form",
                "X-Token header",
            ],
        ),
    ],
)
def test_what_an_action_takes_out_of_params_are_its_parameters(rows, route, read):
    said = [
        " ".join(part for part in (one.name, one.place, one.type, "required" if one.required else "") if part)
        for one in rows[route].params
    ]
    assert said == read


def test_an_application_of_an_api_is_one_however_many_empty_lines_its_settings_have(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)
    settings = "class Application < Rails::Application" + "\n" * 200_000 + "    config.api_only = true\nend\n"
    routes = "Rails.application.routes.draw do\n  get '/ships', to: 'ships#index'\nend\n"
    files = {"Gemfile": "gem 'rails'\n", "config/application.rb": settings, "config/routes.rb": routes}
    make_tree(tmp_path, files)

    [row] = in_process.analyze_here(tmp_path, Limits(processes=1)).routes

    assert row.kind == "api"
