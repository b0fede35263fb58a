"""A child that parses: its task and then batches of files on its standard input, one answer a file in return.

It is a process of its own because a parse holds the interpreter, and because some inputs can only be stopped by
killing it.
"""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path

import msgspec
from msgspec import Struct

from github_connections.analysis.directories import Directories
from github_connections.analysis.placement import reason_not_to_parse
from github_connections.analysis.processes import MAXIMUM_RECURSION, Answer, Job, limit_memory, receive, send
from github_connections.analysis.sketches import Wanted, sketch
from github_connections.analysis.syntax.languages import lowering_for

# While linking asks, files come one by one.
FILES_PER_COLLECTION = 64
READY = b""
# Whoever waits for an answer ends the process sooner; when they were killed, nobody else would.
TIMES_ITS_SECONDS = 3


class Task(Struct, frozen=True):
    """Below which directory the files lie, what one may have and take, and what is sought in those of a language."""

    root: str
    bytes_per_file: int
    seconds_per_file: float
    sought: dict[str, Wanted]


class Parser:
    """Does one task, file by file."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._directories = Directories(Path(task.root))

    def answer(self, job: Job) -> Answer:
        """Parse one file, or make a sketch of it; whatever goes wrong is this file's failure alone."""
        content = self._directories.read(job.path, self._task.bytes_per_file)
        if content is None:
            return Answer(job.path, failure="could not be read", passing=True)
        try:
            return self._parsed(job, content)
        except MemoryError:  # of what is left by what was parsed before, and of a limit that may be raised
            return Answer(job.path, failure="could not be parsed: MemoryError", passing=True)
        except Exception as error:  # noqa: BLE001  # a file must cost its own result only, and the report names it
            return Answer(job.path, failure=f"could not be parsed: {type(error).__name__}: {error}"[:200])

    def _parsed(self, job: Job, content: bytes) -> Answer:
        if not job.needed:
            reason = reason_not_to_parse(content)
            if reason:
                return Answer(job.path, failure=reason)
            sketched = sketch(job.language, content, self._task.sought[job.language])
            if sketched is not None:
                return Answer(job.path, sketched)
        head, module = lowering_for(job.language).lower(content)
        return Answer(job.path, head, msgspec.msgpack.encode(module), module.broken, module.cut)


def main() -> None:
    """Say that it is ready, then answer batches until the input ends; the argument is how many bytes it may take."""
    limit_memory(int(sys.argv[1]))
    sys.setrecursionlimit(MAXIMUM_RECURSION)
    decoder = msgspec.msgpack.Decoder(list[Job])
    encoder = msgspec.msgpack.Encoder()
    # Trees hold no cycles and are let go as a whole: looking for cycles among them would be a fifth of the work.
    gc.disable()
    task = msgspec.msgpack.decode(receive(sys.stdin.buffer) or b"", type=Task)
    parser = Parser(task)
    send(sys.stdout.buffer, READY)
    since_collected = 0
    while (message := receive(sys.stdin.buffer)) is not None:
        for job in decoder.decode(message):
            signal.setitimer(signal.ITIMER_PROF, TIMES_ITS_SECONDS * task.seconds_per_file)
            send(sys.stdout.buffer, encoder.encode(parser.answer(job)))
            since_collected += 1
        if since_collected >= FILES_PER_COLLECTION:
            since_collected = 0
            gc.collect()
            gc.freeze()  # what is there now, the grammars above all, stays: no need to look at it again


if __name__ == "__main__":
    main()
