"""Repositories that a stranger made with ill will: built object by object, as no porcelain of git would."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from github_connections.tests.conftest import AUTHOR

FILE, EXECUTABLE, LINK, TREE, SUBMODULE = "100644", "100755", "120000", "40000", "160000"
Entry = tuple[str, bytes, str]
MEBIBYTE = 1024**2


class HostileRepository:
    """A bare repository whose objects are written as they are given, checked by nobody."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", "--initial-branch=main", ".")

    def git(self, *arguments: str, given: bytes = b"") -> str:
        """Run git here with this on its standard input, and return what it prints."""
        run = subprocess.run(
            ["git", *arguments],
            cwd=self.directory,
            # Nothing else of this process: the tests lay traps in its environment.
            env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "HOME": os.devnull, **AUTHOR},
            input=given,
            capture_output=True,
            check=True,
        )
        return run.stdout.decode().strip()

    def blob(self, content: bytes) -> str:
        return self._write("blob", content)

    def tree(self, *entries: Entry) -> str:
        """Write a tree with its entries in git's order, whatever their names are."""
        in_order = sorted(entries, key=lambda entry: entry[1] + (b"/" if entry[0] == TREE else b""))
        raw = b"".join(b"%s %s\0%s" % (mode.encode(), name, bytes.fromhex(sha)) for mode, name, sha in in_order)
        return self._write("tree", raw)

    def commit(self, tree: str, *, branch: str = "main") -> str:
        """Commit the tree, and let the branch point there."""
        commit = self.git("commit-tree", "-m", "First", tree)
        self.git("update-ref", f"refs/heads/{branch}", commit)
        return commit

    def commit_files(self, files: dict[bytes, bytes], *, mode: str = FILE, branch: str = "main") -> str:
        """Commit files that lie side by side."""
        entries = [(mode, name, self.blob(content)) for name, content in files.items()]
        return self.commit(self.tree(*entries), branch=branch)

    def import_files(self, files: Iterable[tuple[bytes, bytes]]) -> None:
        """Commit many files at once, given as path and content; equal contents are stored once."""
        marks: dict[bytes, int] = {}
        blobs, changes = [], []
        for path, content in files:
            if content not in marks:
                marks[content] = len(marks) + 1
                blobs.append(b"blob\nmark :%d\ndata %d\n%s\n" % (marks[content], len(content), content))
            changes.append(b"M 100644 :%d %s\n" % (marks[content], path))
        header = b"commit refs/heads/main\ncommitter A. Author <author@example.com> 0 +0000\ndata 5\nFirst\n"
        self.git("fast-import", "--quiet", given=b"".join([*blobs, header, *changes]))

    def _write(self, kind: str, content: bytes) -> str:
        return self.git("hash-object", "-w", "--literally", "-t", kind, "--stdin", given=content)


def nested(repository: HostileRepository, innermost: Entry, *, depth: int, name: bytes = b"d", width: int = 1) -> str:
    """Write `depth` trees, each holding the one before `width` times, and return the outermost."""
    tree = repository.tree(innermost)
    for _ in range(depth):
        names = [name if width == 1 else b"%s%d" % (name, number) for number in range(width)]
        tree = repository.tree(*((TREE, each, tree) for each in names))
    return tree
