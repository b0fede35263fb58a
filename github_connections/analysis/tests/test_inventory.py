"""What a checkout holds: which files are read, which are of tests, which are left out and why."""

import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from github_connections.analysis.inventory import shown, take
from github_connections.analysis.limits import Limits
from github_connections.analysis.placement import reason_not_to_parse
from github_connections.analysis.tests.trees import inventory_of, make_tree, reasons


def paths(sources) -> list[str]:
    return [source.path for source in sources]


@pytest.mark.parametrize(
    "path",
    [
        "src/vendor/vendor.controller.ts",  # the code about vendors
        "vendor/views.py",
        "app/build/route.ts",
        "src/target/Target.java",
        "src/env/settings.py",
        "public/index.php",
        "lib/app_web/router.ex",
        "src/features/cart/Cart.tsx",
        "latest.py",
        "contest/views.py",
        "testimonials/urls.py",
        "Acme.Test.Api/Program.cs",
        "src/main/java/shop/test/TestController.java",
        "src/main/java/shop/LoadTest.java",
        "app/attestation.rb",
    ],
)
def test_code_is_read(tmp_path, path):
    """A name that only sounds like something else's costs no file its place."""
    inventory = inventory_of(tmp_path, {path: "x", "package.json": "{}"})
    assert paths(inventory.sources) == [path]


@pytest.mark.parametrize(
    "path",
    [
        "test_api.py", "api/users_test.go", "src/users.spec.ts", "src/App.test.tsx", "src/Button.stories.tsx",
        "spec/users_spec.rb", "src/test/java/shop/ShopIT.java", "tests/unit/users.py", "src/__tests__/a.js",
        "cypress/support/commands.js", "e2e/login.ts", "conftest.py", "app/tests.py", "Acme.Api.Tests/Users.cs",
        "Acme.UnitTests/Users.cs", "tests/Feature/UsersTest.php", "test/shop_web/user_controller_test.exs",
        "UserTests.cs", "src/test/Helper.java", "api/app.e2e-spec.ts", "src/ui/Card.stories.svelte",
        "src/ui/Holder.test.svelte",
    ],
)  # fmt: skip
def test_tests_are_kept_apart(tmp_path, path):
    """A test is no source, and is counted."""
    inventory = inventory_of(tmp_path, {path: "x"})
    assert (paths(inventory.sources), paths(inventory.tests)) == ([], [path])
    assert inventory.languages()


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("web/node_modules/express/index.js", ""),
        ("vendor/github.com/x/y.go", "go.mod"),
        ("vendor/laravel/x.php", "composer.json"),
        ("vendor/bundle/x.rb", "Gemfile"),
        ("my-env/lib/x.py", "my-env/pyvenv.cfg"),
        (".venv/x.py", ""),
        ("env/lib/python3.11/site-packages/x.py", ""),
        ("dist/main.js", "package.json"),
        ("service/target/X.java", "service/pom.xml"),
        ("api/obj/X.cs", "api/Api.csproj"),
        ("deps/phoenix/x.ex", "mix.exs"),
        ("static/vendor/jquery.js", ""),
        ("Api/wwwroot/lib/x.js", ""),
        ("third_party/x.py", ""),
        ("app.egg-info/x.py", ""),
    ],
)
def test_other_peoples_code_is_one_row(tmp_path, path, beside):
    """A vendored or built directory is not entered, and is named once."""
    files = {path: "x", f"{path}2/{Path(path).name}": "x"}
    inventory = inventory_of(tmp_path, {**files, **({beside: ""} if beside else {})})
    assert set(paths(inventory.sources)) <= {beside}
    assert len(inventory.skipped) == 1
    assert path.startswith(inventory.skipped[0].file)
    assert inventory.skipped[0].file.endswith("/")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("static/app.min.js", "a bundle"),
        ("static/chunk-0a1b2c3d4e.js", "a bundle"),
        ("ui/assets/button-CpNVrl_w.js", "a bundle"),
        ("client/chunks/index.common-CezBUDYT.js", "a bundle"),
        ("api/users_pb2.py", "generated"),
        ("Forms/Main.Designer.cs", "generated"),
        ("big.py", "larger than 100 bytes"),
    ],
)
def test_what_nobody_wrote_is_skipped_with_the_reason(tmp_path, path, reason):
    """A file that is left out is named with why."""
    inventory = inventory_of(tmp_path, {path: "x" * 200}, bytes_per_file=100)
    assert reasons(inventory) == {path: reason}
    assert inventory.sources == []


