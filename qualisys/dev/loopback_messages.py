"""What a request to the loopback GitHub says, and what it is answered."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

DOCUMENTATION_URL = "https://docs.github.com/rest"


@dataclass(frozen=True)
class Request:
    """One request as it came in; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    # Not shown, so that a failing assertion does not print the token in `authorization`.
    headers: Mapping[str, str] = field(repr=False)

    @property
    def basic_password(self) -> str | None:
        """The password of Basic credentials, empty where they are malformed, None where there are none."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            credentials = base64.b64decode(encoded.strip(), validate=True)
        except binascii.Error:
            return ""
        return credentials.decode(errors="replace").partition(":")[2]

    @property
    def api_token(self) -> str | None:
        """The token in any of the forms that GitHub's REST interface accepts."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        return value.strip() if scheme.lower() in {"bearer", "token"} else self.basic_password


@dataclass(frozen=True)
class Answer:
    """A complete answer, small enough to be held in memory."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(
    status: int,
    document: Mapping[str, object] | Sequence[Mapping[str, object]],
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """An answer of GitHub's REST interface."""
    return Answer(status, json.dumps(document).encode(), "application/json; charset=utf-8", headers or {})


def error_answer(status: int, message: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An error in the form GitHub's REST interface gives it."""
    document = {"message": message, "documentation_url": DOCUMENTATION_URL, "status": str(status)}
    return json_answer(status, document, headers)


def text_answer(status: int, text: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer in plain text, which git shows as `remote: …`."""
    return Answer(status, text.encode(), "text/plain; charset=utf-8", headers or {})


def moved_answer(location: str) -> Answer:
    """The answer to an address that a renamed repository once had."""
    document = {"message": "Moved Permanently", "url": location, "documentation_url": DOCUMENTATION_URL}
    return json_answer(HTTPStatus.MOVED_PERMANENTLY, document, {"Location": location})
