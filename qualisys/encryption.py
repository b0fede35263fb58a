"""Encrypting secrets at rest with keys that can be rotated."""

import hashlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class DecryptionError(Exception):
    """No configured key opens this text: the key was taken away, or the text was changed."""


def key_id(key: str) -> str:
    """Return the name of a key: eight hexadecimal digits that tell nothing of the key itself."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


@cache
def _ciphers(keys: tuple[str, ...]) -> dict[str, Fernet]:
    return {key_id(key): Fernet(key) for key in keys}


def _configured() -> dict[str, Fernet]:
    return _ciphers(tuple(settings.GITHUB_TOKEN_ENCRYPTION_KEYS))


def newest_key_id() -> str:
    """Return the name of the key that new secrets are encrypted with."""
    return next(iter(_configured()))


def encrypt(text: str) -> str:
    """Return `KEY_ID:CIPHERTEXT`, made with the newest key."""
    name, cipher = next(iter(_configured().items()))
    return f"{name}:{cipher.encrypt(text.encode()).decode()}"


def decrypt(encrypted: str) -> str:
    """Return the clear text; DecryptionError where its key is not configured or the text was changed."""
    name, _, ciphertext = encrypted.partition(":")
    cipher = _configured().get(name)
    if cipher is None:
        raise DecryptionError(f"The key {name!r} is not among GITHUB_TOKEN_ENCRYPTION_KEY.")
    try:
        return cipher.decrypt(ciphertext.encode()).decode()
    except InvalidToken as error:
        raise DecryptionError(f"The text encrypted with the key {name!r} was changed.") from error
