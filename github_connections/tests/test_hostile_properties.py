"""Properties that hold for any input: addresses, names of branches, redaction."""

import subprocess

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from github_connections.errors import InvalidRepositoryUrl
from github_connections.remote.repository_url import RepositoryName, parse_repository_url
from github_connections.serializers import _BRANCH
from qualisys.redaction import REDACTED, forms, redact

GITHUB = "https://github.com"
OWNERS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z0-9._-]{1,100}", fullmatch=True)
PIECES = st.sampled_from(
    [
        *(
            "https://",
            "http://",
            "git@",
            "github.com",
            "GitHub.com",
            "evil.example",
            "/",
            "//",
            ":",
            "@",
            "#",
            "?",
            "\\",
        ),
        *("..", ".", "o", "r", ".git", "%2e", "%2f", "\n", "\t", "\0", "\u202e", "ſ", "K", "\uff0f", " ", "-", "443"),
    ]
)
NEAR_ADDRESSES = st.lists(PIECES, max_size=12).map("".join)
ANY_TEXT = st.text(max_size=60) | NEAR_ADDRESSES | NEAR_ADDRESSES.map("https://github.com/{}".format)
# As GitHub makes them, and as the API lets anybody type them.
TOKENS = st.from_regex(r"(ghp_|github_pat_|)[A-Za-z0-9_]{12,60}", fullmatch=True) | st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=12, max_size=80
).filter(lambda token: not set("[]") & set(token))
many = settings(
    max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def parsed(text: str) -> RepositoryName | None:
    """Return what the text is read as, if it is."""
    try:
        return parse_repository_url(text, github_url=GITHUB)
    except InvalidRepositoryUrl:
        return None


@many
@given(ANY_TEXT)
def test_accepted_address_is_of_this_github_and_climbs_nowhere(text: str) -> None:
    """Whatever is accepted names this host, holds no control character, and both its names are plain ones."""
    name = parsed(text)
    if name is None:
        return
    assert text.isascii()
    assert text.isprintable()
    host = text.removeprefix("git@").partition(":")[0] if text.startswith("git@") else text.split("/")[2]
    assert host.lower() == "github.com"
    assert {name.owner, name.name}.isdisjoint({"", ".", ".."})
    assert len(name.full_name.split("/")) == 2
    assert parsed(f"{GITHUB}/{name.full_name}.git") == name


@many
@given(OWNERS, NAMES, st.sampled_from(["https://github.com/", "http://GITHUB.com/", "git@github.com:"]))
def test_every_name_that_github_allows_comes_through(owner: str, name: str, beginning: str) -> None:
    """Put together and read again, owner and name are the same; `.` and `..` alone are refused."""
    expected = None if name in {".", ".."} else RepositoryName(owner, name)
    assert parsed(f"{beginning}{owner}/{name}.git") == expected


@many
@given(st.text(max_size=40), TOKENS, st.text(max_size=40), st.data())
def test_no_form_of_a_token_is_left(before: str, token: str, after: str, data: st.DataObject) -> None:
    """However the token is written, and whatever stands around it, it is not in the redacted text."""
    written = data.draw(st.lists(st.sampled_from(sorted(set(forms(token)))), min_size=1, max_size=3))
    redacted = redact(f"{before}{''.join(written)}{after}", token)
    assert not [form for form in forms(token) if form in redacted]
    assert REDACTED in redacted


@many
@given(st.lists(st.from_regex(r"(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}", fullmatch=True), min_size=1, max_size=3))
def test_tokens_that_nobody_named_go_even_side_by_side(tokens: list[str]) -> None:
    """Of GitHub's tokens in a row, known by their looks alone, no eight letters stay."""
    redacted = redact("".join(tokens))
    assert not [token for token in tokens if token[-8:] in redacted]


@many
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(["ghp_", "a" * 20, "://", "x:y@", "@", "Authorization: ", "bearer ", "basic ", " ", "/", "'"])
    ).map("".join),
    st.lists(TOKENS, max_size=2),
)
def test_redaction_is_done_once(text: str, tokens: list[str]) -> None:
    """Redacted text is redacted to itself, with the same secrets and with none."""
    once = redact(text, *tokens)
    assert redact(once, *tokens) == once
    assert redact(once) == once


@many
@given(st.text(st.characters(exclude_characters="@_:"), max_size=80), TOKENS)
def test_text_without_secrets_is_unchanged(text: str, token: str) -> None:
    """Where there is no token, no header and no credential, every character stays."""
    if not [form for form in forms(token) if form in text]:
        assert redact(text, token) == text


BRANCH_PIECES = st.sampled_from(
    [
        "a",
        "-",
        "/",
        ".",
        "..",
        ".lock",
        "@",
        "@{",
        "{",
        "~",
        "^",
        ":",
        "?",
        "*",
        "[",
        "]",
        "\\",
        " ",
        "\x7f",
        "\x1b",
        "ü",
        "HEAD",
    ]
)
BRANCHES = st.lists(BRANCH_PIECES, min_size=1, max_size=5).map("".join)


@settings(
    max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.lists(BRANCHES, min_size=8, max_size=8))
def test_branches_that_are_accepted_are_those_that_git_accepts(branches: list[str]) -> None:
    """The API takes for the name of a branch what git does, and nothing else (git alone takes `@{-1}` for another)."""
    for branch in branches:
        checked = subprocess.run(
            ["git", "check-ref-format", "--branch", branch], capture_output=True, check=False, cwd="/"
        )
        allowed = checked.returncode == 0 and checked.stdout.decode().rstrip("\n") == branch
        assert bool(_BRANCH.fullmatch(branch)) == allowed, branch
