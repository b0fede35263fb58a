"""What every test may ask for: two tenants, people in every role, and the service running for real."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import caches
from django.db import OperationalError, connection, transaction
from django.test.utils import setup_databases, teardown_databases
from django_tenants.utils import tenant_context
from psycopg.errors import DeadlockDetected
from rest_framework.test import APIClient, ForceAuthClientHandler
from rest_framework_simplejwt.tokens import RefreshToken

from qualisys.accounts.models import User
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role
from qualisys.tenancy.authentication import TENANT_CLAIM
from qualisys.tenancy.models import Tenant, TenantMember, TenantRole
from qualisys.tenancy.provisioning import provision_tenant

PASSWORD = "correct horse battery staple"


def _person(email: str, **fields: Any) -> User:
    """Make a user whose password is quick to check."""
    quick = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    return User.objects.create(email=email, password=quick, **fields)


@dataclass
class World:
    """Two tenants and the people in them. Each project test makes its own project."""

    acme: Tenant
    globex: Tenant
    acme_owner: User
    acme_admin: User
    globex_owner: User
    # Belongs to Acme, and to no project by itself.
    teammate: User
    # Belongs to no tenant.
    outsider: User
    operator: User
    by_role: dict[Role, User] = field(default_factory=dict)


def _make_world() -> World:
    acme_owner = _person("owner@acme.example")
    globex_owner = _person("owner@globex.example")
    acme = provision_tenant("acme", name="Acme", host="acme.localhost", owner_id=acme_owner.pk)
    globex = provision_tenant("globex", name="Globex", host="globex.localhost", owner_id=globex_owner.pk)
    world = World(
        acme=acme,
        globex=globex,
        acme_owner=acme_owner,
        acme_admin=_person("admin@acme.example"),
        globex_owner=globex_owner,
        teammate=_person("teammate@acme.example"),
        outsider=_person("outsider@example.com"),
        operator=_person("operator@qualisys.example", is_superuser=True),
        by_role={role: _person(f"{role.value}@acme.example.org") for role in Role},
    )
    TenantMember.objects.create(tenant=acme, user=world.acme_admin, role=TenantRole.ADMIN)
    for user in [world.teammate, *world.by_role.values()]:
        TenantMember.objects.create(tenant=acme, user=user, role=TenantRole.MEMBER)
    return world


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,  # names a database for each worker of pytest-xdist
) -> Iterator[None]:
    """Make the run's database; pytest-django's own makes none for a run of `committed` tests alone."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def _world(django_db_setup: None, django_db_blocker: Any) -> World:
    with django_db_blocker.unblock():
        return _make_world()


@pytest.fixture
def world(_world: World, db: None) -> Iterator[World]:
    """The tenants and people, with Acme's schema chosen, in a transaction that is rolled back."""
    # Whose a host is has to be asked again every half minute: none of them in the middle of a test.
    caches["tenants"].clear()
    with tenant_context(_world.acme):
        yield _world


@pytest.fixture
def committed(_world: World, django_db_blocker: Any) -> Iterator[World]:
    """The same, with every statement committed, so that other connections and processes see it."""
    with django_db_blocker.unblock():
        with tenant_context(_world.acme):
            yield _world
        for tenant in (_world.acme, _world.globex):
            with tenant_context(tenant):
                _empty()


def _empty() -> None:
    """Empty the present tenant's tables; a worker that is at a row of theirs may have it end in a deadlock."""
    for attempts_left in reversed(range(5)):
        try:
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE projects, auditlog_logentry, deadlines, django_admin_log CASCADE")
        except OperationalError as error:
            if attempts_left == 0 or not isinstance(error.__cause__, DeadlockDetected):
                raise
        else:
            return


@pytest.fixture
def project(world: World) -> Project:
    """A project of Acme with one member of every role."""
    return make_project(world)


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing a password costs half a second on purpose, which only the tests of logging in would feel."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1)


def make_project(world: World, name: str = "Shop") -> Project:
    """Make a project in the present tenant, with one member of every role."""
    made = Project.objects.create(name=name, created_by=world.acme_owner)
    ProjectMember.objects.bulk_create(
        ProjectMember(project=made, user=user, role=role) for role, user in world.by_role.items()
    )
    return made


def token_for(user: User, tenant: Tenant) -> str:
    """Return an access token as the API would issue it."""
    refresh = RefreshToken.for_user(user)
    refresh[TENANT_CLAIM] = str(tenant.pk)
    return str(refresh.access_token)


@contextmanager
def undone(tenant: Tenant) -> Iterator[None]:
    """Be in a tenant's schema, and undo at the end what was done to the database."""
    with tenant_context(tenant), transaction.atomic():
        yield
        transaction.set_rollback(True)


ApiAs = Callable[..., APIClient]


@pytest.fixture(scope="session")
def _api_handler() -> ForceAuthClientHandler:
    """The middleware, loaded once for all tests of the API: WhiteNoise looks at every static file each time."""
    return ForceAuthClientHandler(enforce_csrf_checks=False)


@pytest.fixture
def api_as(_world: World, _api_handler: ForceAuthClientHandler) -> ApiAs:
    """A client of the API on Acme's host, logged in as this person (None: nobody)."""

    def client_of(user: User | None, host: str = "acme.localhost", tenant: Tenant | None = None) -> APIClient:
        client = APIClient(HTTP_HOST=host)
        client.handler = _api_handler
        if user is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_for(user, tenant or _world.acme)}")
        return client

    return client_of


@pytest.fixture
def acme_admin_site(world: World, client: Any) -> Any:
    """A browser-like client on Acme's host, logged in as Acme's owner."""
    client.defaults["HTTP_HOST"] = "acme.localhost"
    client.force_login(world.acme_owner)
    return client
