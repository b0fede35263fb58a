"""Secrets do not get into logs and messages."""

import base64
import io
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from qualisys.redaction import REDACTED, RedactingFilter, redact

# Of a form that no pattern knows, so that only its value can give it away.
SECRET = "S3cret/+ with spaces:and ümläuts"
# Of GitHub's form, and good for nothing.
TOKEN = "ghp_" + "0123456789abcdefghijABCDEFGHIJ012345"


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET, safe=""),
        in_base64(SECRET),
        in_base64(SECRET).rstrip("="),
        in_base64(f"x-access-token:{SECRET}"),
        in_base64(f"x-oauth-basic:{SECRET}"),
        in_base64(f"{SECRET}:"),
    ],
)
def test_a_known_secret_is_found_in_every_form(written: str) -> None:
    """A token is redacted as it stands, URL-quoted, and in base64 as git and HTTP send it."""
    text = redact(f"fatal: could not read {written} twice: {written}", SECRET)

    assert written.rstrip("=") not in text
    assert text.count(REDACTED) == 2
    assert text.startswith("fatal: could not read ")


def test_several_secrets_are_found_and_an_empty_one_is_none() -> None:
    """Two secrets in one text both go, and a missing one does not redact everything."""
    assert redact("one two three", "one", "", "three") == f"{REDACTED} two {REDACTED}"


@pytest.mark.parametrize("prefix", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_11ABC_"])
def test_every_kind_of_github_token_is_known_by_its_looks(prefix: str) -> None:
    """A token that nobody named is redacted all the same."""
    token = prefix + "a1B2" * 9
    assert redact(f"using '{token}'.") == f"using '{REDACTED}'."


@pytest.mark.parametrize(
    "secret",
    [
        "qat_" + "a1B2" * 10,
        "whsec_" + base64.b64encode(bytes(range(256))[250:] * 5).decode(),
        "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiMSIsImV4cCI6MX0.a-B_c3" + "a1B2" * 9,
    ],
    ids=["API token", "webhook's secret", "access token"],
)
def test_our_own_secrets_are_known_by_their_looks(secret: str) -> None:
    """What this service gives out to be kept secret is redacted wherever it is written, without a header before it."""
    assert redact(f"using '{secret}'.") == f"using '{REDACTED}'."


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("clone https://o:hidden@github.com/o/r", f"clone https://{REDACTED}@github.com/o/r"),
        ("clone https://hidden@github.com/o/r", f"clone https://{REDACTED}@github.com/o/r"),
        ("redis://:hidden@localhost:6379/0", f"redis://{REDACTED}@localhost:6379/0"),
        ("Authorization: Basic aGlkZGVu==", f"Authorization: {REDACTED}"),
        ("authorization: bearer hidden.hidden", f"authorization: {REDACTED}"),
        ("AUTHORIZATION: token hidden", f"AUTHORIZATION: {REDACTED}"),
        ("{'Authorization': 'Bearer hidden'}", f"{{'Authorization': '{REDACTED}'}}"),
        ("authorization=basic hidden, x", f"authorization={REDACTED} x"),
    ],
)
def test_credentials_are_known_by_where_they_stand(text: str, redacted: str) -> None:
    """A URL's user and password and an Authorization header go, and what stands around them stays."""
    assert redact(text) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "Cloning into '/srv/clones/1234'...",
        "https://github.com/o/r is not found; write to support@example.com",
        "the branch ghp_short does not exist",
        "the authorization was refused",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """A message that holds no secret reaches the person as it was written."""
    assert redact(text) == text


@pytest.fixture(params=sorted(settings.LOGGING["formatters"]))
def log(request: pytest.FixtureRequest) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger that writes into a text, through the filter and each format of the settings."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(import_string(settings.LOGGING["formatters"][request.param]["()"])())
    handler.addFilter(RedactingFilter())
    logger = logging.getLogger("qualisys.tests.redaction")
    logger.addHandler(handler)
    yield logger, written
    logger.removeHandler(handler)


Log = tuple[logging.Logger, io.StringIO]


def test_the_filter_redacts_arguments(log: Log) -> None:
    """A token that comes as an argument of a message does not get into the log."""
    logger, written = log
    logger.warning("cannot clone %s with %s", "o/r", {"token": TOKEN})
    assert "cannot clone o/r with" in written.getvalue()
    assert TOKEN not in written.getvalue()


def fail_because_of(cause: Exception) -> None:
    raise RuntimeError("then https://hidden@github.com") from cause


def test_the_filter_redacts_tracebacks(log: Log) -> None:
    """A token in an exception's text, or in that of its cause, does not get into the log."""
    logger, written = log
    try:
        fail_because_of(ValueError(f"first {TOKEN}"))
    except RuntimeError:
        logger.exception("failed")
    text = written.getvalue().replace("\\n", "\n")  # one line in JSON
    assert "Traceback" in text
    assert f"ValueError: first {REDACTED}\n" in text
    assert f"RuntimeError: then https://{REDACTED}@github.com" in text


def test_a_mistaken_log_call_is_written_and_breaks_nothing(log: Log) -> None:
    """Arguments that do not fit their message are written beside it, redacted."""
    logger, written = log
    logger.warning("%d clones", TOKEN)
    assert "%d clones" in written.getvalue()
    assert TOKEN not in written.getvalue()


@pytest.mark.parametrize("text", ["GHP_" + "a" * 20, "GitHub_PAT_" + "b" * 20, "gıthub_pat_" + "c" * 20])
def test_a_token_in_other_letters_is_found(text: str) -> None:
    """Capitals, and letters that are the same without regard to case, do not hide a token."""
    assert redact(text) == REDACTED
