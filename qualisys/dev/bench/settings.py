"""The service's settings, with one more address, a view without a database, and limits that no load reaches."""

from qualisys.settings import *  # noqa: F403  # all of them, as the service reads them

ROOT_URLCONF = "qualisys.dev.bench.urls"
# Requests are counted as ever; none is refused.
API_REQUESTS_PER_HOUR_PER_USER = API_REQUESTS_PER_HOUR_PER_TENANT = 10**9
