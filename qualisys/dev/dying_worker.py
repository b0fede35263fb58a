"""A Celery worker for tests, as `--app qualisys.dev.dying_worker`: it kills itself at the step it is told to.

Without an order (qualisys/dev/death_orders.py) this is the project's worker. Nothing but Celery may import it.
"""

from collections.abc import Callable
from typing import Any

import django

from qualisys.celery import app as app

django.setup()

from github_connections import analyzing, cloning, workspace  # noqa: E402  # models want Django set up
from github_connections.remote.git_clone import Progress  # noqa: E402
from qualisys.dev.death_orders import Step, come_to  # noqa: E402


def _before(step: Step, function: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*arguments: Any, **options: Any) -> Any:
        come_to(step)
        return function(*arguments, **options)

    return dying


def _after(step: Step, function: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*arguments: Any, **options: Any) -> Any:
        outcome = function(*arguments, **options)
        come_to(step)
        return outcome

    return dying


def _while_git_runs(clone: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*arguments: Any, watch: Callable[[Progress], None], **options: Any) -> Any:
        return clone(*arguments, watch=_before(Step.GIT_RUNNING, watch), **options)

    return dying


_clone = _after(Step.GIT_ENDED, _while_git_runs(cloning.clone))  # type: ignore[attr-defined]  # an import of its own
_publish = _after(Step.RENAMED, _before(Step.STATUS_WRITTEN, workspace.publish))
# In this program alone, which runs the project's own functions between its deaths.
cloning.claim = _after(Step.CLAIMED, cloning.claim)
cloning.clone = _clone  # type: ignore[attr-defined]
workspace.publish = _publish
cloning._publish = _after(Step.COMMITTED, cloning._publish)  # noqa: SLF001  # the commit is its last act
analyzing._claim = _after(Step.ANALYSIS_CLAIMED, analyzing._claim)  # noqa: SLF001
analyzing.analyze = _after(Step.ANALYSIS_ENDED, analyzing.analyze)  # type: ignore[attr-defined]
workspace.keep_analysis = _after(Step.ANALYSIS_STORED, workspace.keep_analysis)
