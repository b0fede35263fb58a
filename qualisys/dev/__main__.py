"""The commands behind script/: `python -m qualisys.dev demo | server | run`."""

import argparse
import os
import signal
import subprocess
import sys
from typing import Any, NoReturn

from qualisys.dev import demo, server
from qualisys.dev.api_client import ApiRefusal
from qualisys.dev.embedded_errors import EmbeddedServerError
from qualisys.dev.stack import PROJECT, StackError
from qualisys.dev.throwaway import throwaway_environment


def main() -> int:
    """Run the command that is named; an error that a person can act on is told in one sentence."""
    signal.signal(signal.SIGTERM, _interrupt)
    options = _parser().parse_args()
    try:
        status: int = options.run(options)
    except (StackError, EmbeddedServerError, ApiRefusal) as error:
        print(f"script/{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def _interrupt(*_signal: Any) -> NoReturn:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, module in (("demo", demo), ("server", server)):
        command = commands.add_parser(name, prog=f"script/{name}", description=module.__doc__)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    within = commands.add_parser("run", description="Run a command with settings and servers made for it alone.")
    within.add_argument("arguments", nargs=argparse.REMAINDER)
    within.set_defaults(run=_run_within)
    return parser


def _run_within(options: argparse.Namespace) -> int:
    with throwaway_environment() as variables:
        environment = {**os.environ, **variables}
        return subprocess.run(options.arguments, cwd=PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
