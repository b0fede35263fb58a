"""Laravel: who answers a route, what it reads of the request, and whether it asks for a log-in."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree

FILES = {
    "composer.json": '{"require": {"laravel/framework": "^11"}}',
    "routes/web.php": r"""<?php
use App\Http\Controllers\BoatController;
use App\Http\Controllers\Shore\HarbourController;
use App\Http\Middleware\RedirectIfAuthenticated;
use Illuminate\Support\Facades\Route;

Route::get('/boats', [BoatController::class, 'index']);
Route::post('/boats', [BoatController::class, 'store']);
Route::put('/boats/{id}', [BoatController::class, 'update']);
Route::delete('/boats/{id}', 'BoatController@destroy')->middleware('role:captain|mate');
Route::get('/old', ['uses' => 'Shore\HarbourController@old', 'middleware' => ['auth', 'log']]);
Route::get('/tow', 'TowController@index')->middleware('port.auth');
Route::get('/pier', 'TowController@pier')->middleware('skip-auth');
Route::get('/join', 'BoatController@join')->middleware(RedirectIfAuthenticated::class);
Route::namespace('Shore')->group(function () {
    Route::get('/ferries', 'FerryController@index');
});
Route::middleware('auth')->group(function () {
    Route::resource('harbours', HarbourController::class)->only(['index', 'store']);
    Route::get('/feed', [HarbourController::class, 'feed'])->withoutMiddleware('auth');
});
Route::prefix('quays')->group(base_path('routes/parts/quays.php'));
Route::get('/docks', 'DockController@index')->middleware('harbourmaster');
Route::get('/ebbs', 'DockController@winds')->middleware('agent');
Route::get('/winds', 'DockController@winds')->middleware(['wind', CheckBanned::class]);
Route::get('/cranes', 'DockController@cranes')->middleware('panel');
Route::get('/sheds', 'DockController@sheds');
Route::match(['get', 'post'], '/ropes', 'DockController@ropes');
Route::resource('hulls', 'HullController')->only(['index', 'show', 'store', 'destroy']);
Route::get('hulls/{hull}/look', [HullController::class, 'look']);
Route::get('decks', 'DeckController@index')->middleware('scopes:read-decks');
Route::get('masts', 'MastController@index')->middleware(['throttle:api', 'token_auth']);
Route::get('keels', 'KeelController@index')->middleware('login_required:always');
Route::controller(BuoyController::class)->group(function () {
    Route::post('/buoys', 'store');
});
Route::controller(LampController::class)->prefix('lamps')->group(function () {
    Route::prefix('{lamp}')->group(function () {
        Route::put('light', 'light')->can('light', 'lamp');
    });
    Route::post('/', 'store');
    Route::get('/', 'index');
});
""",
    "routes/parts/quays.php": r"""<?php
use App\Http\Controllers\Shore;
use Illuminate\Support\Facades\Route;

Route::post('/', [Shore\QuayController::class, 'store']);
""",
    "routes/api/tides.php": r"""<?php
use Illuminate\Support\Facades\Route;

Route::get('/tides', fn () => response()->json([]));
""",
    "app/Http/Kernel.php": r"""<?php
namespace App\Http;

class Kernel extends HttpKernel
{
    protected $middlewareGroups = ['panel' => ['wind', KnownMembers::class]];
    protected $middlewareAliases = [
        'auth' => Middleware\Authenticate::class,
        'harbourmaster' => Middleware\IsHarbourmaster::class,
        'wind' => \App\Http\Middleware\Wind::class,
        'agent' => \App\Http\Middleware\CheckUserAgent::class,
    ];
}
""",
    "app/Http/Middleware/IsHarbourmaster.php": r"""<?php
namespace App\Http\Middleware;

class IsHarbourmaster
{
    public function handle($request, $next)
    {
        return $request->bearerToken() ? $next($request) : response()->json(['message' => 'No'], 401);
    }
}
""",
    "app/Http/Middleware/CheckUserAgent.php": r"""<?php
namespace App\Http\Middleware;

