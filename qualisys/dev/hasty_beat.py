"""Celery's clock for tests, as `--app qualisys.dev.hasty_beat`: the sweeps come twice a second."""

from datetime import timedelta

from qualisys.celery import app

_SWEEPS = ("recover-connections", "expire-repositories")

# The reconciliation is left out: the tests that are about it call its command.
app.conf.beat_schedule = {
    name: {**app.conf.beat_schedule[name], "schedule": timedelta(seconds=0.5)} for name in _SWEEPS
}
