"""The verbs of HTTP, in small letters, as frameworks have functions for them."""

from __future__ import annotations

# What APIs are made of.
OF_APIS = ("get", "post", "put", "patch", "delete")
# With what a browser asks beside them.
OF_BROWSERS = (*OF_APIS, "head", "options")
ALL = (*OF_BROWSERS, "trace", "connect")
# Those of an OpenAPI document, in the order in which the specification has them.
OF_DOCUMENTS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
