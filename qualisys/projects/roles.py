"""Who may do what in a project: the one table that code, documents and tests read."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is in a project."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    PM_CSM = "pm-csm", "PM / CSM"
    QA_MANUAL = "qa-manual", "QA (manual)"
    QA_AUTOMATION = "qa-automation", "QA (automation)"
    DEVELOPER = "developer", "Developer"
    VIEWER = "viewer", "Viewer"


class Action(TextChoices):
    """What can be done in a project."""

    VIEW_PROJECT = "project.view"
    CHANGE_PROJECT = "project.change"
    DELETE_PROJECT = "project.delete"
    VIEW_MEMBERS = "members.view"
    MANAGE_MEMBERS = "members.manage"
    CONNECT_GITHUB = "github.connect"
    VIEW_GITHUB = "github.view"
    DISCONNECT_GITHUB = "github.disconnect"
    READ_SOURCE = "source.read"
    VIEW_WEBHOOKS = "webhooks.view"
    MANAGE_WEBHOOKS = "webhooks.manage"


EVERYONE = frozenset(Role)
MANAGERS = frozenset({Role.OWNER, Role.ADMIN})
AUTOMATION = MANAGERS | {Role.QA_AUTOMATION}

MAY: dict[Action, frozenset[Role]] = {
    Action.VIEW_PROJECT: EVERYONE,
    Action.CHANGE_PROJECT: MANAGERS,
    Action.DELETE_PROJECT: frozenset({Role.OWNER}),
    Action.VIEW_MEMBERS: EVERYONE,
    Action.MANAGE_MEMBERS: MANAGERS,
    Action.CONNECT_GITHUB: AUTOMATION,
    Action.VIEW_GITHUB: AUTOMATION,
    Action.DISCONNECT_GITHUB: AUTOMATION,
    Action.READ_SOURCE: AUTOMATION,
    Action.VIEW_WEBHOOKS: AUTOMATION,
    # What is told leaves the organisation.
    Action.MANAGE_WEBHOOKS: MANAGERS,
}


def roles_that_may(action: Action) -> list[str]:
    """Return the roles allowed to do this, in the order in which roles are listed."""
    return [role.value for role in Role if role in MAY[action]]
