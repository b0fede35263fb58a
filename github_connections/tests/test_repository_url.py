"""Reading owner and name out of what a person typed: the usual forms, and nothing that resembles them."""

import random
import re
from itertools import product

import pytest

from github_connections.errors import InvalidRepositoryUrl
from github_connections.remote.repository_url import RepositoryName, parse_full_name, parse_repository_url

GITHUB = "https://github.com"
BEGINNINGS = ("https://github.com/", "http://github.com/", "git@github.com:")
ENDINGS = ("", ".git", "/", ".git/")
OWNERS = ("o", "0", "octo-cat", "enterprise_user", "o" * 39)
NAMES = ("r", ".github", "r.js", "a..b", "...", "-r", "_", "R-2_d.2", "gitgit", "r" * 100)


def is_refused(text: str, github_url: str = GITHUB) -> bool:
    """Whether the text is taken for no address of a repository."""
    try:
        parse_repository_url(text, github_url=github_url)
    except InvalidRepositoryUrl:
        return True
    return False


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_usual_forms_are_read(beginning: str, ending: str) -> None:
    """Every form of address gives owner and name as they were written, whatever names GitHub allows."""
    for owner, name in product(OWNERS, NAMES):
        text = f"{beginning}{owner}/{name}{ending}"
        assert parse_repository_url(text, github_url=GITHUB) == RepositoryName(owner, name), text


def test_upper_and_lower_case_of_the_host_do_not_matter() -> None:
    """A host is the same in any case; the names keep theirs."""
    assert parse_repository_url("https://GITHUB.com/Oo/Rr", github_url=GITHUB).full_name == "Oo/Rr"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "github.com/o/r",
        "//github.com/o/r",
        "ftp://github.com/o/r",
        "file:///o/r",
        "ssh://git@github.com/o/r",
        "git://github.com/o/r",
        "ext::sh -c x",
        "javascript:alert(1)",
        "-uhttps://github.com/o/r",
        "https:/github.com/o/r",
        "https:///github.com/o/r",
        "https:\\\\github.com\\o\\r",
    ],
)
def test_other_schemes_are_refused(text: str) -> None:
    """Nothing but https, http and git@ is an address."""
    assert is_refused(text)


@pytest.mark.parametrize(
    "host",
    [
        "gitlab.com",
        "www.github.com",
        "api.github.com",
        "github.com.evil.example",
        "evil-github.com",
        "githubxcom",
        "github.comm",
        "github.com.",
        "127.0.0.1",
        "[::1]",
        "github.com:443",
        "github.com:",
        "user@github.com",
        "user:word@github.com",
        "@github.com",
        "github.com@evil.example",
        "github.com#@evil.example",
        "github.com\\@evil.example",
        # Letters of other alphabets, and those that become github.com by lower case or by IDN's rules.
        "gıthub.com",
        "gİthub.com",
        "gіthub.com",
        "githսb.com",
        "github。com",
        "github．com",
        "ｇｉｔｈｕｂ.com",
        "github.ⅽom",
        "git\u00adhub.com",
        "git\u200bhub.com",
        "xn--gthub-n4a.com",
    ],
)
def test_other_hosts_are_refused(host: str) -> None:
    """Another host is refused, however much it looks like GitHub's; so are ports and credentials."""
    assert all(is_refused(f"{scheme}{host}/o/r") for scheme in ("https://", "http://"))
    assert is_refused(f"git@{host}:o/r")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/o",
        "/o/",
        "//r",
        "/o//r",
        "//o/r",
        "/o/r//",
        "/o/r/tree/main",
        "/o/r/issues",
        "/../user",
        "/./r",
        "/o/..",
        "/o/.",
        "/o/../r",
        "/o/.git",
        "/o/..git",
        "/o/...git",
        "/o/.git/",
        "/o/%2e%2e",
        "/o/r%2fx",
        "/o/r?x=1",
        "/o/r?",
        "/o/r#x",
        "/o/r#",
        "/o/r;x",
        "/o/r:x",
        "/o/r@x",
        "/o/r\\x",
        "/-o/r",
        "/_o/r",
        "/.o/r",
        "/o.o/r",
        "/o o/r",
        "/o/r r",
        "/o/r ",
        " /o/r",
        "/o/ｒ",
        "/о/r",
        "/o/r\u00e9",
        f"/{'o' * 40}/r",
        f"/o/{'r' * 101}",
        f"/o/{'r' * 101}.git",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    """What follows the host is an owner and a name within GitHub's rules, and no word more."""
    assert is_refused(f"https://github.com{path}")
    assert is_refused(f"git@github.com:{path.removeprefix('/')}")


