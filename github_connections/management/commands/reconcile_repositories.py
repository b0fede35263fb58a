"""Compare rows and directories, both ways."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from github_connections.reconciliation import reconcile


class Command(BaseCommand):
    help = "Compares what the database says of the clones with what lies on disk, and puts right what is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what is wrong and change nothing")
        parser.add_argument("--accept-loss", action="store_true", help="most clones are missing, and that is true")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *, dry_run: bool, accept_loss: bool, json: bool, **_options: Any) -> None:
        reconciliation = reconcile(dry_run=dry_run, accept_loss=accept_loss)
        if json:
            self.stdout.write(_as_json(asdict(reconciliation)))
        else:
            for finding in reconciliation.findings:
                self.stdout.write(f"{finding.kind:<22} {finding.tenant:<20} {finding.subject}")
            verb = "found" if dry_run or reconciliation.refused else "put right"
            self.stdout.write(f"{len(reconciliation.findings)} {verb}.")
        if reconciliation.refused:
            raise CommandError(f"Nothing was changed. {reconciliation.refused}")


def _as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2)
