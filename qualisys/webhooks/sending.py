"""Sending a message to a stranger's server: to a public address alone, without redirects, within limits."""

import logging
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import HTTPError

from qualisys.observability.tracing import untraced
from qualisys.redaction import redact

logger = logging.getLogger(__name__)

USER_AGENT = "QUALISYS-Webhooks/1"
MAX_EXCERPT_BYTES = 1000
CONNECT_SECONDS = 5
GONE = 410


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt; `error` is a sentence for a person, empty where the message arrived."""

    status: int | None = None
    excerpt: str = ""
    error: str = ""


def send(url: str, headers: Mapping[str, str], body: str) -> Outcome:
    """Post a message once and return what came of it.

    The name is resolved once and the address connected to is the one that was checked. An answer of 2xx counts;
    of any other the first bytes are kept. Each read is bounded here, the whole by the task's soft limit.
    """
    try:
        with (
            # Part of an address may be a secret, and a stranger need not know our trace.
            untraced(),
            _session() as session,
            session.post(url, data=body.encode(), headers=dict(headers), stream=True) as response,
        ):
            return _outcome(response)
    except (requests.RequestException, HTTPError, SoftTimeLimitExceeded, OSError, UnicodeError) as error:
        # Not the error itself: it tells the whole address, of which a part may be secret.
        logger.info("%s could not be reached: %s", urlsplit(url).hostname, type(error).__name__)
        return Outcome(error=_sentence(error))


def _session() -> HTTPSession:
    """Return a session that knows no proxy, no .netrc and no cookie, and only https unless this is a development."""
    session = HTTPSession(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=settings.WEBHOOK_ALLOW_LOOPBACK,
            never_redirect=True,
            default_timeout=(min(CONNECT_SECONDS, settings.WEBHOOK_TIMEOUT), settings.WEBHOOK_TIMEOUT),
            user_agent_override=USER_AGENT,
        )
    )
    session.trust_env = False
    # The one thing of the environment that is wanted all the same.
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    if not settings.WEBHOOK_ALLOW_LOOPBACK:
        del session.adapters["http://"]
    return session


def _outcome(response: requests.Response) -> Outcome:
    status = response.status_code
    if status // 100 == requests.codes.ok // 100:
        return Outcome(status)
    hint = " Redirects are not followed: give the address they lead to." if status // 100 == 3 else ""
    return Outcome(status, _excerpt(response), f"The receiver answered {status}.{hint}")


def _excerpt(response: requests.Response) -> str:
    """Return the beginning of an answer as text that can be stored; nothing where it breaks off."""
    try:
        data: bytes = response.raw.read(MAX_EXCERPT_BYTES, decode_content=False)
    except (HTTPError, OSError, SoftTimeLimitExceeded):
        return ""
    return redact(data.decode(errors="replace").replace("\0", ""))


def _sentence(error: Exception) -> str:
    """Return what went wrong, without an address of our own network."""
    match error:
        case InvalidIPAddress():
            return "The host's address is not on the public internet, so nothing was sent."
        case requests.exceptions.SSLError():
            return "The receiver's certificate could not be verified."
        case requests.Timeout() | SoftTimeLimitExceeded():
            return f"The receiver did not answer within {settings.WEBHOOK_TIMEOUT} seconds."
        case requests.exceptions.InvalidSchema():
            return "Only https is spoken, so nothing was sent."
        case _ if isinstance(error.__cause__, socket.gaierror):
            return "The host's name could not be resolved."
    return "The connection to the receiver failed."
