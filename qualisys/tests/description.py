"""What the API says of itself, as it is served at /api/v1/schema."""

import json
from typing import Any

from qualisys.documentation import _description

DESCRIPTION = json.loads(_description(is_yaml=False))


def example_body(method: str, path: str) -> dict[str, Any]:
    """Return the body that the description shows; an empty one where a call takes none, or is not described."""
    body = DESCRIPTION["paths"].get(path, {}).get(method.lower(), {}).get("requestBody")
    if body is None:
        return {}
    [media_type] = body["content"].values()
    return next(iter(media_type["examples"].values()))["value"]
