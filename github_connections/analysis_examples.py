"""What the analysis of a small shop finds, as the API's description shows it."""

import msgspec

from github_connections.analysis.digest import digest
from github_connections.analysis.openapi import openapi
from github_connections.analysis.report import Report
from github_connections.findings import summary_of

COMMIT = "bbcbbf80d1b188e3da36b7edc2fa5ebc05885fe2"
_BUDGET = 400  # tokens
_PAY = {
    "method": "POST",
    "path": "/api/v1/orders/mine/{order_id}/pay",
    "file": "app/api/orders.py",
    "line": 19,
    "framework": "fastapi",
    "kind": "api",
    "handler": "pay",
    "raw_path": "/{order_id}/pay",
    "prefixes": [
        {"value": "/api/v1", "file": "app/main.py", "line": 10, "how": "include_router"},
        {"value": "/orders", "file": "app/api/__init__.py", "line": 7, "how": "include_router"},
        {"value": "/mine", "file": "app/api/orders.py", "line": 11, "how": "APIRouter"},
    ],
    "params": [{"name": "order_id", "in": "path", "type": "str", "required": True}],
    "auth": {"state": "required", "by": [{"name": "get_user", "file": "app/api/orders.py", "line": 19}]},
    "request_model": "Payment",
    "id": "c58f9295a79c5648",
}
_REPORT = msgspec.convert(
    {
        "framework": "fastapi",
        "frameworks": [
            {
                "name": "fastapi",
                "language": "python",
                "kind": "server",
                "version": ">=0.115",
                "evidence": [{"file": "pyproject.toml", "line": 8, "why": "depends on fastapi"}],
            }
        ],
        "languages": [{"name": "python", "files": 12, "bytes": 30214, "share": 1.0}],
        "routes": [_PAY],
        "endpoints": [_PAY],
        "test_files": [{"file": "tests/test_orders.py", "framework": "pytest", "cases": 9}],
        "limits": {"files_seen": 31, "files_read": 12, "files_parsed": 10, "bytes": 24120},
        "analyzer": {"version": "1", "commit": COMMIT},
    },
    Report,
)
SUMMARY = summary_of(_REPORT)
PAGE = {
    "commit_sha": COMMIT,
    "count": 1,
    "next": None,
    "previous": None,
    "results": _REPORT.as_dict()["routes"],
}
DIGEST = digest(_REPORT, tokens=_BUDGET)
OPENAPI = openapi(_REPORT, title="acme/shop")
