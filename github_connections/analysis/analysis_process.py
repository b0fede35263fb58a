"""The process in which an analysis happens: a request on standard input, progress and the report on standard output.

It is ended whole, with the parsers it starts, when it passes its seconds or when nobody waits for it any more.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import threading
from pathlib import Path

import msgspec

from github_connections.analysis import shares
from github_connections.analysis.in_process import encoded_report
from github_connections.analysis.processes import (
    MAXIMUM_RECURSION,
    Request,
    Update,
    limit_memory,
    limit_processor,
    receive,
    send,
)

# Trees are walked by recursion, and the set-up of a program calls itself: room for MAXIMUM_RECURSION frames. The system
# keeps so much free below the stack of the main thread, which alone can be interrupted.
STACK_BYTES = 128 * 1024 * 1024
# Of an analysis' seconds, what is shared out; the rest is for the report.
SHARED_OUT = 0.9


def _say(update: Update) -> None:
    send(sys.stdout.buffer, msgspec.msgpack.encode(update))


def _work(request: Request) -> None:
    try:
        report = encoded_report(
            Path(request.checkout),
            request.limits,
            known=Path(request.known) if request.known else None,
            keep=Path(request.keep) if request.keep else None,
            progress=_progress(),
            commit=request.commit,
        )
        _say(Update(report=report))
    except BrokenPipeError:
        return  # nobody waits any more
    except Exception as error:  # noqa: BLE001  # the one who asked is told, in words
        _say(Update(failure=f"{type(error).__name__}: {error}"[:500]))


class _progress:  # noqa: N801  # used like a function
    """Say how far it is, once a hundredth."""

    def __init__(self) -> None:
        self._said: tuple[str, int] = ("", -1)

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = (stage, done * 100 // total if total else 0)
        if now != self._said:
            self._said = now
            _say(Update(stage=stage, done=done, total=total))


def _end_with_the_one_who_asked() -> None:
    """End the whole group once the other end of standard input is gone: a killed worker ends nothing by itself."""
    os.read(sys.stdin.fileno(), 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _make_room_on_the_stack() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = STACK_BYTES if hard == resource.RLIM_INFINITY else min(STACK_BYTES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))


def main() -> None:
    """Analyse what the request names."""
    message = receive(sys.stdin.buffer)
    if message is None:
        return
    threading.Thread(target=_end_with_the_one_who_asked, daemon=True).start()
    request = msgspec.msgpack.decode(message, type=Request)
    limit_memory(request.limits.linking_memory_bytes)
    limit_processor(request.limits.seconds)
    sys.setrecursionlimit(MAXIMUM_RECURSION)
    # Nearly all that is made is needed to the end, which is the end of the process: looking through it again and again
    # for what is not would be a fifth of the work.
    gc.disable()
    _make_room_on_the_stack()
    with shares.shared_out(SHARED_OUT * request.limits.seconds):
        _work(request)


if __name__ == "__main__":
    main()
