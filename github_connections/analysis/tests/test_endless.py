"""What a repository holds cannot keep an analysis busy: each of these took minutes, or the age of the world."""

import pytest

from github_connections.analysis import Limits, analyze
from github_connections.analysis.frameworks.python.fastapi_versions import MAXIMUM_VERSIONS
from github_connections.analysis.tests.endless_handlers import HANDLERS
from github_connections.analysis.tests.trees import make_tree

LEVELS, BRANCHES, VERSIONS = 12, 12, 3 * MAXIMUM_VERSIONS
SECONDS = 60

DEPENDENCIES = "".join(
    f"def d{level}({', '.join(f'p{one}=Depends(d{level - 1})' for one in range(BRANCHES))}): ...\n"
    for level in range(1, LEVELS)
)
REPOSITORIES = {
    "a page's name": (
        {
            "package.json": '{"dependencies": {"gatsby": "5"}}',
            f"src/pages/{{a.{'_' * 150}.js": "export default () => null\n",
        },
        "/{a." + "_" * 150,
    ),
    "an initializer": (
        {
            "Gemfile": "gem 'rails'\ngem 'activeadmin'\n",
            "config/routes.rb": "Rails.application.routes.draw do\n  ActiveAdmin.routes(self)\nend\n",
            "config/initializers/active_admin.rb": "\n" * 400_000,
            "app/admin/users.rb": "ActiveAdmin.register User do\nend\n",
        },
        "/admin/users",
    ),
    "tags of a document": (
        {
            "pom.xml": "<project><artifactId>spring-web</artifactId><!-- openapi-generator --></project>",
            "openapi.yaml": "openapi: 3.0.0\ninfo: {title: Dogs, version: '1'}\npaths:\n  /dogs:\n    get:\n"
            "      operationId: listDogs\n      x-tags:" + "\n" * 400_000 + "        dogs\n",
            "src/main/java/Dogs.java": "import org.springframework.stereotype.Service;\n"
            "@Service class Dogs implements DogsApiDelegate { public Dogs listDogs() { return null; } }\n",
        },
        "/dogs",
    ),
    "APIs in each other": (
        {
            "Gemfile": "gem 'grape'\n",
            **{
                f"app/a{one}.rb": f"class A{one} < Grape::API\n"
                + "".join(f"  mount A{one + 1} => '/{way}'\n  mount A0\n" for way in range(BRANCHES))
                + "  get :ok do\n  end\nend\n"
                for one in range(LEVELS)
            },
        },
        "/ok",
    ),
    "modules in themselves": (
        {
            "Gemfile": "gem 'rails'\n",
            "config/routes.rb": "Rails.application.routes.draw do\n  resources :pens\nend\n",
            "app/controllers/pens_controller.rb": "class PensController\n  include Again\n  def index\n"
            + "    pen_params\n" * 5_000
            + "  end\n  def pen_params\n"
            + "    pen_params\n    ink_params\n" * 5_000
            + "  end\n  def ink_params\n"
            + "    pen_params\n" * 5_000
            + "  end\nend\n",
            "app/controllers/concerns/again.rb": "module Again\n" + "  include Again\n" * 2_000 + "end\n",
        },
        "/pens",
    ),
    "comments that nothing ends": (
        {
            "package.json": '{"dependencies": {"next": "15"}}',
            "pages/api/pens.js": "export default function handler(req, res) { res.json([]) }\nconst all = `"
            + "/* \n" * 100_000
            + "`\n",
        },
        "/api/pens",
    ),
    "settings that nothing ends": (
        {
            "package.json": '{"dependencies": {"express": "4"}}',
            "tsconfig.json": "/* " * 300_000,
            ".env.example": "PATH" * 100_000 + "\nPENS_PATH=pens\n",
            "shop.ts": "import express from 'express'\nconst app = express()\n"
            "app.get(`/${process.env.PENS_PATH}`, (req, res) => res.json([]))\n",
        },
        "/pens",
    ),
    "short names of directories": (
        {
            "package.json": '{"dependencies": {"vue-router": "4"}}',
            "vite.config.js": "export default {resolve: {" + "alias: {" * 30_000 + "a" * 300_000,
            "src/router.js": "import { createRouter } from 'vue-router'\nimport Pens from '@/Pens.vue'\n"
            "createRouter({routes: [{path: '/pens', component: Pens}]})\n",
        },
        "/pens",
    ),
    "routes that hold themselves": (
        {
            "package.json": '{"dependencies": {"vue-router": "4"}}',
            "src/router.js": "import { createRouter } from 'vue-router'\n"
            "const routes = [{path: '/pens', component: Pens, beforeEnter: []}]\n"
            "routes[0].children = routes\nroutes[0].beforeEnter.push(routes[0].beforeEnter)\ncreateRouter({routes})\n",
        },
        "/pens",
    ),
    "rules of a firewall": (
        {
            "composer.json": '{"require": {"symfony/framework-bundle": "7"}}',
            "config/packages/security.yaml": "security:\n  access_control:\n"
            f"    - {{path: '^/{'a' * 100_000}!', roles: ROLE_USER}}\n",
            "src/Controller/Pens.php": "<?php\nnamespace App\\Controller;\n"
            "use Symfony\\Component\\Routing\\Attribute\\Route;\n"
            "class Pens { #[Route('/pens', methods: ['GET'])] public function list() { return 1; } }\n",
        },
        "/pens",
    ),
    "names in functions": (
        {
            "requirements.txt": "flask\n",
            **{
                f"shop{one}.py": "from flask import Flask\napp = Flask(__name__)\n@app.route('/pens')\ndef pens():\n"
                + f"    # {'app.' * 1_200}\n" * 190
                + "    return ''\n"
                for one in range(8)
            },
        },
        "/pens",
    ),
    "functions that take apart what they are handed": (
        {
            "package.json": '{"dependencies": {"express": "4"}}',
            "shop.js": "const app = require('express')()\nfunction own(req) { return own(req) }\n"
            + "".join(
                f"function f{level}(req) {{ return f{level + 1}(req) || f{level + 1}(req) }}\n"
                for level in range(LEVELS)
            )
            + f"function f{LEVELS}(req) {{ return req.body }}\n"
            "app.get('/pens', (req, res) => { const { ink } = own(req); const { pen } = f0(req); res.json(pen) })\n",
        },
        "/pens",
    ),
    "models in models": (
        {
            "requirements.txt": "flask\nflask-restx\n",
            "shop.py": "from flask import Flask\nfrom flask_restx import Api, Resource, fields\napp = Flask(__name__)\n"
            "api = Api(app)\nm0 = api.model('M0', {'ink': fields.String})\n"
            + "".join(f"m{one + 1} = api.inherit('M', {f'm{one}, ' * 60})\n" for one in range(6))
            + "@api.route('/pens')\nclass Pens(Resource):\n    @api.expect(m6)\n    def post(self):\n        ...\n",
        },
        "/pens",
    ),
    "conditions of a view": (
        {
            "requirements.txt": "flask\n",
            "shop.py": "from flask import Flask, session\napp = Flask(__name__)\n"
            + "".join(
                f"@app.route('/pens/{one}')\ndef v{one}():\n"
                + f"    if {'session.get( is None:' * 18}\n        return {'x ' * 180}\n" * 45
                for one in range(60)
            ),
        },
        "/pens/7",
    ),
    "components that hold themselves": (
        {
            "package.json": '{"dependencies": {"vue-router": "4"}}',
            "src/router.js": "import { createRouter } from 'vue-router'\nconst components = {}\n"
            "components.default = components\ncreateRouter({routes: [{path: '/pens', components}]})\n",
        },
        "/pens",
    ),
    "schemas without a brace": (
        {
            "package.json": '{"dependencies": {"graphql-yoga": "5"}}',
            "schema.graphql": "type Query { pens: Int }\n" + "type Query \n" * 80_000,
        },
        "/graphql",
    ),
    "stars in a path": (
        {
            "package.json": '{"dependencies": {"@nestjs/core": "10", "@nestjs/common": "10"}}',
            "src/main.ts": "import { NestFactory } from '@nestjs/core'\nimport { Controller, Get, Module } from"
            f" '@nestjs/common'\n@Controller('pens') class Pens {{ @Get('{'-' * 250}') list() {{}} }}\n"
            "@Module({ controllers: [Pens] }) class Shop {}\nasync function start() {\n"
            "  const app = await NestFactory.create(Shop)\n"
            f"  app.setGlobalPrefix('api', {{exclude: ['{'*-' * 30}b']}})\n"
            "  await app.listen(3)\n}\nstart()\n",
        },
        "/api/pens/" + "-" * 250,
    ),
    "one handler of all": (
        {
            "package.json": '{"dependencies": {"express": "4"}}',
            "shop.js": "const app = require('express')()\nfunction own(req, res) {\n"
            + "  use(req.body.a, req.query.b)\n" * 5_000
            + "}\n"
            + "".join(f"app.get('/pens/{one}', own)\n" for one in range(1_500)),
        },
        "/pens/7",
    ),
    "one helper of all": (
        {
            "package.json": '{"dependencies": {"express": "4"}}',
            "shop.js": "const app = require('express')()\nfunction own(req) {\n"
            + "  use(req.body.a)\n" * 5_000
            + "}\n"
            + "".join(f"app.get('/pens/{one}', (req, res) => own(req))\n" for one in range(1_500)),
        },
        "/pens/7",
    ),
    "one parser of all": (
        {
            "requirements.txt": "flask\nflask-restful\n",
            "shop.py": "from flask import Flask\nfrom flask_restful import Api, Resource, reqparse\n"
            "app = Flask(__name__)\napi = Api(app)\np = reqparse.RequestParser()\n"
            + "".join(f"p.add_argument('a{one}')\n" for one in range(6_000))
            + "".join(
                f"class P{one}(Resource):\n    def get(self):\n        p.parse_args()\n"
                f"api.add_resource(P{one}, '/pens/{one}')\n"
                for one in range(800)
            ),
        },
        "/pens/7",
    ),
    "dependencies": (
        {
            "requirements.txt": "fastapi\n",
            "shop.py": "from fastapi import Depends, FastAPI\napp = FastAPI()\ndef d0(word: str): ...\n"
            + DEPENDENCIES
            + f'@app.get("/pens")\ndef pens(one=Depends(d{LEVELS - 1})): ...\n',
        },
        "/pens",
    ),
}


