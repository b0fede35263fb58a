"""A pytest plugin: a PostgreSQL and a Redis for this run alone, and a directory for its clones."""

import os
from contextlib import ExitStack

import pytest

from qualisys.dev.throwaway import throwaway_postgres, throwaway_redis

_CLEANUP = ExitStack()
# What a person has in her environment must not change what the tests prove.
_UNTHROTTLED = {
    f"{what}_PER_HOUR{whom}": "1000000"
    for what in ("API_REQUESTS", "TOKEN_ATTEMPTS")
    for whom in ("_PER_USER", "_PER_TENANT")
} | {"LOG_IN_ATTEMPTS_PER_HOUR": "1000000"}
_OURS = (
    "METRICS_",
    "PROMETHEUS_",
    "HEARTBEAT_",
    "GITHUB_",
    "CLONE_",
    "REPOSITORY_",
    "ALLOWED_HOSTS",
    "PUBLIC_HOST",
    "DEBUG",
)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the servers before pytest-django reads the settings."""
    # pytest-xdist's workers share their parent's PostgreSQL, each with a database of its own.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _forget_the_persons_settings()
        os.environ |= {**_CLEANUP.enter_context(throwaway_postgres()), "HTTPS_ONLY": "false", **_UNTHROTTLED}
    os.environ |= _CLEANUP.enter_context(throwaway_redis())


def pytest_unconfigure() -> None:
    """Stop the servers; nothing of them stays behind."""
    _CLEANUP.close()


def _forget_the_persons_settings() -> None:
    for name in list(os.environ):
        if name.startswith(_OURS):
            del os.environ[name]
