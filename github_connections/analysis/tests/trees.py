"""Making small checkouts to analyse."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from github_connections.analysis.inventory import Inventory, take
from github_connections.analysis.limits import Limits
from github_connections.analysis.parser_process import Parser, Task
from github_connections.analysis.parsing import Sought
from github_connections.analysis.processes import Answer, Job


def make_tree(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write these files below a directory, and return it."""
    root.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def inventory_of(root: Path, tree: dict[str, str | bytes], **limits: int) -> Inventory:
    """Write these files and take the inventory of them."""
    return take(make_tree(root, tree), Limits(**limits))


def reasons(inventory: Inventory) -> dict[str, str]:
    """Return why each path was skipped."""
    return {skipped.file: skipped.reason for skipped in inventory.skipped}


class ParsersHere:
    """Parses in this process: in place of `Parsers`, for repositories too small to want others."""

    def __init__(self, root: Path, limits: Limits, sought: Sought) -> None:
        self.root = root
        self._parser = Parser(Task(str(root), limits.bytes_per_file, limits.seconds_per_file, sought()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """There is nothing to end."""

    def prepare(self) -> None:
        """There is nothing to start."""

    def parse(self, jobs: Iterable[Job], *, share: float) -> Iterator[Answer]:
        """Answer one after the other."""
        return (self._parser.answer(job) for job in jobs)
