"""What a person asks of a project's source: one question at a time, put to the clone that serves at the moment."""

import logging
import time
import uuid
from collections.abc import Callable
from typing import TypeVar

from github_connections.checkout import Checkout, CloneGone, ask
from github_connections.errors import CloneExpired, CloneMissing, NotClonedYet, SourceUnreadable
from github_connections.models import GithubConnection
from github_connections.services import connection_of
from github_connections.states import Status
from qualisys.tenancy.context import current_tenant

Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)

# A fresh clone takes the place of another by two renames, so that a reader may come in between.
_PAUSES = (0.01, 0.05, 0.25)  # seconds


def read_source(project_id: uuid.UUID, question: Callable[[Checkout], Answer]) -> Answer:
    """Put a question to the project's clone and return the answer; again, where the clone was replaced meanwhile.

    Raises ConnectionNotFound, NotClonedYet, CloneExpired, CloneMissing, SourceUnreadable, and what the question raises.
    """
    for pause in (*_PAUSES, 0):
        connection = _cloned_connection_of(project_id)
        try:
            return ask(current_tenant().pk, connection.pk, question)
        except CloneGone:
            time.sleep(pause)
        except OSError as error:
            logger.exception("the clone of %s cannot be read", connection.pk)
            raise SourceUnreadable from error
    raise CloneMissing


def _cloned_connection_of(project_id: uuid.UUID) -> GithubConnection:
    """Return the project's connection while a clone of it lies on disk, also an older one than is being made."""
    connection = connection_of(project_id)
    if connection.clone_path:
        return connection
    if connection.status == Status.EXPIRED:
        raise CloneExpired
    raise NotClonedYet(connection.status, connection.error_code)
