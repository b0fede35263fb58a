"""Encrypt every stored secret with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from github_connections.key_rotation import rotate
from qualisys.encryption import newest_key_id


class Command(BaseCommand):
    help = (
        "Encrypts every stored token, and the secret of every webhook, with the first key of "
        "GITHUB_TOKEN_ENCRYPTION_KEY. Put a new key before the old ones, restart web and workers, run this, and take "
        "the old keys away when nothing is left. It may be stopped and started again."
    )

    def handle(self, **_options: Any) -> None:
        rotation = rotate()
        self.stdout.write(f"{rotation.rotated} secrets are now encrypted with the key {newest_key_id()}.")
        if rotation.unreadable:
            raise CommandError(
                f"{rotation.unreadable} secrets are encrypted with a key that is not configured, and stay as they are: "
                "put that key back, or have these repositories connected and these webhooks made again. The log names "
                "them."
            )
        self.stdout.write(self.style.SUCCESS("Nothing is left: the older keys may be taken away."))
