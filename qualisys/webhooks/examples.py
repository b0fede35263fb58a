"""A webhook and its messages, as the API's description shows them."""

from qualisys.webhooks.events import EventType

NEW_WEBHOOK = {"url": "https://ci.acme.example/hooks/qualisys", "events": ["connection.analyzed", "connection.failed"]}
WEBHOOK = {
    "id": "0a3c6b1e-5f5c-4d0e-9c0c-6f2b8d7a9e11",
    **NEW_WEBHOOK,
    "failing_since": None,
    "disabled_at": None,
    "disabled_reason": "",
    "created_at": "2026-11-22T14:05:01.118402Z",
}
CREATED = {**WEBHOOK, "secret": "whsec_NOTASECRETNOTASECRETNOTASECRETNOTASECRET"}
DELIVERY = {
    "id": "5f8f1c52-0d1b-4f7b-8a53-0f4f4d1f2c77",
    "event": "connection.failed",
    "status": "pending",
    "attempts": 1,
    "attempted_at": "2026-11-22T14:06:10.020114Z",
    "next_attempt_at": "2026-11-22T14:06:25.481201Z",
    "response_status": 503,
    "response_excerpt": "down for maintenance",
    "error": "The receiver answered 503.",
    "created_at": "2026-11-22T14:06:09.871250Z",
    "payload": {
        "type": "connection.failed",
        "timestamp": "2026-11-22T14:06:09.870811Z",
        "data": {
            "connection_id": "765bd45b-9949-4da1-bfc3-bc98296b3449",
            "project_id": "401d89c3-35dc-4a4c-a65b-35732209f566",
            "repo_url": "https://github.com/acme/shop",
            "branch": "main",
            "status": "failed",
            "commit_sha": "",
            "size_bytes": None,
            "routes_count": 0,
            "components_count": 0,
            "endpoints_count": 0,
            "error_code": "BRANCH_NOT_FOUND",
            "error_message": "The branch is gone.",
            "token_expires_at": None,
            "expires_at": None,
        },
    },
}
PING = {
    **DELIVERY,
    "event": EventType.PING.value,
    "attempts": 0,
    "attempted_at": None,
    "next_attempt_at": None,
    "response_status": None,
    "response_excerpt": "",
    "error": "",
    "payload": {
        "type": EventType.PING.value,
        "timestamp": "2026-11-22T14:05:30.101120Z",
        "data": {
            "project_id": "401d89c3-35dc-4a4c-a65b-35732209f566",
            "webhook_id": WEBHOOK["id"],
            "asked_for_by": "a36b0139-6670-45c6-9a0c-ef6e6455d001",
        },
    },
}
