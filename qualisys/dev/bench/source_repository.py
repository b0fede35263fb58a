"""Repositories of source-like text, made on the spot and the same every time."""

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

_FILES_PER_DIRECTORY = 50
_LINES = (5, 20, 60, 120, 300)  # of a file, the middle ones most often
_WEIGHTS = (2, 4, 5, 3, 1)
_VOCABULARY = """
    account address amount answer basket browser button cache client column connection context coupon currency
    customer date delivery discount element endpoint error event field filter form handler header identifier
    image index invoice item label language limit line list locale login message method model module name number
    object option order owner page parameter password path payment person price product profile project query
    quantity record reference region report request response result return route row schema search section
    selector session shipment shop status step stock table tax template tenant test text title token total
    update user value view
"""
_WORDS = _VOCABULARY.split()
_FORMS = (
    "    {0} = self.{1}.{2}({3}, {4})",
    "    if {0} is None or {1}.{2} != {3}:",
    "        raise {0}Error(f'{1} {2}: {{{3}}}')",
    "    return {0}.{1}({2}={3}, {4}={5})",
    "def {0}_{1}({2}: {3}, {4}: {5}) -> {1}:",
    "    # the {0} of a {1} is its {2} until the {3} says otherwise",
    "    assert {0}['{1}'] == {2}[{6}]",
    "",
)


def make_source_repository(path: Path, *, files: int) -> None:
    """Make a bare repository whose branch main holds that many files, in two commits."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", path], check=True, env=_environment())
    with subprocess.Popen(
        ["git", "fast-import", "--quiet"], cwd=path, env=_environment(), stdin=subprocess.PIPE
    ) as process:
        if process.stdin:
            process.stdin.writelines(_history(files))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "git fast-import")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def _history(files: int) -> Iterator[bytes]:
    """Yield what git fast-import reads."""
    chance = random.Random(files)  # noqa: S311  # the same text every time is what is wanted
    yield from _commit("Begin")
    for number in range(files):
        yield b"M 100644 inline " + _path(number).encode() + b"\n"
        yield _data(_text(chance))
    yield from _commit("Change one file")
    yield b"M 100644 inline README.md\n"
    yield _data("# What the depth of one leaves out\n")
    yield b"done\n"


def _commit(message: str) -> Iterator[bytes]:
    yield b"commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\n"
    yield _data(message)


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%b\n" % (len(content), content)


def _path(number: int) -> str:
    directory = number // _FILES_PER_DIRECTORY
    return f"src/part_{directory // 20:02}/module_{directory:03}/file_{number:05}.py"


def _text(chance: random.Random) -> str:
    (count,) = chance.choices(_LINES, _WEIGHTS)
    return "\n".join(_line(chance) for _ in range(count)) + "\n"


def _line(chance: random.Random) -> str:
    return chance.choice(_FORMS).format(*chance.choices(_WORDS, k=6), chance.randrange(100_000))
