"""Telling git's failures apart: what git 2.39 prints, and what a person is told of it."""

import pytest

from github_connections.remote.git_failures import clone_failure
from github_connections.tests.connection_api import assert_is_a_sentence

ACCESS = "fatal: unable to access 'https://github.com/o/{name}.git/': "
RETURNED = ACCESS + "The requested URL returned error: "
FOR_GOOD = {
    "MISSING_PERMISSION": [
        RETURNED + "403",
        "remote: Write access to repository not granted.\n" + RETURNED + "403",
    ],
    "INVALID_TOKEN": [
        RETURNED + "401",
        "fatal: Authentication failed for 'https://github.com/o/{name}.git/'",
        "remote: Invalid username or token. Password authentication is not supported for Git operations.",
        "fatal: could not read Password for 'https://x-access-token@github.com': terminal prompts disabled",
    ],
    "BRANCH_NOT_FOUND": [
        "warning: Could not find remote branch gone to clone.\nfatal: Remote branch gone not found in upstream origin",
        "fatal: Remote branch ssl-timeout not found in upstream origin",
    ],
    "REPOSITORY_NOT_FOUND": [
        RETURNED + "404",
        "remote: Repository not found.\nfatal: repository 'https://github.com/o/{name}.git/' not found",
    ],
    "REPOSITORY_MOVED": [RETURNED + "301", RETURNED + "302", RETURNED + "307", RETURNED + "308"],
    "REPOSITORY_TOO_LARGE": [
        "error: file write error: File too large\nfatal: fetch-pack: invalid index-pack output",
        "error: index-pack died of signal 25\nfatal: fetch-pack: invalid index-pack output",
    ],
    "REPOSITORY_UNSAFE": [
        "error: object 1f2e: hasDotgit: contains '.git'\nfatal: fsck error in packed object\n"
        "fatal: fetch-pack: invalid index-pack output",
        "error: invalid path '.git/config'\nfatal: unable to checkout working tree",
        "error: invalid path 'redirect/COM1'",
        "fatal: bad object HEAD",
    ],
    "GIT_FAILED": [
        RETURNED + "451",
        "fatal: something that no version of git has said before",
        "",
    ],
}
PASSING = {
    "NETWORK": [
        RETURNED + "429",
        RETURNED + "500",
        RETURNED + "503",
        ACCESS + "Could not resolve host: github.com",
        ACCESS + "Failed to connect to github.com port 443 after 1 ms: Couldn't connect to server",
        ACCESS + "gnutls_handshake() failed: An unexpected TLS packet was received.",
        ACCESS + "OpenSSL SSL_read: Connection reset by peer, errno 104",
        ACCESS + "Operation too slow. Less than 1000 bytes/sec transferred the last 60 seconds",
        ACCESS + "Connection timed out after 300000 milliseconds",
        ACCESS + "Empty reply from server",
        "error: RPC failed; curl 18 transfer closed with outstanding read data remaining",
        "fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF",
        "fatal: the remote end hung up unexpectedly",
        "fatal: pack has bad object at offset 12: inflate returned -3\nfatal: fetch-pack: invalid index-pack output",
    ],
    "DISK_FULL": [
        "error: file write error: No space left on device\nfatal: fetch-pack: invalid index-pack output",
        "fatal: cannot create directory at 'a': Disk quota exceeded",
    ],
}
# Names in which a careless look finds another failure than the one that happened.
NAMES = ["r", "redirect", "timeout", "ssl-tls", "not-found", "returned-error-403"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", [*FOR_GOOD, *PASSING])
def test_failure_is_known_by_gits_words(code: str, name: str) -> None:
    """Each failure has its code and is tried again only where time may help, whatever the repository is called."""
    for printed in {**FOR_GOOD, **PASSING}[code]:
        failure = clone_failure(printed.format(name=name))
        assert (failure.code, failure.transient) == (code, code in PASSING), printed


@pytest.mark.parametrize("code", [*FOR_GOOD, *PASSING])
def test_person_is_told_in_a_sentence(code: str) -> None:
    """What is stored with the connection says what happened, in the service's words where it knows them."""
    message = clone_failure({**FOR_GOOD, **PASSING}[code][0].format(name="r")).message
    if code == "GIT_FAILED":
        assert message.startswith("git could not clone the repository: fatal: unable to access")
    else:
        assert_is_a_sentence(message.replace("git ", "Git ", 1))


def test_failure_of_no_known_kind_is_told_by_gits_last_line() -> None:
    """The last line is the one that counts, and no more of it is kept than a person reads."""
    failure = clone_failure("hint: this way\nfatal: " + "x" * 1000 + "\n\n")
    assert failure.message.startswith("git could not clone the repository: fatal: xxx")
    assert len(failure.message) < 350


def test_silence_is_a_failure_too() -> None:
    """Where git printed nothing, that is said."""
    assert clone_failure("\n").message == "git could not clone the repository: it printed nothing"


def test_death_by_a_signal_is_told() -> None:
    """git that was killed says nothing itself: its status says which signal it was."""
    assert clone_failure("Cloning into 'x'...", status=-25).code == "REPOSITORY_TOO_LARGE"
    assert clone_failure("Cloning into 'x'...", status=-11).message.endswith("fatal: git died of signal 11")


def test_checkout_fails_by_what_it_can_alone() -> None:
    """After the fetch, names in git's complaints cannot pass for a failure of the network or of the token."""
    end = "\nwarning: Clone succeeded, but checkout failed.\n"
    for said in ("returned error: 403", "early EOF", "Connection timed out"):
        assert clone_failure(f"error: cannot stat 'x\nfatal: {said}'{end}").code == "REPOSITORY_UNSAFE"
    assert clone_failure(f"error: unable to create file x: No space left on device{end}").code == "DISK_FULL"
    assert clone_failure(f"fatal: Out of memory, malloc failed{end}").code == "REPOSITORY_TOO_LARGE"


def test_last_word_is_an_error_before_others_and_holds_no_control_character() -> None:
    """What is stored can be shown, even where it came from somebody else's server."""
    message = clone_failure("fatal: \x1b[31mnew\x07\nremote: and then\x1b[0m").message
    assert message == "git could not clone the repository: fatal: [31mnew"
