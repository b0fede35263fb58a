"""What is known of a file that is not parsed: never less than the file has, and enough to leave it alone."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits
from github_connections.analysis.in_process import analyze_here
from github_connections.analysis.inventory import take
from github_connections.analysis.reporting import sought
from github_connections.analysis.sketches import (
    LANGUAGES_WITHOUT_VARIABLES,
    REGISTERING_IN_PYTHON,
    Wanted,
    mentions,
    names_of,
    sketch,
)
from github_connections.analysis.syntax.languages import lowering_for
from github_connections.analysis.syntax.nodes import Class, Head, Module, bare_name
from github_connections.analysis.tests.trees import make_tree

FIXTURES = Path(__file__).parent / "fixtures"
NOTHING = Wanted()
SKETCHED = ("go", "java", "javascript", "php", "python", "ruby", "typescript")


def _sources() -> list[tuple[str, str, bytes]]:
    inventory = take(FIXTURES, Limits())
    sources = [source for source in [*inventory.sources, *inventory.tests] if source.language in SKETCHED]
    return [(source.path, source.language, inventory.read(source.path, 1 << 20) or b"") for source in sources]


SOURCES = _sources()


def lowered(language: str, content: bytes) -> tuple[Head, Module]:
    return lowering_for(language).lower(content)


def names_to_know(language: str, head: Head, module: Module) -> set[str]:
    """What a sketch must have of what a file declares."""
    if language in LANGUAGES_WITHOUT_VARIABLES:
        return {name for name in head.names if not name.startswith("$")}
    return {one.name for one in module.body if isinstance(one, Class) and one.name in head.names}


def test_there_is_much_to_try_it_on():
    """All languages of which sketches are made are among the fixtures."""
    found = [language for _, language, _ in SOURCES]
    assert all(found.count(language) > 5 for language in SKETCHED)


def assert_nothing_is_missing(language: str, content: bytes, path: str = "") -> None:
    """Declared names, in Python bases and in JavaScript imports: all are in the sketch, whatever there is too much."""
    sketched = sketch(language, content, NOTHING)
    head, module = lowered(language, content)
    assert sketched is not None
    assert names_to_know(language, head, module) <= set(sketched.names), path
    if language == "python":
        bases = {bare_name(base) for one in module.body if isinstance(one, Class) for base in one.bases}
        assert bases - {""} <= set(sketched.words), path
    if language in ("javascript", "typescript"):
        assert set(head.imports) - {""} <= set(sketched.imports), path


@pytest.mark.parametrize("language", SKETCHED)
def test_a_sketch_has_what_the_file_has(language):
    """Of every fixture, as people write them."""
    for path, _, content in (source for source in SOURCES if source[1] == language):
        assert_nothing_is_missing(language, content, path)


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("python", "class A[T: Shop](\n  Base,\n):\n  pass"),
        ("python", "class A(made(of(x)), Base): pass"),
        ("python", "class A(  # the parts:\n  B,  # that one :)\n  C):\n  pass"),
        ("python", "class Größe(Base):\r\n  pass\r\n"),
        ("python", "class \\\n  A \\\n  (Base): pass\nclass B(A['(']): pass"),
        ("python", "\ufeffclass A(Base):\n  pass"),
        ("javascript", "\ufeffclass A {}\nclass\u00a0B {}"),
        ("javascript", "import x from // why\n './a'\nrequire(/* a */ // b\n /* ** */ './b')\nrequire?.('./c')"),
        ("javascript", "(0, require)('./a')\nimport(('./b'))\nimport c from \"./it's\""),
        ("typescript", "import x = require('./a')\nrequire<X>('./b')\nnamespace C {}\nexport { d } from'./d'"),
        ("java", "\ufeffclass A {}\nsealed interface B permits C {}\n@interface D {}\nrecord E<T>(int x) {}"),
        ("php", "\ufeff<?php namespace A; Abstract Class B {}\nFUNCTION &c() {}\nInterface D {}"),
        ("php", "<?php\nConst Version = '1', prefix = '/x';\nenum A: string {}\nfinal readonly class B {}"),
        ("ruby", "class Größe < A\nend\nclass\n  B\nend\nmodule \\\n C\nend\nclass ::D\nend"),
    ],
)
def test_nothing_is_missing_however_it_is_written(language, source):
    """Comments, marks and line ends in unusual places hide nothing."""
    assert_nothing_is_missing(language, source.encode())


def test_a_module_with_an_escape_in_its_name_is_parsed_for():
    """What a sketch cannot read is read by the parser."""
    assert sketch("javascript", rb"import '.\x2fa'", NOTHING) is None


@pytest.mark.parametrize("language", SKETCHED)
def test_what_is_left_alone_has_nothing_that_is_sought(language):
    """A file of which a sketch is made has no word for which a framework would want it, and no import: or one that
    needs a sign, and no sign."""
    looked_for = sought(language)
    words = {word.decode() for word in looked_for.names.words}
    signs = {word.decode() for word in looked_for.signs.words}
    imports = tuple(module.decode() for module in looked_for.modules)
    with_signs = tuple(module.decode() for module in looked_for.modules_with_signs)
    left = [source for source in SOURCES if source[1] == language and sketch(language, source[2], looked_for)]
    assert left
    for path, _, content in left:
        head, _ = lowered(language, content)
        assert words.isdisjoint(head.words), path
        assert not [module for module in head.imports if imports and module.startswith(imports)], path
        is_near = any(module.startswith(with_signs) for module in head.imports)
        assert not is_near or signs.isdisjoint(head.words), path


@pytest.mark.parametrize(
    ("language", "source", "head"),
    [
        (
            "python",
            "class A(x.B(y), m=C[D]):\n  def b(self): ...\nC = 1",
            Head("", ["A"], [], ["A", "B", "C", "D", "m", "x", "y"]),
        ),
        (
            "ruby",
            "# the class\nmodule Shop\n class Admin::UsersController < A\nend",
            Head("", ["Admin", "Shop", "UsersController", "module"], [], []),
        ),
        ("java", "// x\npackage a.b;\n@interface A {}\nrecord B() {}", Head("", ["A", "B"], [], [])),
        (
            "php",
            "<?php namespace App\\Http;\nconst X = 1, Y = 2;\nfunction f() {}",
            Head("", ["1", "2", "X", "Y", "const", "f"], [], []),
        ),
        (
            "typescript",
            "import { A } from './a';\nexport * from \"b\"\nconst c = await import(/* later */ `./c`)\nclass D {}",
            Head("", ["D"], ["./a", "./c", "b"], []),
        ),
    ],
)
def test_what_is_read(language, source, head):
    """Names behind the words that declare them, and what stands in quotes behind an import."""
    assert sketch(language, source.encode(), NOTHING) == head


def test_what_has_a_file_parsed():
    """A whole word, the beginning of a module in quotes where a language has them; and any language not read here."""
    looked_for = Wanted(names_of({"Router", "app.get", "Get("}), (b"express",), is_script=True)
    for parsed in (
        "new Router()",
        "app\n  .get('/')",
        "this.app?.get<A>('/')",
        "@Get('/') x",
        "(0, made_1.Get)('/')",
        "require('express')",
        'import x from "express-ws"',
    ):
        assert sketch("javascript", parsed.encode(), looked_for) is None
    for left in (
        "Routers",
        "an expression",
        "apps.get('/')",
        "app.getAll('/')",
        "import './app'",
        "// Get all",
        "Gets()",
        "import './expression'",
    ):
        assert sketch("javascript", left.encode(), looked_for) is not None
    for parsed in (b"\xef\xbb\xbfRouter()", "return\u00a0Router()".encode()):
        assert sketch("javascript", parsed, looked_for) is None
    assert sketch("rust", b"", looked_for) is None


def test_a_module_is_found_behind_what_may_stand_before_its_quotes():
    """Comments of a few lines, with stars in them."""
    wanted = Wanted(modules=(b"express",), is_script=True)
    between = ("", " ", "/* */", " /**\n * the * router\n **/ ", "\r\n// of theirs\r\n", "/* a *//* b */ /***/")
    for comment in between:
        assert sketch("javascript", f"import {{ Router }} from{comment}'express';".encode(), wanted) is None, comment


def test_a_module_that_counts_beside_a_sign_alone():
    """Most of what imports a library adds nothing by itself."""
    looked_for = Wanted(modules_with_signs=(b"flask",), signs=names_of({"@get", "route(", "add_url"}))
    imported = "from flask import request\n"
    for parsed in ("@shop.users.get('/')", "@ shop.get('/')", "users.route ('/')", "users.add_url"):
        assert sketch("python", f"{imported}{parsed}".encode(), looked_for) is None
        assert sketch("python", parsed.encode(), looked_for) is not None
    for left in ("request.args.get('a')", "@shop.getter", "the route"):
        assert sketch("python", f"{imported}{left}".encode(), looked_for) is not None


def test_a_module_that_counts_beside_what_registers():
    """By functions of the program's own, that are given a path."""
    looked_for = Wanted(modules_with_signs=(b"flask",), registering=REGISTERING_IN_PYTHON)
    imported = "from flask import request\n"
    for parsed in (
        "@shop.endpoint(\n    '/users')",
        "@endpoint(method='GET', path=f'{BASE}/users')",
        "\nendpoint('/users', users)",
        "for path, view in TABLE:\n    add(path, view)",
        "if DEBUG:\n    users = endpoint('/users')(users)",
    ):
        assert sketch("python", f"{imported}{parsed}".encode(), looked_for) is None
        assert sketch("python", parsed.encode(), looked_for) is not None
    for left in ("@cached(60)", "def test():\n    client.get('/users')", "BASE = '/users'", "users = [a for a in b]"):
        assert sketch("python", f"{imported}{left}".encode(), looked_for) is not None


