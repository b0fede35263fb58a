"""A pytest plugin: a PostgreSQL and a Redis for this run alone, and a directory for its clones."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from qualisys.dev.development_secrets import new_secrets
from qualisys.dev.embedded_postgres import EmbeddedPostgres
from qualisys.dev.embedded_redis import EmbeddedRedis

_CLEANUP = ExitStack()
# What a person has in her environment must not change what the tests prove.
_OURS = ("GITHUB_", "CLONE_", "REPOSITORY_", "ALLOWED_HOSTS", "PUBLIC_HOST", "HTTPS_ONLY", "DEBUG")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the servers before pytest-django reads the settings."""
    place = Path(_CLEANUP.enter_context(tempfile.TemporaryDirectory(prefix="qualisys-test-")))
    # pytest-xdist's workers share their parent's PostgreSQL, each with a database of its own.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _forget_the_persons_settings()
        postgres = EmbeddedPostgres(place / "postgres", durable=False, keep=False)
        secrets = new_secrets()
        os.environ |= {
            "DATABASE_URL": _CLEANUP.enter_context(postgres).url,
            "SECRET_KEY": secrets.secret_key,
            "GITHUB_TOKEN_ENCRYPTION_KEY": secrets.encryption_key,
            "HTTPS_ONLY": "false",
        }
    redis = EmbeddedRedis(place / "redis", durable=False, keep=False)
    os.environ |= {
        "REDIS_URL": _CLEANUP.enter_context(redis).url,
        "CLONE_ROOT": str(place / "clones"),
    }


def pytest_unconfigure() -> None:
    """Stop the servers; nothing of them stays behind."""
    _CLEANUP.close()


def _forget_the_persons_settings() -> None:
    for name in list(os.environ):
        if name.startswith(_OURS):
            del os.environ[name]
