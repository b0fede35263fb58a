"""Encrypting every stored token with the newest key, a batch at a time."""

import logging
import uuid
from dataclasses import dataclass

from django_tenants.utils import tenant_context

from github_connections.models import GithubConnection
from qualisys.encryption import DecryptionError, decrypt, encrypt, newest_key_id
from qualisys.tenancy.models import Tenant

logger = logging.getLogger(__name__)

ROWS_PER_BATCH = 500


@dataclass
class Rotation:
    """How many tokens were encrypted anew, and how many no configured key opens."""

    rotated: int = 0
    unreadable: int = 0


def rotate() -> Rotation:
    """Re-encrypt what an older key encrypted, over all tenants.

    May be stopped and started again: what is done is no longer found.
    """
    rotation = Rotation()
    for tenant in Tenant.objects.iterator():
        with tenant_context(tenant):
            _rotate_tenant(rotation)
    return rotation


def _rotate_tenant(rotation: Rotation) -> None:
    seen: uuid.UUID | None = None
    while batch := _next_batch(seen):
        for key, encrypted in batch:
            _rotate_row(rotation, key, encrypted)
        seen = batch[-1][0]


def _next_batch(after: uuid.UUID | None) -> list[tuple[uuid.UUID, str]]:
    rows = GithubConnection.objects.exclude(encrypted_token__startswith=f"{newest_key_id()}:").order_by("pk")
    if after:
        rows = rows.filter(pk__gt=after)
    return list(rows.values_list("pk", "encrypted_token")[:ROWS_PER_BATCH])


def _rotate_row(rotation: Rotation, key: uuid.UUID, encrypted: str) -> None:
    try:
        again = encrypt(decrypt(encrypted))
    except DecryptionError as error:
        logger.warning("the token of connection %s stays as it is: %s", key, error)
        rotation.unreadable += 1
        return
    # Compared and set: a token that was replaced meanwhile is the newer truth.
    rotation.rotated += GithubConnection.objects.filter(pk=key, encrypted_token=encrypted).update(encrypted_token=again)