def test_mentions():
    """A word is found as a whole word only."""
    assert mentions("a.Überraschung(b$c)".encode(), {"Überraschung"})
    assert mentions(b"a.b$c", {"x", "b$c"})
    assert not mentions(b"abc", {"b"})


# --- in an analysis -------------------------------------------------------------------------------------------------

SHOP = {
    "pom.xml": "<project><artifactId>shop</artifactId></project>",
    "src/shop/Orders.java": """package shop;
import org.springframework.web.bind.annotation.*;
import shop.model.Order;
@RestController @RequestMapping(Paths.ORDERS)
class Orders { @PostMapping Order place(@RequestBody Order order) { return order; } }
""",
    "src/shop/Paths.java": 'package shop;\nclass Paths { static final String ORDERS = "/orders"; }',
    "src/shop/model/Order.java": "package shop.model;\npublic class Order { Long id; Line[] lines; }",
    "src/shop/model/Line.java": "package shop.model;\nclass Line { int count; }",
    "src/shop/Unrelated.java": "package shop;\nclass Unrelated { int count; }",
}


def test_files_are_parsed_when_they_are_needed(tmp_path):
    """A constant, a model and what the model names are found where they are; what nobody needs is read alone."""
    report = analyze_here(make_tree(tmp_path, SHOP), Limits(processes=1))
    assert [(route.method, route.path) for route in report.routes] == [("POST", "/orders")]
    assert [model.name for model in report.models] == ["Line", "Order"]
    assert (report.limits.files_read, report.limits.files_parsed) == (5, 4)


