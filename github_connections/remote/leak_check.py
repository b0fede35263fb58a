"""Looking for the token in what a clone wrote: the proof, each time, that git was handed it in silence."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from github_connections.errors import CloneFailure
from qualisys.redaction import forms

BLOCK_BYTES = 1024**2


def refuse_leaked_token(directory: Path, token: str, watch: Callable[[], None]) -> None:
    """CloneFailure TOKEN_LEAKED where a file below the directory holds the token: plain, quoted or in base64.

    `watch` is called before each file, so that a large clone on a slow disk still shows a sign of life.
    Links are not followed. Files are read block by block: one of two gigabytes may be a single line.
    """
    wanted = sorted({form.encode() for form in forms(token)})
    for path in _regular_files(directory):
        watch()
        if _holds(path, wanted):
            raise CloneFailure(
                "TOKEN_LEAKED",
                "The clone holds the token itself, so it was thrown away. If the token was committed to the "
                "repository, revoke it on GitHub and connect with a new one; otherwise tell an operator.",
            )


def _regular_files(directory: Path) -> Iterator[str]:
    waiting = [str(directory)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield entry.path


def _holds(path: str, wanted: list[bytes]) -> bool:
    overlap = max(map(len, wanted)) - 1
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        seen = b""
        while block := os.read(descriptor, BLOCK_BYTES):
            seen += block
            if any(form in seen for form in wanted):
                return True
            seen = seen[-overlap:]
    finally:
        os.close(descriptor)
    return False