@pytest.mark.parametrize(
    "path",
    [
        "src/assets/user-settings.js",
        "assets/controllers/cart-item.js",
        "assets/user-routesV2.js",
        "ui/button-CpNVrl_w.js",
    ],
)
def test_words_that_are_as_long_as_a_hash(tmp_path, path):
    """A name of words is source, also among assets."""
    assert [source.path for source in inventory_of(tmp_path, {path: "x"}).sources] == [path]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("/******/ (() => { // webpackBootstrap\n/******/ \t'use strict';", "a bundle"),
        ("(function e(t,n,r){})({1:[function(require,module,exports){\n'use strict';", "a bundle"),
        ("// modules are defined as an array\n// [ module function, map of requires ]\n", "a bundle"),
        ('const a={};e.b=Object.freeze(Object.defineProperty({c:a},Symbol.toStringTag,{value:"Module"}));', "a bundle"),
        ('Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });', ""),
        ("const name = 'webpackBootstrap';\ndefine(['a'], function(require,module,exports){ });", ""),
        ("a\0b", "binary"),
        ("x = 1;" * 1_000, "minified or generated: a line nobody wrote"),
        ("x = 1;\n" * 1_000, ""),
        (f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 1_000}" />', ""),
    ],
)
def test_what_nobody_wrote_is_seen_by_its_bytes(content, reason):
    """Whatever their names, bundles and minified files are no source."""
    assert reason_not_to_parse(content.encode()) == reason


def test_languages_are_counted_by_bytes(tmp_path):
    """Languages that are not read count too, declarations and both kinds of TypeScript are one, bundles are none."""
    sizes = {"a.ts": 50, "b.tsx": 30, "c.d.ts": 20, "d.css": 60, "e.sql": 40, "f.min.js": 900}
    files = {path: "x" * size for path, size in sizes.items()}
    inventory = inventory_of(tmp_path, files)
    rows = [(row.name, row.files, row.bytes, row.share) for row in inventory.languages()]
    assert rows == [("typescript", 3, 100, 0.5), ("css", 1, 60, 0.3), ("sql", 1, 40, 0.2)]
    assert "c.d.ts" in inventory.others


def test_what_lies_among_the_tests_is_nobodys_page(tmp_path):
    """Pages, schemas and manifests below a directory of tests are kept apart, whatever language they are in."""
    files = {"tests/shop/src/pages/index.astro": "x", "tests/shop/package.json": "{}", "src/pages/index.astro": "x"}
    inventory = inventory_of(tmp_path, files)
    assert [*inventory.others] == inventory.paths == ["src/pages/index.astro"]
    assert [*inventory.others_of_tests] == ["tests/shop/package.json", "tests/shop/src/pages/index.astro"]


def test_links_are_never_followed(tmp_path):
    """Neither a link to a file nor one to a directory leads anywhere, and both are named."""
    secret = make_tree(tmp_path / "outside", {"secret.py": "x"})
    root = make_tree(tmp_path / "inside", {"app.py": "x"})
    (root / "file.py").symlink_to(secret / "secret.py")
    (root / "directory").symlink_to(secret)
    (root / "loop").symlink_to(root)
    inventory = take(root, Limits())
    assert paths(inventory.sources) == ["app.py"]
    assert reasons(inventory) == dict.fromkeys(["directory", "file.py", "loop"], "a link")
    assert inventory.read("file.py", 100) is None
    assert inventory.read("directory/secret.py", 100) is None
    assert inventory.read("../outside/secret.py", 100) is None


def test_a_directory_that_becomes_a_link_leads_nowhere(tmp_path):
    """What is a link when a file is read is not followed, whatever it was when the files were listed."""
    secret = make_tree(tmp_path / "outside", {"app.py": "secret"})
    inventory = inventory_of(tmp_path / "inside", {"code/app.py": "x", "other.py": "x"})
    (tmp_path / "inside/code").rename(tmp_path / "inside/moved")
    (tmp_path / "inside/code").symlink_to(secret)
    assert inventory.read("other.py", 100) == b"x"
    assert inventory.read("code/app.py", 100) is None