class CheckUserAgent
{
    public function handle($request, $next)
    {
        abort_unless($request->userAgent(), 403);
        return $next($request);
    }
}
""",
    "app/Http/Middleware/KnownMembers.php": r"""<?php
namespace App\Http\Middleware;

class KnownMembers
{
    public function handle($request, $next)
    {
        abort_unless($request->user(), Response::HTTP_FORBIDDEN);
        return $next($request);
    }
}
""",
    "app/Http/Middleware/SignedIn.php": r"""<?php
namespace App\Http\Middleware;

class SignedIn
{
    public function handle($request, $next)
    {
        return Auth::guest() ? redirect()->route('login') : $next($request);
    }
}
""",
    "app/Http/Middleware/CheckBanned.php": r"""<?php
namespace App\Http\Middleware;

class CheckBanned
{
    public function handle($request, $next)
    {
        return $request->user()?->banned ? redirect('/login') : $next($request);
    }
}
""",
    "app/Http/Middleware/Wind.php": r"""<?php
namespace App\Http\Middleware;

class Wind
{
    public function handle($request, $next)
    {
        return $next($request->merge(['wind' => 403]));
    }
}
""",
    "app/Http/Controllers/DockController.php": r"""<?php
namespace App\Http\Controllers;

use App\Http\Middleware\SignedIn;

class DockController extends Controller
{
    public function __construct()
    {
        $this->middleware(SignedIn::class)->only('sheds');
    }

    public function index() {}

    public function winds() {}

    public function cranes() {}

    public function sheds() {}

    public function ropes(Request $request)
    {
        return [$request->length, $request->file('plan')];
    }
}
""",
    "app/Policies/HullPolicy.php": r"""<?php
namespace App\Policies;

class HullPolicy
{
    public function viewAny(?User $user) { return true; }

    public function view(User $user, Hull $hull) { return $user->owns($hull); }
}
""",
    "app/Http/Controllers/HullController.php": r"""<?php
namespace App\Http\Controllers;

class HullController extends Controller
{
    public function __construct()
    {
        $this->authorizeResource(Hull::class, 'hull');
    }

    public function index() {}

    public function show(Hull $hull) {}

    public function look(Hull $hull)
    {
        if ($hull->isSecret()) {
            $this->authorize('view', $hull);
        }
    }

    public function store(Request $request)
    {
        Gate::authorize('launch', Hull::class);
    }
}
""",
    "app/Http/Controllers/LampController.php": r"""<?php
namespace App\Http\Controllers;

use App\Http\Requests\StoreLamp;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Validator;

class LampController extends Controller
{
    public static $rules = ['height' => 'required|integer'];

    public function light(Request $received)
    {
        $lamp = new Lamp($received->colour, request('power'), $received['note'], $received->user()->id);
        $lamp->hours = $received->query->get('hours');
        $this->checked($received->all());
        return $this->saved($lamp, $received);
    }

    private function saved(Lamp $lamp, Request $given)
    {
        return $lamp->update(['range' => $given->collect('range'), 'seen' => $given->hasFile('picture')]);
    }

    private function checked(array $data)
    {
        $rules = self::$rules;
        $rules['switch'] = 'required|boolean';
        return Validator::make($data, $rules)->validate();
    }

    public function store(StoreLamp $lamp)
    {
        return Lamp::create($lamp->safe()->only(['name', 'shade']));
    }

    public function index(Request $request)
    {
        $sides = $request->has(['near', 'far']);
        $lit = $request->boolean('lit') ? 'on' : 'off';
        $order = match ($request->string('order')) { 'new' => 'desc', default => 'asc' };
        $order .= $request->input('then');
        return $sides ? [] : $request->validated('all.sides');
    }
}
""",
    "app/Http/Requests/StoreAny.php": r"""<?php
namespace App\Http\Requests;

class StoreAny extends FormRequest
{
    public function rules()
    {
        return ['name' => 'required', 'parts.*.id' => 'required'];
    }
}
""",
    "app/Http/Requests/StoreLamp.php": r"""<?php
namespace App\Http\Requests;

class StoreLamp extends StoreAny
{
    public function authorize(): bool
    {
        return $this->user()->can('create', Lamp::class);
    }

