"""A project and its members, as the API's description shows them."""

PROJECT = {
    "id": "401d89c3-35dc-4a4c-a65b-35732209f566",
    "name": "Shop",
    "description": "The web shop",
    "role": "owner",
    "created_at": "2026-11-22T14:02:33.048266Z",
    "updated_at": "2026-11-22T14:02:33.048287Z",
}
NEW_PROJECT = {"name": "Shop", "description": "The web shop"}
MEMBER = {
    "user_id": "a36b0139-6670-45c6-9a0c-ef6e6455d001",
    "email": "ann@acme.example",
    "name": "Ann",
    "role": "qa-automation",
    "created_at": "2026-11-22T14:04:08.245998Z",
}
NEW_MEMBER = {"email": "ann@acme.example", "role": "qa-automation"}
