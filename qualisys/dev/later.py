"""The service under a clock that is ahead, for tests: CLOCK_AHEAD_SECONDS says by how much.

`--app qualisys.dev.later` is a Celery worker of that day, `python -m qualisys.dev.later COMMAND` a command of
manage.py. Nothing else may import it.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.management import execute_from_command_line
from django.utils import timezone

from qualisys.celery import app as app

_AHEAD = float(os.environ["CLOCK_AHEAD_SECONDS"])


def _seconds_later(seconds: Callable[[], float]) -> Callable[[], float]:
    return lambda: seconds() + _AHEAD


def _moment_later(moment: Callable[[], datetime]) -> Callable[[], datetime]:
    return lambda: moment() + timedelta(seconds=_AHEAD)


# The two clocks that the service reads: one for rows, the other for the age of directories.
timezone.now = _moment_later(timezone.now)
time.time = _seconds_later(time.time)

if __name__ == "__main__":
    execute_from_command_line(["manage.py", *sys.argv[1:]])
