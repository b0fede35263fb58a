"""Telling webhooks beforehand: a clone that is removed within a day, a token that ends before long."""

import logging
import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from github_connections.announcements import announce
from github_connections.models import GithubConnection
from github_connections.states import LIVE
from qualisys.tenancy.deadlines import Sweep, clear_deadline, handle_due, set_deadline
from qualisys.webhooks.events import EventType

logger = logging.getLogger(__name__)

# A moment at which something is to be told beforehand. Its deadline is about the connection's `notice_id`, as the
# connection itself has another one.
NOTICE = "github.notice"
DAY = timedelta(days=1)
BEFORE_EXPIRY = DAY
BEFORE_TOKEN_ENDS = (14 * DAY, 7 * DAY, DAY)


@dataclass(frozen=True)
class _Moment:
    """When to tell of an end, and when that end is."""

    at: datetime
    event: EventType
    end: datetime


def expect_notice(connection: GithubConnection) -> None:
    """Look at the connection when there is something to tell beforehand; to be called when either end has changed."""
    now = timezone.now()
    upcoming = [moment.at for moment in _moments(connection) if moment.at > now]
    if upcoming:
        set_deadline(connection.notice_id, NOTICE, min(upcoming))
    else:
        clear_deadline(connection.notice_id)


def give_due_notices() -> Sweep:
    """Tell everything whose moment has come, over all tenants."""
    sweep = handle_due(NOTICE, _give_notice)
    if sweep.handled or sweep.failed:
        logger.info("gave notice of %d connections, %d failed", sweep.handled, sweep.failed)
    return sweep


def _give_notice(notice_id: uuid.UUID) -> None:
    connection = GithubConnection.objects.select_for_update().filter(notice_id=notice_id).first()
    if connection is None:
        clear_deadline(notice_id)
        return
    now = timezone.now()
    for moment in _passed(connection, now):
        announce(connection, moment.event, days_left=math.ceil((moment.end - now) / DAY))
    GithubConnection.objects.filter(pk=connection.pk).update(noticed_until=now)
    expect_notice(connection)


def _passed(connection: GithubConnection, now: datetime) -> list[_Moment]:
    """Return the moments since the last look, one of each kind: whoever comes late tells the latest alone."""
    since = connection.noticed_until or connection.created_at
    passed = [moment for moment in _moments(connection) if since < moment.at <= now < moment.end]
    return list({moment.event: moment for moment in sorted(passed, key=lambda moment: moment.at)}.values())


def _moments(connection: GithubConnection) -> Iterator[_Moment]:
    if connection.clone_path and connection.expires_at:
        yield _Moment(connection.expires_at - BEFORE_EXPIRY, EventType.CONNECTION_EXPIRING, connection.expires_at)
    if connection.token_expires_at and connection.status in LIVE:
        for before in BEFORE_TOKEN_ENDS:
            end = connection.token_expires_at
            yield _Moment(end - before, EventType.TOKEN_EXPIRING, end)
