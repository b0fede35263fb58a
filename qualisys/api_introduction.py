"""What a newcomer reads first on the API's page."""

API_DESCRIPTION = """
Connect a GitHub repository to a project, have it cloned and analysed, and read what it offers.

**Begin here.** `POST /api/v1/auth/token` with your e-mail address and password. Press *Authorize* below and paste the
`access` of the answer as `accessToken`; it is good for 15 minutes, and `POST /api/v1/auth/token/refresh` brings the
next one. Then look for a project (`GET /api/v1/projects`), connect a repository to it (`POST …/github`), and follow it
(`GET …/github/events`) or look at it until its `status` is `analyzed`. Then read its routes, endpoints and components
(`GET …/github/analysis`) and its files (`GET …/github/tree`, `GET …/github/files/{path}`).

**Machines** get a token of their own with `POST /api/v1/tokens`: it is sent in the place of the access token, and is
good until it expires or is revoked. A webhook (`POST …/webhooks`) tells them what happens, so that they need not ask.

**The host says which tenant is meant.** Tokens are good on the host that issued them alone.

**Every error has one form:** `{"error": CODE, "message": "…", "details": {}}`. Decide by `error`; `message` is for a
person. Each call below lists its codes. Besides, an address that does not exist answers 404 `NOT_FOUND`, and a method
that an address does not have 405 `METHOD_NOT_ALLOWED` with the header `Allow`. The `warnings` of a connection tell what
will become an error if nobody acts.

**Asking again costs little.** Every GET answers an `ETag`. Send it back as `If-None-Match`: while nothing has changed,
the answer is 304 and has no body.

**Sending again is safe** with an `Idempotency-Key`: a POST that takes one is carried out once, and answered the same.

**Bodies are JSON** (`Content-Type: application/json`). Times are UTC in ISO 8601, ids are UUIDs. A trailing slash is
accepted and not needed.
"""
API_TAGS = [
    {"name": "Log in", "description": "Tokens for the members of the tenant whose host is asked."},
    {
        "name": "API tokens",
        "description": "For machines: long-lived, named, revocable; each asks on behalf of a person.",
    },
    {"name": "Projects", "description": "What is tested: one application of the tenant."},
    {"name": "Members", "description": "Who belongs to a project, in which role. A role says what a person may do."},
    {"name": "GitHub connection", "description": "One repository of one project, its token, and its clone on disk."},
    {
        "name": "Source",
        "description": "The cloned source: its directories and its files, for as long as it lies there.",
    },
    {"name": "Webhooks", "description": "Addresses outside that are told what happens in a project, signed."},
]
