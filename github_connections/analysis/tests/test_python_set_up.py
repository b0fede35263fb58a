"""Of which long functions of Python the bodies are read."""

import pytest

from github_connections.analysis.syntax.python_set_up import is_between, places


def matters(said: str) -> bool:
    source = f"before(app)\n{said}\nafter(app)".encode()
    return is_between(places(source), source.index(b"\n"), source.rindex(b"\n"))


@pytest.mark.parametrize(
    "said",
    [
        "users_router.include(x)",
        "self.app.mount(x)",
        "_app.get(x)",
        "routes.append(x)",
        "add_url_rule(x)",
        "registered(x)",
        "register_all(self.app, y)",
        "f(bp)",
        "request.method",
        "req.get_json()",
        "request.query_params",
        "def inner(x):",
        "re_path(x)",
        "url(x)",
        "import_module(x)",
        "os.environ",
        'self._route_prefix = f"/a"',
        "include_auth = FastAPIUsers",
    ],
)
def test_set_up_and_what_a_view_reads(said):
    """Whatever stands before and behind."""
    assert matters(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "wrapper = mapped",
        "happy(x)",
        "the app is here",
        "pathlib.Path(x)",
        "curl(x)",
        "prerequest.args",
        "request.user",
        "environment",
        "undefined (x)",
        'prefix = "/a"',
        "self.prefix == other",
        "redirected(x)",
    ],
)
def test_business(said):
    """Words that only look so, and what stands outside."""
    assert not matters(said)
