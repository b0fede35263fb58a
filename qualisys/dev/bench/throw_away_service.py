"""Servers and settings that a benchmark has for itself and that leave nothing behind."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from qualisys.dev.development_secrets import new_secrets
from qualisys.dev.embedded_postgres import EmbeddedPostgres
from qualisys.dev.embedded_redis import EmbeddedRedis

# Unlike /tmp it is on a disk everywhere: what lies there outlives a restart.
_ON_DISK = "/var/tmp"  # noqa: S108  # a new private directory is made in it


@contextmanager
def throw_away_service() -> Iterator[Path]:
    """Yield a directory on disk for the benchmark's files, with this process's settings naming servers of its own.

    The servers write to disk as they would in earnest. Enter it before Django reads its settings.
    """
    with ExitStack() as cleanup:
        place = Path(cleanup.enter_context(TemporaryDirectory(prefix="qualisys-bench-", dir=_ON_DISK)))
        postgres = EmbeddedPostgres(place / "postgres", durable=True, keep=False)
        redis = EmbeddedRedis(place / "redis", durable=True, keep=False)
        secrets = new_secrets()
        clones = place / "clones"
        clones.mkdir()
        os.environ |= {
            "DATABASE_URL": cleanup.enter_context(postgres).url,
            "REDIS_URL": cleanup.enter_context(redis).url,
            "SECRET_KEY": secrets.secret_key,
            "GITHUB_TOKEN_ENCRYPTION_KEY": secrets.encryption_key,
            "DEBUG": "false",
            "HTTPS_ONLY": "false",
            "LOG_LEVEL": "ERROR",
            "CLONE_ROOT": str(clones),
            "API_REQUESTS_PER_HOUR_PER_USER": "1000000000",
            "API_REQUESTS_PER_HOUR_PER_TENANT": "1000000000",
        }
        yield place
