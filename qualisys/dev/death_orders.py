"""Telling a worker of the tests at which step of a clone to kill itself (qualisys/dev/dying_worker.py).

An order is a file, whose path stands in DEATH_ORDER, with the step and who is to die; it is carried out once.
"""

import os
from enum import StrEnum
from pathlib import Path
from signal import SIGKILL, SIGSTOP

DEATH_ORDER = "DEATH_ORDER"


class Step(StrEnum):
    """Where in a clone the worker dies."""

    CLAIMED = "claimed"
    GIT_RUNNING = "git-running"
    GIT_ENDED = "git-ended"
    STATUS_WRITTEN = "status-written"  # in a transaction that is open, and before the rename
    RENAMED = "renamed"  # in the same transaction, before its commit
    COMMITTED = "committed"
    ANALYSIS_CLAIMED = "analysis-claimed"
    ANALYSIS_ENDED = "analysis-ended"
    ANALYSIS_STORED = "analysis-stored"  # in a transaction that is open


class Victim(StrEnum):
    """Who dies: the process at the task, or it together with its parent and all other tasks' processes."""

    CHILD = "child"
    GROUP = "group"
    FROZEN = "frozen"  # the process at the task, which does not die, but does nothing until it gets SIGCONT


def order_death(order: Path, step: Step, victim: Victim) -> None:
    """Have the worker that reads this file die when it next comes to the step."""
    draft = order.with_suffix(".draft")
    draft.write_text(f"{step} {victim}")
    draft.rename(order)


def victim_of(order: Path) -> int:
    """Return the number of the process that carried out the last order."""
    return int(order.with_suffix(".pid").read_text())


def come_to(step: Step) -> None:
    """Die here, if that is the order."""
    order = Path(os.environ[DEATH_ORDER])
    if not order.exists():
        return
    ordered, victim = order.read_text().split()
    if ordered == step:
        # Before the order goes: whoever gave it looks for the number once it is carried out.
        order.with_suffix(".pid").write_text(str(os.getpid()))
        order.unlink()
        _die(Victim(victim))


def _die(victim: Victim) -> None:
    match victim:
        case Victim.CHILD:
            os.kill(os.getpid(), SIGKILL)
        case Victim.GROUP:
            os.killpg(os.getpgrp(), SIGKILL)
        case Victim.FROZEN:
            os.kill(os.getpid(), SIGSTOP)
