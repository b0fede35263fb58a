"""What no regular expression of the analysis may have."""

import re
from pathlib import Path

import github_connections.analysis

PACKAGE = Path(github_connections.analysis.__file__).parent
# `(…)*+`, `(…){0,20}+`, `(?>…)`
POSSESSIVE_GROUP = re.compile(r"(?<![\\(])\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")


def test_no_group_is_possessive():
    """Python 3.11.2, which Debian 12 has, finds with them what is not there, and misses what is."""
    sources = [path for path in PACKAGE.rglob("*.py") if "tests" not in path.relative_to(PACKAGE).parts]
    assert len(sources) > 300
    assert [str(path) for path in sources if POSSESSIVE_GROUP.search(path.read_text())] == []