    public function rules()
    {
        if ($this->isMethod('put')) {
            return ['shade' => 'required', 'lens' => 'sometimes'];
        }
        return array_merge(parent::rules(), ['shade' => 'required|string', 'lens' => ['required']]);
    }
}
""",
    "app/Http/Controllers/Shore/QuayController.php": r"""<?php
namespace App\Http\Controllers\Shore;

class QuayController
{
    use StoresQuays;
}
""",
    "app/Http/Controllers/Shore/StoresQuays.php": r"""<?php
namespace App\Http\Controllers\Shore;

use Illuminate\Http\Request;

trait StoresQuays
{
    public function store(Request $request)
    {
        return Quay::create(['name' => $request->input('name')]);
    }
}
""",
    "app/Http/Controllers/BoatController.php": r"""<?php
namespace App\Http\Controllers;

use App\Http\Requests\StoreBoat;
use Illuminate\Http\Request;

class BoatController extends Controller
{
    public function __construct()
    {
        $this->middleware('auth:api')->except(['index', 'join']);
        $this->middleware('auth.api:optional')->only('index');
    }

    public function index(Request $request)
    {
        return Boat::where('port', $request->input('port'))->paginate($request->integer('size'));
    }

    public function store(StoreBoat $request)
    {
        return Boat::create($request->validated());
    }

    public function update(Request $request, int $id)
    {
        $given = $request->validate([
            'name' => 'required|string|max:80',
            'photo' => ['nullable', 'image'],
            'mail' => 'required|email|unique:boats,mail,' . $id,
            'crew' => ['array'],
            'crew.*' => ['integer'],
            'owner.city' => ['string'],
        ]);
        Boat::make($request->only(['name', 'colour']));
        $given['note'] = request()->header('X-Note');
        return Boat::find($id)->update($given);
    }
}
""",
    "app/Http/Requests/StoreBoat.php": r"""<?php
namespace App\Http\Requests;

use Illuminate\Foundation\Http\FormRequest;

class StoreBoat extends FormRequest
{
    public function rules(): array
    {
        return ['name' => ['required', 'string'], 'length' => 'numeric'];
    }
}
""",
    "app/Http/Controllers/Shore/HarbourController.php": r"""<?php
namespace App\Http\Controllers\Shore;

class HarbourController
{
    public function feed() { return response()->json([]); }
}
""",
    "app/Http/Controllers/Shore/FerryController.php": r"""<?php
namespace App\Http\Controllers\Shore;

class FerryController
{
    public static function middleware(): array
    {
        return ['log', new Middleware('auth', only: ['index'])];
    }

    public function index() { return response()->json([]); }
}
""",
    "app/Http/Controllers/FerryController.php": r"""<?php
namespace App\Http\Controllers;

