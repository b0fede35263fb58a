"""Secrets at rest, under keys that are rotated."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from qualisys.encryption import DecryptionError, decrypt, encrypt, key_id

TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _old_key(settings: Any) -> None:
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [OLD]


@pytest.mark.parametrize("text", [TOKEN, "", "pass:word with ümläuts", "x" * 10_000])
def test_encrypt_decrypt_round_trip(text: str) -> None:
    """What was encrypted comes back, and is not to be seen in what is stored."""
    stored = encrypt(text)
    assert decrypt(stored) == text
    assert text == "" or text not in stored


def test_the_same_text_is_never_stored_alike() -> None:
    """Two rows with the same token do not show that they are the same."""
    assert encrypt(TOKEN) != encrypt(TOKEN)


def test_the_stored_text_names_its_key() -> None:
    """The name of the key stands before the text, and tells nothing of the key."""
    name, _, _ = encrypt(TOKEN).partition(":")
    assert name == key_id(OLD)
    assert name not in OLD


def test_after_a_rotation_the_old_key_still_opens(settings: Any) -> None:
    """With the new key first and the old one second, old rows open and new ones are made with the new key."""
    stored = encrypt(TOKEN)
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [NEW, OLD]

    assert decrypt(stored) == TOKEN
    assert encrypt(TOKEN).startswith(f"{key_id(NEW)}:")


def test_without_its_key_a_text_stays_closed_and_the_key_is_named(settings: Any) -> None:
    """An operator who took a key away too early learns which one it was."""
    stored = encrypt(TOKEN)
    settings.GITHUB_TOKEN_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(DecryptionError, match=key_id(OLD)):
        decrypt(stored)


def _with_another_letter(stored: str, position: int) -> str:
    letter = "A" if stored[position] != "A" else "B"
    return stored[:position] + letter + stored[position + 1 :]


@pytest.mark.parametrize("position", [15, 40, 80])
def test_a_changed_text_is_refused(position: int) -> None:
    """A text that somebody changed opens to nothing, and the error shows neither the text nor the key."""
    with pytest.raises(DecryptionError, match="was changed") as refusal:
        decrypt(_with_another_letter(encrypt(TOKEN), position))
    assert TOKEN not in str(refusal.value)
    assert OLD not in str(refusal.value)


@pytest.mark.parametrize("stored", ["", "no name", ":", "abcdef01:text", TOKEN])
def test_what_was_never_encrypted_is_refused(stored: str) -> None:
    """Text that this module did not make, a bare token among it, is an error and not an answer."""
    with pytest.raises(DecryptionError):
        decrypt(stored)
