"""API tokens, as the API's description shows them."""

NEW = {"name": "Nightly tests", "expires_at": "2027-05-31T00:00:00Z"}
TOKEN = {
    "id": "0e7d1b7c-5a0b-4bb4-8d3f-7a8c3b1f2d90",
    "name": "Nightly tests",
    "prefix": "qat_k3Zb",
    "created_at": "2026-11-26T09:12:00.381359Z",
    "expires_at": "2027-05-31T00:00:00Z",
    "last_used_at": None,
}
MADE = {**TOKEN, "token": "qat_k3Zb…"}
