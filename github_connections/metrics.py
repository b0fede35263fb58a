"""What is counted about connections, in the process where it happens. No label names a tenant or a repository."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram

MIB = 1024**2

CLONES = Counter(
    "qualisys_clones",
    "Attempts to clone that came to an end: cloned, retried or failed, the latter two with their code.",
    ["outcome", "reason"],
)
CLONE_SECONDS = Histogram(
    "qualisys_clone_duration_seconds",
    "How long an attempt to clone took, from its claim to its end.",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900),
)
CLONE_BYTES = Histogram(
    "qualisys_clone_bytes",
    "What a clone takes on disk, git's objects included.",
    buckets=(MIB, 5 * MIB, 20 * MIB, 100 * MIB, 500 * MIB, 1024 * MIB, 2048 * MIB),
)
ANALYSES = Counter(
    "qualisys_analyses", "Analyses that came to an end: analyzed, or failed with their code.", ["outcome", "reason"]
)
ANALYSIS_SECONDS = Histogram(
    "qualisys_analysis_duration_seconds",
    "How long an analysis took, storing its rows included.",
    buckets=(0.5, 1, 2, 5, 10, 30, 60, 120, 300),
)
TOKENS_LEAKED = Counter("qualisys_tokens_leaked", "Clones and analyses that were found to hold the token.")

FOUND = Counter("qualisys_janitor_findings", "What the reconciliation found to be wrong, by its kind.", ["kind"])

GITHUB_ANSWERS = Counter("qualisys_github_answers", "Answers of GitHub's REST API, by status.", ["status"])
GITHUB_LEFT = Gauge(
    "qualisys_github_rate_limit_remaining",
    "Requests that the token used last has left until its limit is reset.",
    ["resource"],
    multiprocess_mode="mostrecent",
)
# Every token has a limit of its own: how many are near it tells more than one of them does.
GITHUB_LEFT_RATIO = Histogram(
    "qualisys_github_rate_limit_left_ratio",
    "What part of its limit a token had left, at each of GitHub's answers.",
    buckets=(0, 0.01, 0.05, 0.1, 0.25, 0.5, 1),
)
_RESOURCES = frozenset({"core", "search", "graphql"})

LEAKED = "TOKEN_LEAKED"
# There from the start, so that the first one of them is an increase, and raises its alarm.
for _code in ("INTERNAL_ERROR", "STORAGE", "TOKEN_UNREADABLE"):
    CLONES.labels("failed", _code)
    CLONES.labels("retried", _code)


def clone_failed(code: str, *, again: bool) -> None:
    """Count an attempt to clone that failed with this code."""
    CLONES.labels("retried" if again else "failed", code).inc()
    _count_leak(code)


def clone_succeeded(size_bytes: int) -> None:
    """Count a clone that was published."""
    CLONES.labels("cloned", "").inc()
    CLONE_BYTES.observe(size_bytes)


def analysis_failed(code: str) -> None:
    """Count an analysis that failed with this code."""
    ANALYSES.labels("failed", code).inc()
    _count_leak(code)


def analysis_succeeded() -> None:
    """Count an analysis that was stored."""
    ANALYSES.labels("analyzed", "").inc()


def _count_leak(code: str) -> None:
    if code == LEAKED:
        TOKENS_LEAKED.inc()


def github_answered(status: int, headers: Mapping[str, str]) -> None:
    """Count an answer, and keep what it says about the token's limit."""
    GITHUB_ANSWERS.labels(str(status)).inc()
    left, limit = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-limit", "")
    if not (_is_number(left) and _is_number(limit) and int(limit)):
        return
    resource = headers.get("x-ratelimit-resource", "core")
    GITHUB_LEFT.labels(resource if resource in _RESOURCES else "other").set(int(left))
    GITHUB_LEFT_RATIO.observe(int(left) / int(limit))


def github_did_not_answer() -> None:
    """Count a question that GitHub left open."""
    GITHUB_ANSWERS.labels("none").inc()


def _is_number(text: str) -> bool:
    """Return whether a stranger's header is a number as GitHub writes it."""
    return text.isascii() and text.isdigit() and len(text) < 10
