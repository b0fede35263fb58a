"""What a long function of Python has in it when it is worth lowering: set-up, and what a view reads of a request."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(rb"\w+")
MAXIMUM_WORDS_KEPT = 1 << 15
# So much of a name only, and of what is called of it: text made for it would be gone through for ever.
_REST = r"\w{0,100}"
_CALLED = r"(?:\.\w{1,100}){0,10}\("
# What is handed on by itself: `register(app)`, `register(self.app, …)`.
_HANDED_ON = "{0}(?:(?<=\\({0})|(?<=\\(self\\.{0}))[,)]"
_SENT = "POST|GET|FILES|body|args|form|files|json|values|data|query_params|get_json"
_KEPT_PATHS = ("prefix", "PREFIX", "route", "ROUTE", "base_url", "url_base")
# A piece of a word, and what may stand where a word has it. Each begins with what is looked for fast, and the words of
# a function say which few of them are worth it: one pattern for all took a quarter of the time that lowering takes.
_BY_PIECE = [
    # what has to do with routers, when it is called, or a method of it is
    *((name, f"{name}r?s?{_CALLED}") for name in ("Route", "route")),
    *((name, f"{name}s?{_CALLED}") for name in ("Blueprint", "blueprint")),
    *((name, f"{name}{_REST}{_CALLED}") for name in ("include", "register", "render")),
    *((name, f"{name}{_CALLED}") for name in ("mount", "Flask", "Starlette", "Quart", "Namespace", "NinjaAPI", "Api")),
    *((name, f"{name}{_CALLED}") for name in ("FastAPI", "as_view", "JsonResponse")),
    *((name, rf"{name}(?<!\w{name}){_CALLED}") for name in ("api", "bp")),
    ("app", rf"app(?<![^\W_]app){_CALLED}"),
    ("add_", rf"add_(?:url|route|api|resource|namespace|web|router|view){_REST}{_CALLED}"),
    *((name, _HANDED_ON.format(name)) for name in ("app", "api", "router", "blueprint", "bp")),
    *((name, name) for name in ("url_prefix", "urlpatterns", "APIRouter", "FastAPIUsers", "ebSocketRoute")),
    *((name, rf"{name}(?<!\w{name})\b") for name in ("environ", "getenv")),
    # what a view reads of what was sent, and does then
    ("method", r"method(?<=\.method)\b"),
    ("req", rf"req(?<!\wreq)(?:uest)?\.(?:{_SENT})\b"),
    *(
        (name, rf"{name}(?<!\w{name})\(")
        for name in ("parse_args", "add_argument", "redirect", "flash", "import_module")
    ),
    # patterns of Django; a function inside, as decorators have
    ("path", r"path(?<![a-zA-Z0-9]path)\("),
    ("url", r"url(?<!\wurl)\("),
    ("def", r"def (?<!\wdef )\w{1,100}\("),
    # what an object keeps for its paths
    *((name, rf"self\.{_REST}(?:{'|'.join(_KEPT_PATHS)}){_REST} = f?[\"']") for name in _KEPT_PATHS),
]
_PATTERNS = [(piece.encode(), re.compile(pattern.encode())) for piece, pattern in _BY_PIECE]


@lru_cache(MAXIMUM_WORDS_KEPT)
def _patterns_for(word: bytes) -> tuple[re.Pattern[bytes], ...]:
    return tuple(pattern for piece, pattern in _PATTERNS if piece in word)


def stands_in(source: bytes, start: int, end: int) -> bool:
    """Tell whether something of it stands between two places of a source."""
    words = set(_WORDS.findall(source, start, end))
    patterns = {pattern for found in map(_patterns_for, words) if found for pattern in found}
    return any(pattern.search(source, start, end) for pattern in patterns)