def test_settings_are_found_wherever_they_stand(tmp_path):
    """The urlconf of the public schema may be all that a file of settings names."""
    urls = "from django.urls import path\nfrom . import views\nurlpatterns = [path('{0}', views.{0})]"
    files = {
        "requirements.txt": "django\ndjango-tenants",
        "shop/settings/base.py": "INSTALLED_APPS = []\nROOT_URLCONF = 'shop.urls'",
        "shop/settings/tenants.py": "PUBLIC_SCHEMA_URLCONF = 'shop.public'",
        "shop/urls.py": urls.format("orders"),
        "shop/public.py": urls.format("prices"),
    }
    report = analyze_here(make_tree(tmp_path, files), Limits(processes=1))
    assert [route.path for route in report.routes] == ["/orders", "/prices"]


def test_a_file_that_is_gone_when_it_is_needed_is_named(tmp_path):
    """What cannot be read any more has nothing in it, and the report says so."""
    make_tree(tmp_path, SHOP)

    def lose(stage: str, _done: int, _total: int) -> None:
        if stage == "linking":
            (tmp_path / "src/shop/Paths.java").unlink()

    report = analyze_here(tmp_path, Limits(processes=1), progress=lose)
    assert [(skipped.file, skipped.reason) for skipped in report.limits.skipped] == [
        ("src/shop/Paths.java", "could not be read")
    ]
    assert [route.path for route in report.routes] == ["/{?org.springframework.web.bind.annotation.Paths.ORDERS}"]
