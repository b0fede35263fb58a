"""The service's settings, with one more address: a view without a database."""

from qualisys.settings import *  # noqa: F403  # all of them, as the service reads them

ROOT_URLCONF = "qualisys.dev.bench.urls"