@pytest.mark.parametrize("what", REPOSITORIES | HANDLERS)
def test_an_analysis_ends(tmp_path, what):
    """With the rows that there are."""
    files, path = (REPOSITORIES | HANDLERS)[what]
    make_tree(tmp_path, files)
    report = analyze(tmp_path, Limits(processes=1, seconds=SECONDS))
    assert path in {route.path for route in report.routes}


def test_the_newest_versions_are_told(tmp_path):
    """Each has what all before it have: a thousand versions would be half a million rows."""
    routes = "".join(f'@app.get("/pens/{n}")\n@version({n})\ndef pens{n}(): ...\n' for n in range(VERSIONS))
    files = {
        "requirements.txt": "fastapi\nfastapi-versioning\n",
        "shop.py": "from fastapi import FastAPI\nfrom fastapi_versioning import VersionedFastAPI, version\n"
        f"app = FastAPI()\n{routes}app = VersionedFastAPI(app)\n",
    }
    make_tree(tmp_path, files)
    report = analyze(tmp_path, Limits(processes=1, seconds=SECONDS))
    versions = {route.path.split("/")[1] for route in report.routes}
    assert versions == {f"v{number}_0" for number in range(VERSIONS - MAXIMUM_VERSIONS, VERSIONS)}
    assert f"/v{VERSIONS - 1}_0/pens/0" in {route.path for route in report.routes}
