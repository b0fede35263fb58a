"""Secrets for one laptop: made once, kept beside its data, good for nothing else."""

import json
import secrets
import string
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.fernet import Fernet

_TOKEN_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class DevelopmentSecrets:
    """The keys and passwords of a development stack."""

    secret_key: str
    encryption_key: str
    owner_password: str
    operator_password: str
    loopback_token: str


def development_secrets(directory: Path) -> DevelopmentSecrets:
    """Return the secrets kept in this directory, made on the first call."""
    path = directory / "development-secrets.json"
    if path.exists():
        return DevelopmentSecrets(**json.loads(path.read_text()))
    made = new_secrets()
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(made), indent=2))
    return made


def new_secrets() -> DevelopmentSecrets:
    """Return secrets that nobody had before."""
    return DevelopmentSecrets(
        secret_key=secrets.token_urlsafe(48),
        encryption_key=Fernet.generate_key().decode(),
        owner_password=secrets.token_urlsafe(12),
        operator_password=secrets.token_urlsafe(12),
        loopback_token="ghp_" + "".join(secrets.choice(_TOKEN_LETTERS) for _ in range(36)),
    )
