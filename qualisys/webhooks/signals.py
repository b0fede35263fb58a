"""What this feature does when something happens to a project."""

from typing import Any

from django.db.models.signals import pre_delete
from django.dispatch import receiver

from qualisys.projects.models import Project
from qualisys.webhooks.models import Webhook


@receiver(pre_delete, sender=Project)
def hold_webhooks(instance: Project, **_signal: Any) -> None:
    """The webhooks of a project that goes are held before their messages, as a worker does it that has sent one.

    Not when the project takes its leave: whoever tells of a connection holds that one first.
    """
    list(Webhook.objects.select_for_update().filter(project=instance).values_list("pk", flat=True))
