"""Make a tenant from the command line."""

import getpass
import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from qualisys.accounts.models import User
from qualisys.accounts.registration import register
from qualisys.errors import DomainError
from qualisys.tenancy.models import Tenant
from qualisys.tenancy.provisioning import provision_tenant

PASSWORD_VARIABLE = "OWNER_PASSWORD"  # noqa: S105  # the name of a variable


class Command(BaseCommand):
    help = (
        "Makes a tenant with its schema, its host and its owner. A new owner's password is read from "
        f"{PASSWORD_VARIABLE}, or asked for. A tenant that exists is left as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schema_name", help="small letters, digits, underscores; never changes")
        parser.add_argument("--name", required=True, help="what people call the tenant")
        parser.add_argument("--host", required=True, help="the host name under which it is reached")
        parser.add_argument("--owner", required=True, help="the e-mail address of its owner")

    def handle(self, *, schema_name: str, name: str, host: str, owner: str, **_options: Any) -> None:
        if Tenant.objects.filter(schema_name=schema_name).exists():
            self.stdout.write(f"The tenant {schema_name} exists.")
            return
        try:
            # A new owner is made together with the tenant, or not at all.
            with transaction.atomic():
                tenant = provision_tenant(schema_name, name=name, host=host, owner_id=self._owner(owner).pk)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(self.style.SUCCESS(f"The tenant {tenant.name} is reached at {host}."))

    def _owner(self, email: str) -> User:
        user = User.objects.filter(email__iexact=email).first()
        if user:
            return user
        password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(f"Password for {email}: ")
        return register(email, password)
