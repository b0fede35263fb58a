"""A second look into the database, and tenants that go away with their test."""

import os
from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.core.cache import caches
from django.db import connection
from django_tenants.utils import schema_context

from conftest import World
from qualisys.tenancy.models import Tenant
from qualisys.tenancy.provisioning import provision_tenant

MakeTenant = Callable[..., Tenant]


@pytest.fixture(autouse=True)
def _no_cached_hosts() -> Iterator[None]:
    """What a test rolls back must not be found in the cache by the next."""
    caches["tenants"].clear()
    yield
    caches["tenants"].clear()


@pytest.fixture
def make_tenant(world: World) -> MakeTenant:
    """Make a tenant of Acme's owner, in the test's transaction."""

    def make(schema_name: str = "initech", host: str = "initech.localhost") -> Tenant:
        return provision_tenant(schema_name, name="Initech", host=host, owner_id=world.acme_owner.pk)

    return make


@pytest.fixture
def spare_tenants(committed: World) -> Iterator[World]:
    """The world, committed; every tenant that is made beside its two is removed afterwards."""
    yield committed
    with schema_context("public"):
        for tenant in Tenant.objects.exclude(pk__in=[committed.acme.pk, committed.globex.pk]):
            tenant.delete(force_drop=True)


def database_address() -> str:
    """Return the address of this test's database, for another connection or program."""
    return psycopg.conninfo.make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])


@pytest.fixture
def other_connection() -> Iterator[psycopg.Connection]:
    """A second connection to the test's database, which lets go after seconds of whoever waits for it in vain."""
    with psycopg.connect(database_address(), options="-c idle_in_transaction_session_timeout=5s") as made:
        yield made
