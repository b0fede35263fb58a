"""What a long function of Python has in it when it is worth lowering: set-up, and what a view reads of a request."""

from __future__ import annotations

import re
from bisect import bisect_left

# So much of a name only, and of what is called of it: text made for it would be gone through for ever.
_REST = r"\w{0,100}"
_CALLED = r"(?:\.\w{1,100}){0,10}\("
# What is handed on by itself: `register(app)`, `register(self.app, …)`.
_HANDED_ON = "{0}(?:(?<=\\({0})|(?<=\\(self\\.{0}))[,)]"
_SENT = "POST|GET|FILES|body|args|form|files|json|values|data|query_params|get_json"
_KEPT_PATHS = "prefix|PREFIX|route|ROUTE|base_url|url_base"
# Each begins with letters, which are looked for several times faster than one pattern for all of them.
_PATTERNS = [
    re.compile(pattern.encode())
    for pattern in (
        # what has to do with routers, when it is called, or a method of it is
        *(f"{name}r?s?{_CALLED}" for name in ("Route", "route")),
        *(f"{name}s?{_CALLED}" for name in ("Blueprint", "blueprint")),
        *(f"{name}{_REST}{_CALLED}" for name in ("include", "register", "render")),
        *(f"{name}{_CALLED}" for name in ("mount", "Flask", "Starlette", "Quart", "Namespace", "NinjaAPI", "Api")),
        *(f"{name}{_CALLED}" for name in ("FastAPI", "as_view", "JsonResponse")),
        *(rf"{name}(?<!\w{name}){_CALLED}" for name in ("api", "bp")),
        rf"app(?<![^\W_]app){_CALLED}",
        rf"add_(?:url|route|api|resource|namespace|web|router|view){_REST}{_CALLED}",
        *(_HANDED_ON.format(name) for name in ("app", "api", "router", "blueprint", "bp")),
        *("url_prefix", "urlpatterns", "APIRouter", "FastAPIUsers", "ebSocketRoute"),
        *(rf"{name}(?<!\w{name})\b" for name in ("environ", "getenv")),
        # what a view reads of what was sent, and does then
        r"method(?<=\.method)\b",
        rf"req(?<!\wreq)(?:uest)?\.(?:{_SENT})\b",
        *(rf"{name}(?<!\w{name})\(" for name in ("parse_args", "add_argument", "redirect", "flash", "import_module")),
        # patterns of Django; a function inside, as decorators have
        r"path(?<![a-zA-Z0-9]path)\(",
        r"url(?<!\wurl)\(",
        r"def (?<!\wdef )\w{1,100}\(",
        # what an object keeps for its paths
        rf"self\.{_REST}(?:{_KEPT_PATHS}){_REST} = f?[\"']",
    )
]


def places(source: bytes) -> list[int]:
    """Return where set-up, or what a view reads or does, begins in a source: the places in order."""
    return sorted(match.start() for pattern in _PATTERNS for match in pattern.finditer(source))


def is_between(found: list[int], start: int, end: int) -> bool:
    """Tell whether one of these places is between two others."""
    first = bisect_left(found, start)
    return first < len(found) and found[first] < end
