"""What this feature does when something happens to a project."""

import contextlib
import uuid
from typing import Any

from django.dispatch import receiver

from github_connections.errors import CloneNotRemoved, ConnectionNotFound
from github_connections.services import disconnect
from qualisys.projects.models import Project
from qualisys.projects.services import REASONS_TO_STAY, project_leaving

REASONS_TO_STAY.append(CloneNotRemoved)


@receiver(project_leaving)
def disconnect_leaving_project(project: Project, actor_id: uuid.UUID, **_signal: Any) -> None:
    """A deleted project leaves no clone behind."""
    with contextlib.suppress(ConnectionNotFound):
        disconnect(project.pk, actor_id=actor_id)
