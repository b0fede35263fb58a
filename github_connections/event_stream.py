"""How a connection stands, as server-sent events."""

import json

from github_connections.following import Snapshot

MEDIA_TYPE = "text/event-stream"
# Milliseconds after which a client asks again once a stream has ended.
RETRY = 2000
HEARTBEAT = b": still here\n\n"


def opening(snapshot: Snapshot, *, seen: str) -> str:
    """Return the beginning of a stream: when to come back, and the present state unless it was seen already."""
    known = seen == snapshot.id and not snapshot.is_final
    return f"retry: {RETRY}\n\n{'' if known else event(snapshot)}"


def event(snapshot: Snapshot | None) -> str:
    """Return a state as an event: `progress` while more follows, `end` where nothing does; None: disconnected."""
    if snapshot is None:
        return _event("end", "", {"status": "disconnected"})
    data = {
        "status": snapshot.status,
        "stage": snapshot.stage,
        "percent": snapshot.percent,
        "received_bytes": snapshot.received_bytes,
        "commit_sha": snapshot.commit_sha,
        "error_code": snapshot.error_code,
        "error_message": snapshot.error_message,
    }
    return _event("end" if snapshot.is_final else "progress", f"id: {snapshot.id}\n", data)


def _event(name: str, identity: str, data: dict[str, str | int | None]) -> str:
    return f"{identity}event: {name}\ndata: {json.dumps(data)}\n\n"
