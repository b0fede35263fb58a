"""Signing messages as Standard Webhooks has it, so that receivers have a library to check them with."""

import base64
import secrets
from datetime import datetime

from standardwebhooks import Webhook as Signer

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a new secret in the form in which receivers' libraries take it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(secret: str, message_id: str, at: datetime, body: str) -> dict[str, str]:
    """Return the headers that name a message, its time (UTC) and its signature."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signer(secret).sign(message_id, at, body),
    }
