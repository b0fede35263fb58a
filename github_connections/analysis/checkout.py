"""A checkout as it lies there: its files, listed when they are first asked for, and what they contain, in short."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import msgspec

from github_connections.analysis.cache import key_of
from github_connections.analysis.directories import Directories
from github_connections.analysis.inventory import Inventory, take
from github_connections.analysis.limits import MAXIMUM_DOCUMENT_BYTES, Limits


class Checkout:
    """The files below a directory, at a commit."""

    def __init__(self, directory: Path, limits: Limits, commit: str) -> None:
        self.limits = limits
        self.commit = commit
        self._directories = Directories(directory)

    @property
    def root(self) -> Path:
        """The directory itself, whatever is put in its place meanwhile."""
        return self._directories.root

    @cached_property
    def inventory(self) -> Inventory:
        """What lies in it."""
        return take(self.root, self.limits)

    @cached_property
    def keys(self) -> dict[str, str]:
        """The name under which the parser's answer for a source is kept, by the source's path. Every source is read."""
        return dict(self._keys())

    @cached_property
    def digest(self) -> str:
        """What changes when anything changes that a report is made of. Every file is read."""
        limits = msgspec.structs.replace(self.limits, processes=0)
        # Of what is too large to be read there are its bytes, which are counted.
        said = [self.commit, str(limits), self.keys, self.inventory.skipped, self.inventory.languages()]
        digest = hashlib.sha256(msgspec.json.encode(said))
        largest = max(self.limits.bytes_per_file, MAXIMUM_DOCUMENT_BYTES)
        tests = (source.path for source in self.inventory.tests)
        for path in (*tests, *self.inventory.others, *self.inventory.others_of_tests):
            content = self.inventory.read(path, largest)
            digest.update(f"{path}\0{content is None}\0".encode() + hashlib.sha256(content or b"").digest())
        return digest.hexdigest()

    def _keys(self) -> Iterator[tuple[str, str]]:
        for source in self.inventory.sources:
            content = self.inventory.read(source.path, self.limits.bytes_per_file)
            yield source.path, key_of(source.language, content) if content is not None else ""
