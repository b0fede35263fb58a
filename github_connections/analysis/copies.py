"""Doing several things beside each other in copies of this process: what it knows need not be handed over."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from github_connections.analysis import shares

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

_CONTEXT = multiprocessing.get_context("fork")


class CopyEnded(Exception):
    """A copy ended before it had said what it found; the message says how."""


@contextmanager
def copies(tasks: Sequence[Callable[[], bytes]]) -> Iterator[Callable[[], list[bytes]]]:
    """Start a copy of this process for each task; what is yielded waits for what they return, in their order.

    None of them is left when the block is over. CopyEnded where a task raised, or its process was ended.
    """
    started = [_started(task) for task in tasks]
    try:
        yield lambda: [_answer_of(process, answers) for process, answers in started]
    finally:
        for process, answers in started:
            process.kill()
            process.join()
            answers.close()


def _started(task: Callable[[], bytes]) -> tuple[ForkProcess, Connection]:
    answers, end = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_work, args=(task, end), daemon=True)
    process.start()
    end.close()  # the copy has its own: once it ends there is nobody to wait for
    return process, answers


def _work(task: Callable[[], bytes], end: Connection) -> None:
    threading.Thread(target=_end_with_the_one_who_waits, daemon=True).start()
    shares.look_again()
    try:
        answer = b"\1" + task()
    except Exception as error:  # noqa: BLE001  # the one who waits is told, in words
        answer = f"\0{type(error).__name__}: {error}".encode("utf-8", "replace")
    end.send_bytes(answer)


def _end_with_the_one_who_waits() -> None:
    """End once the process that this is a copy of was killed: until then its pipes seem to be in use."""
    original = multiprocessing.parent_process()
    if original is not None:
        wait([original.sentinel])
        os._exit(1)


def _answer_of(process: ForkProcess, answers: Connection) -> bytes:
    try:
        answer = answers.recv_bytes()
    except EOFError:
        process.join()
        raise CopyEnded(f"a process of the analysis ended with status {process.exitcode}") from None
    if answer[:1] == b"\0":
        raise CopyEnded(answer[1:].decode())
    return answer[1:]
