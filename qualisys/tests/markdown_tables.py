"""Reading the tables of the project's documents."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent


def document(name: str) -> str:
    return (PROJECT / name).read_text()


def table(name: str, first_header: str) -> dict[str, list[str]]:
    """Return the one table whose first column is headed so: first cell to the other cells, in order."""
    blocks = re.findall(r"(?:^\|.*\n)+", document(name), re.MULTILINE)
    tables = [rows for rows in (_rows(block) for block in blocks) if rows[0][0] == first_header]
    assert len(tables) == 1, f"{name} has {len(tables)} tables headed {first_header!r}"
    header, _line, *rows = tables[0]
    assert all(len(row) == len(header) for row in rows), f"a row of {first_header!r} in {name} has other columns"
    named = {first: rest for first, *rest in rows}
    assert len(named) == len(rows), f"a row of {first_header!r} in {name} stands there twice"
    return named


def header(name: str, first_header: str) -> list[str]:
    """Return what stands over the other columns of that table."""
    line = re.search(rf"^\| {re.escape(first_header)} \|.*$", document(name), re.MULTILINE)
    assert line, f"{name} has no table headed {first_header!r}"
    return _rows(line[0] + "\n")[0][1:]


def _rows(block: str) -> list[list[str]]:
    lines = block.strip().splitlines()
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
