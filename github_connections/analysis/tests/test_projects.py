"""Sub-projects and what they depend on, read from their manifests."""

# ruff: noqa: E501  # a manifest a line reads better than one in pieces

import time

import pytest

from github_connections.analysis.manifests import manifest_of
from github_connections.analysis.projects import Roots, find_projects
from github_connections.analysis.unreadable import Unreadable


def found(files: dict[str, str]):
    projects, skipped = find_projects(files, lambda path: files[path].encode())
    return {(project.root, project.ecosystem): project for project in projects}, skipped


POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.3.0</version>
  </parent>
  <artifactId>orders</artifactId>
  <dependencies>
    <dependency><groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-web</artifactId></dependency>
  </dependencies>
</project>"""


@pytest.mark.parametrize(
    ("path", "text", "ecosystem", "name", "dependency", "version", "line"),
    [
        ("package.json", '{"name": "shop",\n"keywords": ["express"],\n"dependencies":\n{"express": "^4.0"}}', "node", "shop", "express", "^4.0", 4),
        ("package.json", '{\n"devDependencies": {"@nestjs/core": "10"}}', "node", "", "@nestjs/core", "10", 2),
        ("pyproject.toml", '[project]\nname = "shop"\ndependencies = [\n"FastAPI[all]>=0.110; python_version>\'3\'"]', "python", "shop", "fastapi", ">=0.110", 4),
        ("pyproject.toml", '[tool.poetry]\nname = "shop"\n[tool.poetry.group.web.dependencies]\nflask = {version = "^3", extras = []}', "python", "shop", "flask", "^3", 4),
        ("pyproject.toml", '[dependency-groups]\nweb = ["Flask_RESTful==1", {include-group = "x"}]', "python", "", "flask-restful", "==1", 2),
        ("requirements.txt", "# web\n-r base.txt\nDjango==5.0  # LTS\n", "python", "", "django", "==5.0", 3),
        ("requirements/prod.txt", "gunicorn\nflask>=2", "python", "", "flask", ">=2", 2),
        ("setup.py", 'setup(\n  name="shop",\n  install_requires=[\n    "aiohttp>=3",\n  ],\n  keywords="flask")', "python", "shop", "aiohttp", ">=3", 4),
        ("setup.cfg", "[metadata]\nname = shop\n[options]\ninstall_requires =\n  starlette>=0.3\n", "python", "shop", "starlette", ">=0.3", 5),
        ("Pipfile", '[packages]\ndjango-ninja = "*"', "python", "", "django-ninja", "*", 2),
        ("pom.xml", POM, "jvm", "orders", "org.springframework.boot:spring-boot-starter-web", "", 10),
        ("build.gradle", "plugins {\n id 'org.springframework.boot' version '3.2'\n}", "jvm", "", "org.springframework.boot", "3.2", 2),
        ("build.gradle.kts", 'dependencies {\n implementation("io.ktor:ktor-server-core:2.3")\n}', "jvm", "", "io.ktor:ktor-server-core", "2.3", 2),
        ("build.gradle", "compile group: 'io.micronaut', name: 'micronaut-http'", "jvm", "", "io.micronaut:micronaut-http", "", 1),
        ("go.mod", "module example.com/shop\n\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.1 // indirect\n)", "go", "example.com/shop", "github.com/gin-gonic/gin", "v1.9.1", 4),
        ("Cargo.toml", '[package]\nname = "shop"\n[dependencies]\naxum = { version = "0.7", features = [] }', "rust", "shop", "axum", "0.7", 4),
        ("composer.json", '{"name": "acme/shop",\n"require": {"laravel/framework": "^11"}}', "php", "acme/shop", "laravel/framework", "^11", 2),
        ("Gemfile", 'source "https://rubygems.org"\ngem "rails", "~> 7.1"', "ruby", "", "rails", "~> 7.1", 2),
        ("shop.gemspec", 'Gem::Specification.new do |s|\n  s.add_dependency "sinatra", "~> 3"\nend', "ruby", "", "sinatra", "~> 3", 2),
        ("Api.csproj", '<Project Sdk="Microsoft.NET.Sdk.Web">\n<ItemGroup>\n<PackageReference Include="FastEndpoints" Version="5" />\n</ItemGroup></Project>', "dotnet", "", "FastEndpoints", "5", 3),
        ("Api.csproj", '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>', "dotnet", "", "Microsoft.NET.Sdk.Web", "", 1),
        ("mix.exs", 'app: :shop,\ndeps: [\n{:phoenix, "~> 1.7"},\n{:jason, only: :dev}]', "elixir", "shop", "phoenix", "~> 1.7", 3),
        ("mix.exs", 'apps_path: "apps",\ndeps: [\n# {:flask, "~> 1.0"},\n{:plug, in_umbrella: true}]', "elixir", "", "plug", "", 4),
    ],
)  # fmt: skip
def test_a_manifest_names_its_dependencies(path, text, ecosystem, name, dependency, version, line):
    """Each kind of manifest gives a name, dependencies with versions, and the line each stands on."""
    projects, skipped = found({path: text})
    project = projects["", ecosystem]
    assert (project.name, project.dependencies[dependency], skipped) == (name, version, [])
    assert project.evidence(dependency) == {"file": path, "line": line, "why": f"depends on {dependency}"}
    assert "flask" not in project.dependencies or dependency == "flask"


def test_a_version_catalog_says_what_its_names_stand_for():
    """A Gradle build that names `libs.spring.web` depends on what the catalog above it says that is."""
    projects, _ = found(
        {
            "gradle/libs.versions.toml": '[libraries]\nspring-web = {module = "org.springframework:spring-web"}\n'
            'ktor_core = "io.ktor:ktor-core:2"\n[plugins]\nboot = {id = "org.springframework.boot", version = "3"}',
            "api/build.gradle.kts": "plugins { alias(libs.plugins.boot) }\nimplementation(libs.spring.web)\n"
            "implementation(libs.ktor.core)\nimplementation(libs.other)",
        }
    )
    wanted = {"org.springframework.boot", "org.springframework:spring-web", "io.ktor:ktor-core", "libs.other"}
    assert set(projects["api", "jvm"].dependencies) == wanted


def test_manifests_of_one_directory_are_one_project():
    """setup.py, requirements.txt and requirements/dev.txt speak of the same code; the nearest directory decides."""
    projects, _ = found(
        {
            "web/setup.py": 'install_requires=["flask"]',
            "web/requirements.txt": "celery",
            "web/requirements/dev.txt": "pytest",
            "web/package.json": "{}",
            "package.json": '{"name": "all"}',
        }
    )
    assert set(projects) == {("", "node"), ("web", "node"), ("web", "python")}
    assert set(projects["web", "python"].dependencies) == {"flask", "celery", "pytest"}
    roots = Roots(projects.values())
    assert roots.of("web/app/views.py", "python") == "web"
    assert roots.of("web/app/index.js", "javascript") == "web"
    assert roots.of("other/index.js", "javascript") == ""
    assert roots.of("website/x.py", "python") == ""


HURTFUL = [
    "\n" * 200_000,
    " " * 200_000,
    "<parent>" * 30_000,
    ('"a[' * 1_300 + "\n") * 50,
    ("id" + " " * 3_990 + "\n") * 50,
    (" " * 3_990 + "a\n") * 50,
    "[options]\n" + ("a" + " " * 3_900 + "\n") * 50,
    "\ufffd\x00" * 10_000,
    '{"dependencies": {"a": {"version": 3}, "b": [1]}, "name": 5, "require": "x"}',
    "[package]\nname = 3\n[project]\nname = {}\ndependencies = 7\n[dependencies]\na = 1\n[tool]\npoetry = 3",
    "",
]


@pytest.mark.parametrize(
    "path",
    ["package.json", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt", "pom.xml", "build.gradle",
     "go.mod", "Cargo.toml", "composer.json", "Gemfile", "mix.exs", "x.csproj", "x.gemspec", "libs.versions.toml"],
)  # fmt: skip
def test_no_manifest_can_hurt(path):
    """Whatever stands in a manifest is read in a moment, or refused with a reason."""
    for text in HURTFUL:
        began = time.process_time()
        _, skipped = found({path: text})
        assert time.process_time() - began < 5
        assert all(item.reason.startswith("not a readable manifest: ") for item in skipped)


def test_a_manifest_that_cannot_be_read_is_named():
    """A broken manifest costs itself alone."""
    projects, skipped = found({"package.json": "{", "web/package.json": '{"name": "web"}'})
    assert [(item.file, item.reason) for item in skipped] == [("package.json", "not a readable manifest: not JSON")]
    assert set(projects) == {("web", "node")}


@pytest.mark.parametrize("path", ["readme.txt", "docs/dev.txt", "my_setup.py", "package-lock.json"])
def test_other_files_are_no_manifests(path):
    """What only looks like a manifest is none."""
    assert manifest_of(path) is None


def test_unreadable_is_a_value_error():
    """Whoever catches ValueError catches what a foreign document does."""
    assert issubclass(Unreadable, ValueError)
