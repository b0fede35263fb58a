"""Small repositories whose handlers have much in common, or hold themselves; each with a path that it has."""

HANDLERS = {
    "groups of middleware": (
        {
            "composer.json": '{"require": {"laravel/framework": "11"}}',
            "bootstrap/app.php": "<?php\n$groups = [\n"
            + "".join(f"'g{one}' => [{str([f'g{two}' for two in range(60)])[1:-1]}],\n" for one in range(60))
            + "];\n",
            "routes/api.php": "<?php\nuse Illuminate\\Support\\Facades\\Route;\n"
            "Route::get('/pens', [PenController::class, 'index'])->middleware('g0');\n",
        },
        "/api/pens",
    ),
    "rules and helpers of a controller": (
        {
            "composer.json": '{"require": {"laravel/framework": "11"}}',
            "routes/api.php": "<?php\nuse Illuminate\\Support\\Facades\\Route;\n"
            "use App\\Http\\Controllers\\PenController;\n"
            + "".join(f"Route::get('/pens/{one}', [PenController::class, 'h{one}']);\n" for one in range(1_500)),
            "app/Http/Controllers/PenController.php": "<?php\nnamespace App\\Http\\Controllers;\n"
            "use Illuminate\\Http\\Request;\nclass PenController {\n"
            + "".join(
                f"  function h{one}(Request $request) {{ return $this->ink($request); }}\n" for one in range(1_500)
            )
            + "  function ink(Request $request) {\n"
            + "    $request->validate($a);\n    $request->input('ink');\n" * 3_000
            + "".join(f"    $a = ['ink' => 'required'];\n    $a = $a{one};\n" for one in range(3_000))
            + "".join(f"    $a{one} = $a{one + 1};\n" for one in range(10_000))
            + "  }\n}\n",
        },
        "/api/pens/7",
    ),
    "forms in forms": (
        {
            "composer.json": '{"require": {"symfony/framework-bundle": "7"}}',
            "src/Controller/Pens.php": "<?php\nnamespace App\\Controller;\n"
            "use Symfony\\Component\\Routing\\Attribute\\Route;\nuse Symfony\\Component\\HttpFoundation\\Request;\n"
            "use App\\Form\\PenType;\nclass Pens {\n"
            + "".join(
                f"#[Route('/pens/{one}')] function h{one}(Request $r) {{ return $this->ink($r); }}\n"
                for one in range(1_500)
            )
            + "function ink(Request $r) {\n"
            + "  $r->query->get('ink');\n" * 4_000
            + f"  $this->createForm(PenType::class);\n  $this->createForm({'A' * 50_000}::class);\n}}\n}}\n"
            + f"class {'A' * 50_000} {{ function buildForm($builder) {{ $builder->add('ink'); }} }}\n",
            "src/Form/PenType.php": "<?php\nnamespace App\\Form;\nclass PenType { function buildForm($builder) {\n"
            + "".join(f"  $builder->add('f{one}', PenType::class);\n" for one in range(100))
            + "} }\n",
        },
        "/pens/7",
    ),
    "structs in structs, and a helper of many handlers": (
        {
            "go.mod": "module shop\nrequire github.com/gin-gonic/gin v1.9.0\n",
            "main.go": 'package main\nimport "github.com/gin-gonic/gin"\nfunc main() {\n  r := gin.Default()\n'
            + "".join(f'  r.GET("/pens/{one}", auth, h{one})\n  r.GET("/ink/{one}", ink)\n' for one in range(1_500))
            + "}\n"
            + "".join(f"func h{one}(c *gin.Context) {{ ink(c) }}\n" for one in range(1_500))
            + "func auth(c *gin.Context) {\n"
            + '  c.Query("ink")\n' * 4_000
            + "}\nfunc ink(c *gin.Context) {\n  var q A0\n  c.ShouldBindQuery(&q)\n"
            + '  c.Query("ink")\n' * 4_000
            + "}\n"
            + "".join(
                f"type A{one} struct {{\n" + "".join(f"  F{two} A{one + 1}\n" for two in range(100)) + "}\n"
                for one in range(5)
            ),
        },
        "/pens/7",
    ),
    "variables of a server": (
        {
            "pom.xml": "<project><artifactId>jakarta.ws.rs-api</artifactId></project>",
            "src/main/java/Pens.java": "import jakarta.ws.rs.*;\n"
            '@Path("/pens") public class Pens { @GET public String all() { return ""; } }\n',
            "src/main/liberty/config/server.xml": '<server><webApplication contextRoot="'
            + "${X}" * 3_000
            + '"/>\n<variable '
            + 'name="X" ' * 12_000
            + "</server>",
        },
        "/pens",
    ),
    "clauses of an action": (
        {
            "mix.exs": 'defmodule Shop.MixProject do\n  defp deps do\n    [{:phoenix, "~> 1.7"}]\n  end\nend\n',
            "lib/shop_web/router.ex": 'defmodule ShopWeb.Router do\n  use Phoenix.Router\n  scope "/", ShopWeb do\n'
            + "".join(f'    get "/pens/{one}", PageController, :index\n' for one in range(1_500))
            + "  end\nend\n",
            "lib/shop_web/controllers/page_controller.ex": "defmodule ShopWeb.PageController do\n"
            "  use ShopWeb, :controller\n"
            + "".join(
                f'  def index(conn, %{{"k{one}" => k}} = all) do\n    all["x{one}"]\n  end\n' for one in range(1_500)
            )
            + "end\n",
        },
        "/pens/7",
    ),
    "helpers of Ktor": (
        {
            "build.gradle.kts": 'dependencies { implementation("io.ktor:ktor-server-core:2.3.0") }\n',
            "src/main/kotlin/Shop.kt": "package shop\nimport io.ktor.server.application.*\n"
            "import io.ktor.server.routing.*\nfun Application.module() {\n  routing {\n"
            + "".join(f'    get("/pens/{one}") {{ ink(call) }}\n' for one in range(1_000))
            + "  }\n}\nsuspend fun ink(call: ApplicationCall) {\n"
            + '  call.parameters["ink"]\n' * 2_000
            + "}\n",
        },
        "/pens/7",
    ),
    "prefixes that methods hand to each other": (
        {
            "Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
            "Pens.cs": "using Microsoft.AspNetCore.Mvc;\n"
            '[ApiController][Route("pens")] class Pens : ControllerBase { [HttpGet] public int All() { return 1; } }\n',
            "Prefix.cs": "public class Prefix : IApplicationModelConvention {\n  public Prefix(string p) { }\n"
            "  public void Apply(ApplicationModel all) {\n"
            "    one.AttributeRouteModel = AttributeRouteModel.CombineAttributeRouteModel(a, b);\n  }\n}\n"
            "public static class Use {\n  static void F(string p) {\n    o.Conventions.Add(new Prefix(p));\n"
            + "    G(p);\n" * 60
            + '  }\n  static void G(string p) {\n    F("api");\n'
            + "    F(p);\n" * 60
            + "  }\n}\n",
        },
        "/api/pens",
    ),
    "properties": (
        {
            "pom.xml": "<project><artifactId>micronaut-http-server</artifactId></project>",
            "src/main/resources/application.properties": f"pens={' ' * 400_000}.\n",
            "src/main/java/Pens.java": "import io.micronaut.http.annotation.*;\n"
            '@Controller("/pens") public class Pens { @Get public String all() { return ""; } }\n',
        },
        "/pens",
    ),
    "names of guards": (
        {
            "go.mod": "module shop\nrequire github.com/gofiber/fiber/v2 v2.0.0\n",
            "main.go": 'package main\nimport "github.com/gofiber/fiber/v2"\n'
            + "// shop\n" * 3_000
            + f"func {'need' * 20_000}(c *fiber.Ctx) error {{ return c.Next() }}\n"
            "func h(c *fiber.Ctx) error { return nil }\nfunc main() {\n  app := fiber.New()\n"
            f'  app.Get("/ink/{":a<" * 30_000}", h)\n'
            f'  app.Get("/pens", {"need" * 20_000}, h)\n}}\n',
        },
        "/pens",
    ),
    "names of callbacks": (
        {
            "Gemfile": "gem 'rails'\n",
            "config/routes.rb": "Rails.application.routes.draw do\n  resources :pens\nend\n",
            "app/controllers/pens_controller.rb": "class PensController\n"
            + "  # pens\n" * 3_000
            + f"  before_action :{'require' * 15_000}\n  def index\n  end\nend\n",
        },
        "/pens",
    ),
    "very many routes": (
        {
            "package.json": '{"dependencies": {"express": "4"}}',
            "shop.js": "const app = require('express')()\nconst ink = require('express').Router()\n"
            + "".join(f"app.get('/pens/{one}', own)\n" for one in range(20_000))
            + "".join(f"app.use('/ink/{one}', ink)\n" for one in range(10_000)),
        },
        "/pens/19999",
    ),
    "routers in each other, in many ways": (
        {
            "package.json": '{"dependencies": {"express": "4"}}',
            "shop.js": "const app = require('express')()\nconst r0 = require('express').Router()\n"
            + "".join(
                f"const r{level + 1} = require('express').Router()\n"
                + f"r{level + 1}.get('/ink', own)\n"
                + "".join(f"r{level}.use('/{way}', r{level + 1})\n" for way in range(12))
                for level in range(12)
            )
            + "app.use(r0)\napp.get('/pens', own)\n",
        },
        "/pens",
    ),
    "routers of one of several libraries in each other": (
        {
            "go.mod": "module shop\nrequire github.com/go-chi/chi/v5 v5.0.0\n",
            "main.go": 'package main\nimport "github.com/go-chi/chi/v5"\nfunc main() {\n  r0 := chi.NewRouter()\n'
            + "".join(
                f'  r{level + 1} := chi.NewRouter()\n  r{level}.Get("/pens", own)\n'
                + "".join(f'  r{level}.Mount("/{way}", r{level + 1})\n' for way in range(12))
                for level in range(12)
            )
            + "}\n",
        },
        "/pens",
    ),
    "routers in themselves": (
        {
            "package.json": '{"dependencies": {"express": "4"}}',
            "shop.js": "const app = require('express')()\nconst ink = require('express').Router()\n"
            "ink.use('/app', app)\napp.use('/ink', ink)\napp.use('/app', app)\nink.get('/pens', own)\n",
        },
        "/ink/pens",
    ),
}