class FerryController
{
    public function index() { return response()->json([]); }
}
""",
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The rows, by method and path."""
    root = make_tree(tmp_path_factory.mktemp("laravel"), FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(root, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


@pytest.mark.parametrize(
    ("route", "handler"),
    [
        ("GET /boats", "BoatController@index"),
        ("DELETE /boats/{id}", "BoatController@destroy"),
        ("GET /old", r"Shore\HarbourController@old"),
        ("POST /harbours", "HarbourController@store"),
        ("GET /ferries", "FerryController@index"),
        ("POST /buoys", "BuoyController@store"),
        ("PUT /lamps/{lamp}/light", "LampController@light"),
    ],
)
def test_a_route_names_the_method_that_answers(rows, route, handler):
    assert rows[route].handler == handler


@pytest.mark.parametrize(
    ("route", "read"),
    [
        ("GET /boats", ["size query integer", "port query"]),
        ("POST /boats", ["name body string required", "length body number"]),
        (
            "PUT /boats/{id}",
            [
                "id path int required",
                "name body string required",
                "photo file file",
                "mail body email required",
                "crew body array",
                "owner body object",
                "colour body",
                "X-Note header",
            ],
        ),
        ("DELETE /boats/{id}", ["id path required"]),
        ("POST /quays", ["name body"]),
        (
            "PUT /lamps/{lamp}/light",
            [
                "lamp path required",
                "colour body",
                "power body",
                "note body",
                "hours query",
                "height body integer required",
                "switch body boolean required",
                "range body array",
                "picture file file",
            ],
        ),
        (
            "POST /lamps",
            ["shade body string required", "lens body", "name body required", "parts body array required"],
        ),
        (
            "GET /lamps",
            ["near query", "far query", "lit query boolean", "order query string", "then query", "all query"],
        ),
        ("GET /ropes", ["length query"]),
        ("POST /ropes", ["length body", "plan file file"]),
    ],
)
def test_what_a_method_reads_are_its_parameters(rows, route, read):
    said = [
        " ".join(part for part in (one.name, one.place, one.type, "required" if one.required else "") if part)
        for one in rows[route].params
    ]
    assert said == read


@pytest.mark.parametrize(("route", "kind"), [("GET /boats", "page"), ("POST /quays", "page"), ("GET /tides", "api")])
def test_files_of_pages_have_pages_and_so_have_those_that_they_take_in(rows, route, kind):
    assert rows[route].kind == kind


def test_a_class_of_requests_is_the_model_of_what_is_sent(rows):
    assert rows["POST /boats"].request_model == "StoreBoat"
    assert rows["PUT /boats/{id}"].request_model == ""


@pytest.mark.parametrize(
    ("route", "state", "by"),
    [
        ("GET /boats", "optional", ["auth.api:optional"]),
        ("POST /boats", "required", ["auth:api"]),
        ("DELETE /boats/{id}", "required", ["role:captain|mate", "auth:api"]),
        ("GET /old", "required", ["auth"]),
        ("GET /join", "unknown", []),
        ("GET /tow", "required", ["port.auth"]),
        ("GET /pier", "unknown", []),
        ("GET /ferries", "required", ["auth"]),
        ("GET /harbours", "required", ["auth"]),
        ("GET /feed", "none", []),
        ("GET /docks", "required", ["harbourmaster"]),
        ("POST /lamps", "required", ["StoreLamp:authorize"]),
        ("GET /hulls", "unknown", []),
        ("GET /hulls/{hull}", "required", ["authorizeResource:view"]),
        ("POST /hulls", "required", ["authorize:launch", "authorizeResource:create"]),
        ("DELETE /hulls/{hull}", "unknown", []),
        ("GET /hulls/{hull}/look", "unknown", []),
        ("GET /decks", "required", ["scopes:read-decks"]),
        ("GET /keels", "required", ["login_required:always"]),
        ("GET /masts", "required", ["token_auth"]),
        ("GET /winds", "unknown", []),
        ("GET /cranes", "required", ["KnownMembers"]),
        ("GET /ebbs", "unknown", []),
        ("GET /sheds", "required", ["SignedIn"]),
        ("PUT /lamps/{lamp}/light", "required", ["can:light,lamp"]),
    ],
)
def test_middleware_of_groups_routes_and_controllers_ask_for_a_log_in(rows, route, state, by):
    assert rows[route].auth.state == state
    assert [source.name for source in rows[route].auth.by] == by


def test_roles_are_said(rows):
    assert rows["DELETE /boats/{id}"].auth.roles == ["captain", "mate"]


FOLIO = Path(__file__).parent / "fixtures" / "laravel" / "folio"


def test_a_page_of_folio_asks_for_a_log_in_by_itself_and_by_its_directory():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(FOLIO, Limits(processes=1))
    asking = {row.path for row in report.routes if row.auth.state == "required"}
    assert asking == {"/boats/new", "/boats/{boat}", "/office/crew/{mate}"}


def test_what_the_library_for_log_ins_adds_is_answered_by_the_controllers_that_it_writes():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(FOLIO.parent / "macros", Limits(processes=1))
    handlers = {f"{row.method} {row.path}": row.handler for row in report.routes}
    assert handlers["GET /club/login"] == "Auth\\LoginController@showLoginForm"
    assert handlers["GET /club/email/verify"] == "Auth\\VerificationController@show"
