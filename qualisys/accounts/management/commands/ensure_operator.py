"""Make an operator of the platform from the command line."""

import getpass
import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from qualisys.accounts.models import User
from qualisys.accounts.registration import register

PASSWORD_VARIABLE = "OPERATOR_PASSWORD"  # noqa: S105  # the name of a variable


class Command(BaseCommand):
    help = (
        "Makes an operator, who may enter every admin. The password is read from "
        f"{PASSWORD_VARIABLE}, or asked for. An address that is known is left as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the operator's e-mail address")

    def handle(self, *, email: str, **_options: Any) -> None:
        if User.objects.filter(email__iexact=email).exists():
            self.stdout.write(f"{email} exists.")
            return
        password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(f"Password for {email}: ")
        try:
            register(email, password, is_superuser=True)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(self.style.SUCCESS(f"{email} may enter every admin."))
