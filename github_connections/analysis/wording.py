"""Text out of a repository, made fit to be handed on: it is data, and must not look like anything else."""

from __future__ import annotations

import re
import unicodedata

_WHITESPACE = re.compile(r"\s+")
# Control and format characters (directions, joiners, tags), surrogates, private and unassigned ones: nobody sees them,
# and a reader that is a program may act on them.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# What ends a fenced block, or marks a turn of a conversation.
_MARKS = re.compile(r"(<)(?=[|/])|(\|)(?=>)")


def plain(text: str, longest: int) -> str:
    """Return the text in one line of at most so many characters, without what cannot be seen and what marks a block."""
    text = _WHITESPACE.sub(" ", text[: longest * 4])
    if not text.isascii() or not text.isprintable():
        text = "".join(character for character in text if unicodedata.category(character) not in _UNSEEN)
    text = _MARKS.sub(r"\1\2 ", text.replace("`", "'")).strip()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
