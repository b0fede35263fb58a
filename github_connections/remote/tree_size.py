"""How much a directory holds."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TreeSize:
    """Bytes of the files below a directory, and the number of files, directories and links, which are not followed."""

    bytes: int
    files: int


def measure(directory: Path, *, stop_after_files: int) -> TreeSize:
    """Count what lies below the directory now; entries that vanish meanwhile are left out.

    A directory counts as a file, as it takes as much: one file may lie below two thousand of them.
    Stops once more files are found than asked for, so that a huge tree costs no more than its limit.
    """
    size = files = 0
    waiting = [str(directory)]
    while waiting and files <= stop_after_files:
        try:
            entries = os.scandir(waiting.pop())
        except FileNotFoundError:
            continue
        with entries:
            for entry in entries:
                files += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    continue
                try:
                    size += entry.stat(follow_symlinks=False).st_size
                except FileNotFoundError:
                    files -= 1
    return TreeSize(size, files)
