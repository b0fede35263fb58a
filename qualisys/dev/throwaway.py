"""Servers and secrets for one command or one run of the tests, of which nothing stays."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qualisys.dev.development_secrets import new_secrets
from qualisys.dev.embedded_postgres import EmbeddedPostgres
from qualisys.dev.embedded_redis import EmbeddedRedis


@contextmanager
def throwaway_environment() -> Iterator[dict[str, str]]:
    """Yield everything the settings require, as environment variables."""
    with throwaway_postgres() as database, throwaway_redis() as more:
        yield {**database, **more}


@contextmanager
def throwaway_postgres() -> Iterator[dict[str, str]]:
    """Yield the settings of a database, and secrets to go with it."""
    secrets = new_secrets()
    with (
        tempfile.TemporaryDirectory(prefix="qualisys-") as place,
        EmbeddedPostgres(Path(place, "postgres"), durable=False, keep=False) as postgres,
    ):
        yield {
            "DATABASE_URL": postgres.url,
            "SECRET_KEY": secrets.secret_key,
            "GITHUB_TOKEN_ENCRYPTION_KEY": secrets.encryption_key,
        }


@contextmanager
def throwaway_redis() -> Iterator[dict[str, str]]:
    """Yield the settings of a broker, and a directory for clones."""
    with (
        tempfile.TemporaryDirectory(prefix="qualisys-") as place,
        EmbeddedRedis(Path(place, "redis"), durable=False, keep=False) as redis,
    ):
        clones = Path(place, "clones")
        clones.mkdir()
        yield {"REDIS_URL": redis.url, "CLONE_ROOT": str(clones)}
