"""Which addresses a webhook may have, as far as can be said without asking for them.

What a name stands for is looked at when a message is sent, each time anew (sending.py).
"""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError as NotAnUrl
from django.core.validators import URLValidator
from requests import RequestException
from requests_hardened.ip_filter import filter_host
from rest_framework.serializers import ValidationError

HTTPS_PORT = 443
# Below stand the services of a machine: mail, shells, directories.
FIRST_FREE_PORT = 1024


def check_address(url: str) -> None:
    """ValidationError with a sentence where messages could never be sent there."""
    schemes = ["https", "http"] if settings.WEBHOOK_ALLOW_LOOPBACK else ["https"]
    try:
        URLValidator(schemes=schemes)(url)
        parts = urlsplit(url)
        port = parts.port
    except (NotAnUrl, ValueError) as error:
        raise ValidationError(f"Write it as {schemes[0]}://host/path.") from error
    if "@" in parts.netloc or parts.fragment:
        raise ValidationError("Leave out user, password and fragment: messages are known by their signature.")
    if port is not None and port != HTTPS_PORT and port < FIRST_FREE_PORT:
        raise ValidationError(f"Use port {HTTPS_PORT}, or one from {FIRST_FREE_PORT} on.")
    if not _may_be_public(parts):
        raise ValidationError("This host is not on the public internet.")


def _may_be_public(parts: SplitResult) -> bool:
    host = (parts.hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return bool(settings.WEBHOOK_ALLOW_LOOPBACK)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True  # a name
    try:
        filter_host(host, HTTPS_PORT, allow_loopback=settings.WEBHOOK_ALLOW_LOOPBACK)
    except RequestException:
        return False
    return True
