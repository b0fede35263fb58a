"""Rotating the keys that tokens and the secrets of webhooks are encrypted with."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django_tenants.utils import tenant_context

from conftest import World, make_project
from github_connections import key_rotation
from github_connections.models import GithubConnection
from qualisys.encryption import encrypt, key_id
from qualisys.webhooks.services import create_webhook

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))


def connection_in(world: World, name: str, token: str) -> GithubConnection:
    return GithubConnection.objects.create(
        project=make_project(world, name),
        repo_url="https://github.com/acme/shop",
        github_id=1,
        branch="main",
        encrypted_token=encrypt(token),
        created_by=world.acme_owner,
    )


@pytest.fixture
def connections(world: World, settings: Any) -> list[GithubConnection]:
    """Connections of two tenants, encrypted with the old key, which is now the second."""
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [OLD]
    made = [connection_in(world, f"Shop {number}", f"ghp_{number}") for number in range(3)]
    with tenant_context(world.globex):
        made.append(connection_in(world, "Globex shop", "ghp_3"))
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [NEW, OLD]
    return made


def test_every_token_is_encrypted_anew_in_batches(
    world: World, connections: list[GithubConnection], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Afterwards the old key may go, in every tenant, however small a batch is."""
    monkeypatch.setattr(key_rotation, "ROWS_PER_BATCH", 2)
    assert key_rotation.rotate().rotated == 4
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [NEW]
    assert [row.reveal_token() for row in GithubConnection.objects.order_by("created_at")] == [
        "ghp_0",
        "ghp_1",
        "ghp_2",
    ]
    with tenant_context(world.globex):
        assert GithubConnection.objects.get().reveal_token() == "ghp_3"


def test_a_second_run_has_nothing_to_do(connections: list[GithubConnection]) -> None:
    """What is done is done: the command may be stopped and started again."""
    key_rotation.rotate()
    assert key_rotation.rotate().rotated == 0


def test_each_row_names_its_key(connections: list[GithubConnection]) -> None:
    """The stored text begins with the id of the key that opens it."""
    assert connections[0].encrypted_token.startswith(f"{key_id(OLD)}:")
    key_rotation.rotate()
    connections[0].refresh_from_db()
    assert connections[0].encrypted_token.startswith(f"{key_id(NEW)}:")


def test_a_token_whose_key_is_gone_is_counted_and_kept(
    world: World, connections: list[GithubConnection], settings: Any
) -> None:
    """The command rotates the others, and fails with what to do about the rest."""
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [LOST]
    lost = connection_in(world, "Lost", "ghp_lost")
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="1 secrets are encrypted with a key that is not configured"):
        call_command("rotate_encryption_keys")
    assert GithubConnection.objects.get(pk=lost.pk).encrypted_token == lost.encrypted_token
    assert not GithubConnection.objects.filter(encrypted_token__startswith=f"{key_id(OLD)}:").exists()


def test_the_secrets_of_webhooks_are_encrypted_anew(
    world: World, connections: list[GithubConnection], settings: Any
) -> None:
    """They lie under the same keys, and an old key that is taken away takes none with it."""
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [OLD]
    project = connections[0].project
    webhook, secret = create_webhook(project.pk, actor_id=world.acme_owner.pk, url="https://a.example", events=[])
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [NEW, OLD]
    assert key_rotation.rotate().rotated == 5
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [NEW]
    webhook.refresh_from_db()
    assert webhook.reveal_secret() == secret
