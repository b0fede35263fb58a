"""A deployment with a missing or dangerous value does not start, and says which one it is."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

KEY = Fernet.generate_key().decode()
GOOD = {
    "SECRET_KEY": "a key for a test",
    "GITHUB_TOKEN_ENCRYPTION_KEY": KEY,
    "DATABASE_URL": "postgresql://qualisys@db.example/qualisys",
    "REDIS_URL": "redis://redis.example",
}


def run(program: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run a Python program in an environment of the good values and these changes, and of nothing else."""
    chosen = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "qualisys.settings", **chosen},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    return run("import qualisys.settings", **changes)


def test_with_the_required_values_it_starts() -> None:
    """The four values without a default are enough."""
    assert start().returncode == 0, start().stderr


@pytest.mark.parametrize(("name", "value"), [*((name, None) for name in GOOD), ("SECRET_KEY", "")])
def test_without_a_required_value_it_does_not_start(name: str, value: str | None) -> None:
    """A secret or an address that is missing, or empty, is named, together with what to do about it."""
    ended = start(**{name: value})
    assert ended.returncode != 0
    assert f"ImproperlyConfigured: {name} is not set." in ended.stderr


@pytest.mark.parametrize(
    "key",
    ["not a key", "c2hvcnQ=", f"{KEY},not a key", f"{KEY},"],
    ids=["no key", "too short", "no key after one", "nothing after one"],
)
def test_a_bad_encryption_key_is_refused(key: str) -> None:
    """Every one of the keys must be a Fernet key; a bad one is not repeated in the message."""
    ended = start(GITHUB_TOKEN_ENCRYPTION_KEY=key)
    assert ended.returncode != 0
    assert "ImproperlyConfigured: GITHUB_TOKEN_ENCRYPTION_KEY holds something that is not a Fernet key." in ended.stderr
    assert key not in ended.stderr


def test_several_encryption_keys_are_read_in_their_order() -> None:
    """For a rotation the new key stands first and the old one second, with or without a space between."""
    new, old = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    program = "from django.conf import settings; print(*settings.GITHUB_TOKEN_ENCRYPTION_KEYS)"
    assert run(program, GITHUB_TOKEN_ENCRYPTION_KEY=f"{new}, {old}").stdout.split() == [new, old]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("GITHUB_URL", "http://github.example"),
        ("GITHUB_API_URL", "http://github.example"),
        ("GITHUB_CLONE_URL", "http://github.example"),
        ("GITHUB_API_URL", "http://127.0.0.1.github.example"),
        ("GITHUB_API_URL", "http://localhost@github.example"),
        ("GITHUB_API_URL", "ftp://localhost"),
    ],
)
def test_a_token_never_crosses_the_network_in_clear(name: str, url: str) -> None:
    """Plain http towards another machine is refused, for each of GitHub's addresses."""
    ended = start(**{name: url})
    assert ended.returncode != 0
    assert f"ImproperlyConfigured: {name} must be an https:// URL" in ended.stderr


@pytest.mark.parametrize("url", ["https://github.example", "http://127.0.0.1:8080", "http://localhost:8080/"])
def test_https_and_this_machine_are_allowed(url: str) -> None:
    """A GitHub Enterprise Server and a loopback stand-in may take GitHub's place."""
    ended = run("from django.conf import settings; print(settings.GITHUB_API_URL)", GITHUB_API_URL=url)
    assert ended.stdout.strip() == url.rstrip("/"), ended.stderr


def test_without_a_word_it_is_a_production() -> None:
    """Nothing but the required values means no DEBUG, cookies over https alone, and https everywhere."""
    names = ["DEBUG", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]
    program = f"from django.conf import settings; print(*[getattr(settings, name) for name in {names}])"
    assert run(program).stdout.split() == ["False", "True", "True", "True"]


@pytest.mark.parametrize("debug", ["true", "false"])
def test_no_handler_writes_what_is_not_redacted(debug: str) -> None:
    """Every handler of every logger goes through the redaction, Django's own among them."""
    program = """
import django, logging
django.setup()
loggers = [logging.root, *logging.root.manager.loggerDict.values()]
handlers = [(logger.name, handler) for logger in loggers for handler in getattr(logger, "handlers", [])]
for name, handler in handlers:
    if not isinstance(handler, logging.NullHandler):
        print(name, *[type(each).__name__ for each in handler.filters])
"""
    ended = run(program, DEBUG=debug)
    assert ended.stdout.splitlines() == ["root ContextFilter RedactingFilter"], ended.stderr
