"""Encrypting every stored secret with the newest key, a batch at a time."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django_tenants.utils import tenant_context

from github_connections.models import GithubConnection
from qualisys.encryption import DecryptionError, decrypt, encrypt, newest_key_id
from qualisys.tenancy.models import Tenant
from qualisys.webhooks.models import Webhook

logger = logging.getLogger(__name__)

ROWS_PER_BATCH = 500


@dataclass
class Rotation:
    """How many secrets were encrypted anew, and how many no configured key opens."""

    rotated: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class _Kept:
    """Where secrets are kept: a table of each tenant's, and its column."""

    rows: Callable[[], QuerySet[Any]]
    column: str

    def next_batch(self, after: uuid.UUID | None) -> list[tuple[uuid.UUID, str]]:
        """Return some rows that another key than the newest encrypted: key and cipher text, in order."""
        older = {f"{self.column}__startswith": f"{newest_key_id()}:"}
        rows = self.rows().exclude(**older).order_by("pk")
        if after:
            rows = rows.filter(pk__gt=after)
        return list(rows.values_list("pk", self.column)[:ROWS_PER_BATCH])

    def replace(self, key: uuid.UUID, encrypted: str, again: str) -> int:
        """Compare and set: a secret that was replaced meanwhile is the newer truth."""
        row = self.rows().filter(**{"pk": key, self.column: encrypted})
        return row.update(**{self.column: again})


_EVERYWHERE = (_Kept(GithubConnection.objects.all, "encrypted_token"), _Kept(Webhook.objects.all, "encrypted_secret"))


def rotate() -> Rotation:
    """Re-encrypt what an older key encrypted, over all tenants.

    May be stopped and started again: what is done is no longer found.
    """
    rotation = Rotation()
    for tenant in Tenant.objects.iterator():
        with tenant_context(tenant):
            for kept in _EVERYWHERE:
                _rotate_table(rotation, kept)
    return rotation


def _rotate_table(rotation: Rotation, kept: _Kept) -> None:
    seen: uuid.UUID | None = None
    while batch := kept.next_batch(seen):
        for key, encrypted in batch:
            _rotate_row(rotation, kept, key, encrypted)
        seen = batch[-1][0]


def _rotate_row(rotation: Rotation, kept: _Kept, key: uuid.UUID, encrypted: str) -> None:
    try:
        again = encrypt(decrypt(encrypted))
    except DecryptionError as error:
        logger.warning("the %s of %s stays as it is: %s", kept.column, key, error)
        rotation.unreadable += 1
        return
    rotation.rotated += kept.replace(key, encrypted, again)