def test_what_is_no_file_is_named_and_not_opened(tmp_path):
    """A named pipe and a socket cost nothing, also where something asks for their bytes."""
    root = make_tree(tmp_path / "r", {"app.py": "x"})
    os.mkfifo(root / "pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket.py"))
        inventory = take(root, Limits())
    assert reasons(inventory) == dict.fromkeys(["pipe.py", "socket.py"], "neither a file nor a directory")
    assert inventory.read("pipe.py", 100) is None


def test_names_are_shown_safely(tmp_path):
    """A name that is not UTF-8 or would move a terminal's cursor is skipped, and printed harmlessly."""
    root = make_tree(tmp_path / "r", {"app.py": "x", "naïve.py": "x", "a\nb.py": "x", "esc\x1b[2J/x.py": "x"})
    (root / os.fsdecode(b"\xff\xfe.py")).write_text("x")
    (root / "right\u202eyp.py").write_text("x")
    inventory = take(root, Limits())
    assert paths(inventory.sources) == ["app.py", "naïve.py"]
    assert set(reasons(inventory)) == {
        "a\\x0ab.py", "esc\\x1b[2J/", "\\xff\\xfe.py", "right\\xe2\\x80\\xaeyp.py",
    }  # fmt: skip
    assert all(name.isprintable() for name in reasons(inventory))


@pytest.mark.parametrize("name", ["caf\udce9", "\x00", "a\u2028b", "\ud800"])
def test_any_name_can_be_shown(name):
    """There is no name that makes the printing of it fail."""
    assert shown(name).isprintable()
    shown(name).encode("utf-8")


@pytest.fixture
def bottomless(tmp_path):
    """A directory for trees too deep for Python to take away."""
    place = tmp_path / "deep"
    place.mkdir()
    yield place
    subprocess.run(["rm", "-r", place], check=True)


def test_deep_trees_are_walked(bottomless):
    """A file 1,500 directories down is found and read."""
    here = os.open(bottomless, os.O_RDONLY)
    for level in range(1_500):
        os.mkdir("d", dir_fd=here)
        if level % 500 == 0:
            os.mkdir("e", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    with open("deep.py", "wb", opener=lambda name, flags: os.open(name, flags, dir_fd=here)) as file:
        file.write(b"found")
    os.close(here)
    inventory = take(bottomless, Limits())
    path = "d/" * 1_500 + "deep.py"
    assert paths(inventory.sources) == [path]
    assert inventory.read(path, 100) == b"found"


def test_a_path_beyond_the_systems_bound_is_skipped(bottomless):
    """Deeper than any path can be named, nothing is looked at, and that is said."""
    here = os.open(bottomless, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("x" * 200, dir_fd=here)
        inner = os.open("x" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    (skipped,) = take(bottomless, Limits()).skipped
    assert skipped.reason == "a path longer than 4096 characters"


def test_limits_end_the_listing_and_are_told(tmp_path):
    """More files or bytes than allowed are left out, and the report is marked."""
    inventory = inventory_of(tmp_path, {f"{number}.py": "x" * 10 for number in range(9)}, files=5)
    assert (len(inventory.sources), inventory.truncated) == (5, True)
    assert "more than 5 files; no more was looked at" in reasons(inventory).values()
    inventory = inventory_of(tmp_path, {}, bytes=35)
    assert (len(inventory.sources), inventory.truncated) == (3, True)


def test_a_directory_without_permission_is_named(tmp_path):
    """A directory that cannot be listed costs what is in it alone."""
    if os.geteuid() == 0:
        pytest.skip("root may list everything")
    root = make_tree(tmp_path, {"closed/a.py": "x", "b.py": "x"})
    (root / "closed").chmod(0)
    inventory = take(root, Limits())
    (root / "closed").chmod(stat.S_IRWXU)
    assert paths(inventory.sources) == ["b.py"]
    assert "closed/" in reasons(inventory)