def test_control_characters_and_white_space_are_refused_everywhere() -> None:
    """No line break, tab or other invisible character stands anywhere in an address, its end included."""
    invisible = [*map(chr, range(0x21)), *map(chr, range(0x7F, 0xA1)), "\u2028", "\u2029", "\u202e", "\ufeff", "\ud800"]
    address = "https://github.com/o/r"
    for character in invisible:
        for position in range(len(address) + 1):
            text = address[:position] + character + address[position:]
            assert is_refused(text), repr(text)


def test_altered_address_is_refused_or_still_one_of_the_forms() -> None:
    """Ten thousand random alterations: what is accepted is a form that gives the very names it is read as."""
    chance = random.Random(20261122)  # noqa: S311  # a test that finds something must find it again
    pieces = [*"abz09AZ-_./:@?#%\\ \n\t\0", "..", ".git", "//", "%2e", "é", "ı", "。", "ｒ", "github.com", "https://"]
    plain = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
    accepted = 0
    for _ in range(10_000):
        text = chance.choice(BEGINNINGS) + "Octo-Cat/hello.world" + chance.choice(ENDINGS)
        for _ in range(chance.randint(1, 3)):
            position = chance.randint(0, len(text))
            text = text[:position] + chance.choice(pieces) + text[position + chance.randint(0, 2) :]
        if is_refused(text):
            continue
        accepted += 1
        name = parse_repository_url(text, github_url=GITHUB)
        assert plain.fullmatch(name.full_name), repr(text)
        assert text in {f"{beginning}{name.full_name}{ending}" for beginning in BEGINNINGS for ending in ENDINGS}
    assert accepted > 500


@pytest.mark.parametrize(
    ("github_url", "good", "bad"),
    [
        ("https://ghe.example.com", "https://ghe.example.com/o/r", "https://github.com/o/r"),
        ("https://ghe.example.com", "git@GHE.example.com:o/r.git", "https://ghe-example.com/o/r"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001/o/r", "http://127.0.0.1:8002/o/r"),
    ],
)
def test_host_is_the_one_of_the_installation(github_url: str, good: str, bad: str) -> None:
    """A GitHub Enterprise Server's addresses are read by its own host and port, and no other's."""
    assert parse_repository_url(good, github_url=github_url).full_name == "o/r"
    assert is_refused(bad, github_url)


def test_refusal_says_what_to_write() -> None:
    """The message shows the form, and does not repeat what was typed: a token may have stood in it."""
    with pytest.raises(InvalidRepositoryUrl) as refused:
        parse_repository_url("https://secret@github.com/o/r", github_url=GITHUB)
    assert "https://github.com/owner/name" in refused.value.message
    assert "secret" not in f"{refused.value.message}{refused.value.details}"


@pytest.mark.parametrize("text", ["o/r", "Octo-Cat/.github", "o/a..b"])
def test_full_name_is_read(text: str) -> None:
    """What GitHub calls owner/name is read as it stands."""
    assert parse_full_name(text).full_name == text


@pytest.mark.parametrize("text", ["", "o", "o/", "/r", "o/r/x", "o/..", "o/.", "../r", "o/r\n", "o/r ", "o/é", " o/r"])
def test_full_name_that_is_none_is_refused(text: str) -> None:
    """What GitHub answers is no more trusted than what a person types."""
    with pytest.raises(ValueError, match="not a repository's full name"):
        parse_full_name(text)
