"""The door: one analysis in a process group of its own, within its seconds."""

from __future__ import annotations

import logging
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

import msgspec

from github_connections.analysis.limits import Limits
from github_connections.analysis.processes import Progress, Request, Update, send, start, whole_messages
from github_connections.analysis.report import Report

logger = logging.getLogger(__name__)

# How often `progress` is called although nothing has moved: whoever asked may want to end the analysis.
SECONDS_BETWEEN_SIGNS = 0.5


class AnalysisFailed(Exception):
    """There is no report; the message says why in a sentence."""


def analyze(
    checkout: Path,
    limits: Limits | None = None,
    *,
    known: Path | None = None,
    keep: Path | None = None,
    progress: Progress | None = None,
    commit: str = "",
) -> Report:
    """Return what a checkout offers.

    `known` is a directory where an earlier analysis of this very repository may have left its results, `keep` one where
    this one leaves its own. `progress` is called with a stage (`listing`, `parsing`, `linking`), how many files are
    done and of how many, at least every SECONDS_BETWEEN_SIGNS; what it raises ends the analysis and is raised here.
    AnalysisFailed where there is no report.
    """
    limits = limits or Limits()
    if not checkout.is_dir():
        raise AnalysisFailed(f"There is no directory {checkout}.")
    request = Request(str(checkout.resolve()), limits, _text(known), _text(keep), commit)
    with tempfile.TemporaryFile() as errors:
        process = start("analysis_process", errors=errors, leads=True)
        try:
            report = _conversation(process, request, progress or (lambda _stage, _done, _total: None))
        except EOFError:
            last = _last_line(errors)
            raise AnalysisFailed(f"The analysis ended without a report. {last}"[:300].strip()) from None
        else:
            if said := _last_line(errors):
                logger.warning("%s", said)
            return report
        finally:
            _end(process)


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode("utf-8", "replace").strip().rpartition("\n")[2]


def _text(path: Path | None) -> str:
    return str(path.absolute()) if path else ""


def _conversation(process: subprocess.Popen[bytes], request: Request, progress: Progress) -> Report:
    try:
        send(cast("IO[bytes]", process.stdin), msgspec.msgpack.encode(request))
    except BrokenPipeError:
        raise EOFError from None
    stage, done, total = "listing", 0, 0
    for update in _updates(cast("IO[bytes]", process.stdout), request.limits.seconds):
        if update is not None and update.report:
            return msgspec.json.decode(update.report, type=Report)
        if update is not None and update.failure:
            raise AnalysisFailed(f"The analysis failed: {update.failure}")
        if update is not None:
            stage, done, total = update.stage, update.done, update.total
        progress(stage, done, total)
    raise EOFError


def _updates(output: IO[bytes], seconds: float) -> Iterator[Update | None]:
    """Yield what the process says; None while it says nothing; AnalysisFailed when its seconds are over."""
    deadline = time.monotonic() + seconds
    buffer = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if time.monotonic() > deadline:
                raise AnalysisFailed(f"The analysis took longer than {seconds:g} seconds.")
            if not selector.select(SECONDS_BETWEEN_SIGNS):
                yield None
                continue
            received = os.read(output.fileno(), 1 << 20)
            if not received:
                return
            buffer += received
            yield from (msgspec.msgpack.decode(message, type=Update) for message in whole_messages(buffer))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process with everything it started."""
    with suppress(ProcessLookupError):  # all of it has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
