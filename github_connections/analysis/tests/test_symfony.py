"""Symfony: what a method takes, whether it shows a page, and whether it asks for a log-in."""

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree

FILES = {
    "composer.json": '{"require": {"symfony/framework-bundle": "^7"}}',
    "config/routes.yaml": r"""
controllers:
    resource: ../src/Controller/
    type: attribute
    exclude: '../src/Controller/{Debug*Controller.php,Old}'
about:
    path: /about
    controller: Symfony\Bundle\FrameworkBundle\Controller\TemplateController
old:
    path: /old
    controller: Symfony\Bundle\FrameworkBundle\Controller\RedirectController
tides:
    path: /tides/{day}
    methods: [GET]
    controller: App\Tides\Table::show
logs:
    path: /logs/{year}/{month}.{_format}
    methods: [GET]
    controller: app.logs::listAction
    defaults: { month: 1, _format: html, year: 2000 }
logout:
    path: /logout
depths:
    path: /api/depths
    controller: app.depths::listAction
""",
    "config/packages/security.yaml": """
security:
    access_control:
        - { path: ^/boats/list, roles: PUBLIC_ACCESS }
        - { path: ^/boats/mine, roles: PUBLIC_ACCESS }
        - { path: '^/(boats|crew)', roles: ROLE_CREW, methods: [POST, PUT] }
        - { path: '^/(a+)+$', roles: ROLE_NEVER }
        - { path: ^/tides, roles: ROLE_LOST }
""",
    "src/Controller/BoatController.php": r"""<?php
namespace App\Controller;

use App\Dto\NewBoat;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Attribute\MapQueryParameter;
use Symfony\Component\HttpKernel\Attribute\MapRequestPayload;
use Symfony\Component\Routing\Attribute\Route;
use Symfony\Component\Security\Http\Attribute\IsGranted;

#[Route('/boats')]
class BoatController extends AbstractController
{
    #[Route('/list', methods: ['GET'])]
    public function list(Request $request, #[MapQueryParameter] int $page = 1): Response
    {
        $port = $request->query->get('port');
        return $this->render('boats.html.twig', ['port' => $port]);
    }

    #[Route('/new', methods: ['GET'])]
    public function fresh(Request $request): JsonResponse
    {
        if ($request->query->has('hidden')) {
            $this->denyAccessUnlessGranted('ROLE_OWNER');
        }
        return $this->json([]);
    }

    /**
     * @Rest\QueryParam(name="page", requirements="\d+", default="1")
     */
    #[Route('/fetched', methods: ['GET', 'POST'])]
    #[Rest\QueryParam(name: 'port', strict: true)]
    #[Rest\RequestParam(name: 'crew', map: true)]
    #[Rest\FileParam(name: 'photo', nullable: true)]
    public function fetched(ParamFetcherInterface $fetcher): JsonResponse
    {
        return $this->json([]);
    }

    #[Route('/mine', methods: ['GET'])]
    public function mine(): JsonResponse
    {
        return $this->json($this->getUser());
    }

    #[Route('', methods: ['POST'])]
    public function add(#[MapRequestPayload] NewBoat $boat): JsonResponse
    {
        return $this->json($boat);
    }

    #[Route('/{id}', methods: ['PUT'])]
    #[isGranted('ROLE_ADMIN')]
    public function change(Request $request, int $id): JsonResponse
    {
        $name = $request->getPayload()->getString('name');
        $photo = $request->files->get('photo');
        $data = json_decode($request->getContent(), true);
        $length = $data['length'] ?? null;
        return $this->json([]);
    }

    #[Route('/{id}', methods: ['DELETE'])]
    public function sink(int $id): JsonResponse
    {
        $this->denyAccessUnlessGranted('ROLE_OWNER');
        return $this->json([]);
    }
}
""",
    "src/Entity/Quay.php": r"""<?php
namespace App\Entity;

use ApiPlatform\Metadata\ApiResource;
use ApiPlatform\Metadata\Delete;
use ApiPlatform\Metadata\GetCollection;
use ApiPlatform\Metadata\Post;
use App\Dto\NewQuay;

#[ApiResource(operations: [new GetCollection(), new Post(input: NewQuay::class), new Delete()])]
class Quay
{
    public string $name;
}
""",
    "src/Entity/OpeningHours.php": r"""<?php
namespace App\Entity;

use ApiPlatform\Metadata\ApiResource;
use ApiPlatform\Metadata\GetCollection;

#[ApiResource(operations: [new GetCollection()])]
class OpeningHours
{
}
""",
    "config/routes/moorings.php": r"""<?php
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

return function (RoutingConfigurator $routes): void {
    $routes->collection('mooring_')
        ->prefix('/moorings')
        ->add('list', '/list')->controller([MooringController::class, 'list'])
        ->add('free', '/free')->controller([MooringController::class, 'free'])->methods(['POST']);
};
""",
    "src/Controller/CrewController.php": r"""<?php
namespace App\Controller;

use App\Entity\Mate;
use App\Form\CrewType;
use App\Form\MateType;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpKernel\Attribute\MapQueryParameter;
use Symfony\Component\Routing\Attribute\Route;
use Symfony\Component\Security\Http\Attribute\CurrentUser;

#[Route('/mates')]
class CrewController extends AbstractController
{
    #[Route('/new', methods: ['GET', 'POST'])]
    public function new(Request $request, #[CurrentUser] User $user)
    {
        $form = $this->createForm(CrewType::class, new Crew());
        $form->handleRequest($request);
        return $this->render('crew.html.twig', ['form' => $form]);
    }

    #[Route('/search', methods: ['POST'])]
    public function search(#[CurrentUser] ?User $user, #[MapQueryParameter] ?int $page)
    {
        $form = $this->createFormBuilder()
            ->add('rank', ChoiceType::class, ['multiple' => true])
            ->add('go', SubmitType::class)
            ->getForm();
        return $this->render('crew.html.twig', ['form' => $form]);
    }

    #[Route('/{id}', methods: ['GET', 'PUT'])]
    public function edit(Request $request, Mate $mate)
    {
        return $this->shown($request, $mate);
    }

    private function shown(Request $request, Mate $mate)
    {
        $sent = $request->request->get('mate');
        $this->createForm(MateType::class, $mate)->submit($sent);
        return $this->render('mate.html.twig', ['tab' => $request->query->get('tab')]);
    }

    #[Route('', methods: ['POST'])]
    public function add(Request $request)
    {
        $content = $request->getContent();
        $sent = json_decode($content);
        $form = $this->createForm(MateType::class);
        $form->submit($request->toArray());
        return $this->json([$sent->ship, $request->toArray()['port']]);
    }

    #[Route('/import', methods: ['POST'])]
    public function import(Request $request)
    {
        return $this->json($this->serializer->deserialize($request->getContent(), Mate::class, 'json'));
    }
}
""",
    "src/Form/MateType.php": r"""<?php
namespace App\Form;

use Symfony\Component\Form\Extension\Core\Type\TextType;

class MateType extends AbstractType
{
    public function buildForm(FormBuilderInterface $builder, array $options): void
    {
        $builder->add('name', TextType::class)->add('photo', FileType::class, ['required' => false]);
    }

    public function getBlockPrefix()
    {
        return 'mate';
    }
}
""",
    "src/Form/CrewType.php": r"""<?php
namespace App\Form;

use Symfony\Component\Form\Extension\Core\Type\DateType;

class CrewType extends AbstractType
{
    public function buildForm(FormBuilderInterface $builder, array $options): void
    {
        $builder->add('since', DateType::class);
        $builder->add('first', MateType::class);
        $builder->add('save', SubmitType::class);
    }
}
""",
    "src/Controller/SailController.php": r"""<?php
namespace App\Controller;

use Sensio\Bundle\FrameworkExtraBundle\Configuration\Method;
use Symfony\Component\Routing\Annotation\Route;

/**
 * @Route("/sails/{id}")
 * @Method("PUT")
 */
final class SailController
{
    /**
     * @Template
     */
    public function __invoke(Sail $sail)
    {
        return $sail;
    }
}
""",
    "src/Controller/PierController.php": r"""<?php
namespace App\Controller;

use App\Dto\Search;
use Symfony\Component\HttpKernel\Attribute\MapQueryString;
use Symfony\Component\HttpKernel\Attribute\MapRequestPayload;
use Symfony\Component\Routing\Attribute\Route;

#[Route('/{_locale}/piers', defaults: ['_locale' => 'en'])]
final class PierController
{
    #[Route('/found', methods: ['GET'])]
    public function found(#[MapQueryString] Search $search): Response
    {
    }

    #[Route('/prices', methods: ['POST'])]
    public function prices(#[MapRequestPayload(type: Search::class)] array $prices): Response
    {
    }

    #[Route('/list/{page<\d+>?1}', methods: ['GET'])]
    public function list(int $page): Response
    {
    }

    #[Route('/by/{port}/{order}', methods: ['GET'])]
    public function by(string $port, string $order = 'name'): Response
    {
    }

    #[Route('/of/{!year}', methods: ['GET'], defaults: ['year' => 2000])]
    public function of(int $year): Response
    {
    }
}
""",
    "src/Controller/Old/WreckController.php": r"""<?php
namespace App\Controller\Old;

use Symfony\Component\Routing\Attribute\Route;

final class WreckController
{
    #[Route('/wrecks')]
    public function list(): Response
    {
    }
}
""",
    "src/Dto/Search.php": r"""<?php
namespace App\Dto;

final class Search extends Page
{
    public function __construct(public string $harbour, private ?int $depth, public array $kinds = [])
    {
    }
}
""",
    "src/Dto/Page.php": r"""<?php
namespace App\Dto;

class Page
{
    public int $page = 1;
}
""",
    "src/Tides/Table.php": r"""<?php
namespace App\Tides;

class Table
{
    public function show(string $day): Response
    {
        return $this->render('tides.html.twig');
    }
}
""",
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The rows, by method and path."""
    root = make_tree(tmp_path_factory.mktemp("symfony"), FILES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(root, Limits(processes=1))
    return {f"{row.method} {row.path}": row for row in report.routes}


@pytest.mark.parametrize(
    ("route", "kind"),
    [
        ("GET /boats/list", "page"),
        ("GET /boats/mine", "api"),
        ("ANY /about", "page"),
        ("ANY /old", "redirect"),
        ("GET /tides/{day}", "page"),
        ("ANY /logout", "page"),
        ("ANY /api/depths", "api"),
        ("PUT /mates/{id}", "page"),
        ("PUT /sails/{id}", "page"),
    ],
)
def test_what_renders_a_template_is_a_page(rows, route, kind):
    assert rows[route].kind == kind


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ("GET /boats/list", ["page query int", "port query"]),
        ("POST /boats", ["boat body NewBoat required"]),
        (
            "GET /{_locale}/piers/found",
            [
                "_locale path required",
                "harbour query string required",
                "depth query int",
                "kinds query array",
                "page query int",
            ],
        ),
        ("GET /boats/fetched", ["page query int", "port query required"]),
        (
            "POST /boats/fetched",
            ["page query int", "port query required", "crew body array required", "photo file"],
        ),
        ("PUT /boats/{id}", ["id path int required", "name body string", "photo file", "length body"]),
        ("GET /tides/{day}", ["day path string required"]),
        (
            "POST /mates/new",
            [
                "crew[since] form date required",
                "crew[first][name] form string required",
                "crew[first][photo] file file",
            ],
        ),
        ("GET /mates/new", []),
        ("GET /mates/{id}", ["id path required", "tab query"]),
        (
            "PUT /mates/{id}",
            ["id path required", "mate form", "tab query", "mate[name] form string required", "mate[photo] file file"],
        ),
        ("POST /mates/search", ["page query int", "form[rank] form array required"]),
        ("POST /mates", ["ship body", "port body", "name body string required", "photo file file"]),
    ],
)
def test_attributes_and_what_is_read_of_the_request_are_parameters(rows, route, taken):
    said = [
        " ".join(part for part in (one.name, one.place, one.type, "required" if one.required else "") if part)
        for one in rows[route].params
    ]
    assert said == taken


@pytest.mark.parametrize(
    ("route", "required"),
    [
        ("GET /{_locale}/piers/list/{page}", ["_locale"]),
        ("GET /{_locale}/piers/by/{port}/{order}", ["_locale", "port"]),
        ("GET /{_locale}/piers/of/{year}", ["_locale", "year"]),
        ("GET /logs/{year}/{month}.{_format}", []),
    ],
)
def test_variables_at_the_end_of_a_path_that_have_a_default_may_be_missing(rows, route, required):
    assert [one.name for one in rows[route].params if one.required] == required


def test_what_a_body_is_read_into_is_its_model(rows):
    assert rows["POST /boats"].request_model == "NewBoat"
    assert rows["GET /boats/list"].request_model == ""
    assert rows["POST /mates/import"].request_model == "Mate"
    assert rows["POST /{_locale}/piers/prices"].request_model == "Search"


def test_controllers_that_an_import_leaves_out_have_no_routes(rows):
    assert [route for route in rows if "wrecks" in route] == []


def test_a_collection_of_routes_has_its_prefix_for_each(rows):
    assert {route for route in rows if "/moorings" in route} == {"ANY /moorings/list", "POST /moorings/free"}
    assert rows["POST /moorings/free"].handler == "MooringController::free"


@pytest.mark.parametrize(
    ("route", "state", "by", "roles"),
    [
        ("GET /boats/list", "none", [], []),
        ("GET /boats/new", "unknown", [], []),
        ("GET /boats/mine", "unknown", [], []),  # it looks itself who is there
        ("POST /boats", "required", ["access_control"], ["ROLE_CREW"]),
        ("PUT /boats/{id}", "required", ["IsGranted"], ["ROLE_ADMIN"]),
        ("DELETE /boats/{id}", "required", ["denyAccessUnlessGranted"], ["ROLE_OWNER"]),
        ("GET /mates/new", "required", ["CurrentUser"], []),
        ("POST /mates/search", "unknown", [], []),
        ("GET /tides/{day}", "unknown", [], []),  # a rule before its own is not understood
    ],
)
def test_attributes_methods_and_the_configuration_ask_for_a_log_in(rows, route, state, by, roles):
    auth = rows[route].auth
    assert (auth.state, [source.name for source in auth.by], auth.roles) == (state, by, roles)


def test_what_operations_of_a_resource_take_and_give_is_its_class(rows):
    taken = {route: (row.request_model, row.response_model) for route, row in rows.items() if "quays" in route}
    assert taken == {
        "GET /quays": ("", "Quay"),
        "POST /quays": ("NewQuay", "Quay"),
        "DELETE /quays/{id}": ("", ""),
    }


def test_a_name_that_means_several_stays(rows):
    assert "GET /opening_hours" in rows


def test_verbs_that_are_said_at_a_class_are_those_of_its_routes(rows):
    assert [route for route in rows if "/sails" in route] == ["PUT /sails/{id}"]
