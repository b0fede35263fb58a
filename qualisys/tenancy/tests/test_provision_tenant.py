"""manage.py provision_tenant."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import schema_exists

from conftest import PASSWORD, World
from qualisys.accounts.models import User
from qualisys.tenancy.management.commands import provision_tenant
from qualisys.tenancy.models import Tenant, TenantMember, TenantRole

NEW_OWNER = "New.Owner@initech.example"
pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_PASSWORD", PASSWORD)


def provision(schema: str = "initech", **changes: str) -> str:
    output = StringIO()
    options = {"name": "Initech", "host": "initech.localhost", "owner": NEW_OWNER, **changes}
    call_command("provision_tenant", schema, **options, stdout=output)
    return output.getvalue()


def test_a_tenant_is_made_with_a_new_owner(world: World) -> None:
    """The command says where the tenant is reached, and its owner can log in with the password given."""
    assert "initech.localhost" in provision()

    tenant = Tenant.objects.get(schema_name="initech")
    owner = TenantMember.objects.get(tenant=tenant, role=TenantRole.OWNER).user
    assert tenant.name == "Initech"
    assert schema_exists("initech")
    assert owner.email == NEW_OWNER.lower()
    assert owner.check_password(PASSWORD)
    assert not owner.is_superuser


def test_the_password_is_asked_for_where_none_is_set(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable the password is typed, unseen."""
    monkeypatch.delenv("OWNER_PASSWORD")
    monkeypatch.setattr(provision_tenant.getpass, "getpass", lambda _prompt: f"{PASSWORD}, typed")
    provision()
    assert User.objects.get(email=NEW_OWNER.lower()).check_password(f"{PASSWORD}, typed")


def test_a_person_who_is_known_becomes_the_owner_as_she_is(world: World) -> None:
    """An address that is known, in whatever case, is that person, whose password stays her own."""
    before = User.objects.values().get(pk=world.teammate.pk)
    provision(owner=world.teammate.email.upper())
    assert TenantMember.objects.get(tenant__schema_name="initech").user == world.teammate
    assert User.objects.values().get(pk=world.teammate.pk) == before


def test_a_tenant_that_exists_is_left_as_it_is(world: World) -> None:
    """Running the command twice changes nothing, whatever else is said the second time."""
    provision()
    before = list(Tenant.objects.values()), User.objects.count(), TenantMember.objects.count()

    assert "exists" in provision(name="Other", host="other.localhost", owner="other@initech.example")

    assert (list(Tenant.objects.values()), User.objects.count(), TenantMember.objects.count()) == before


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"schema": "Not-A-Schema"}, "small letters"),
        ({"schema": "public"}, "exists already"),
        ({"host": "acme.localhost"}, "already exists"),
        ({"host": "http://initech.localhost/"}, "host name alone"),
        ({"name": ""}, "cannot be blank"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"owner": "no address"}, "valid email address"),
    ],
)
def test_bad_input_makes_nothing(world: World, changes: dict[str, str], complaint: str) -> None:
    """A mistake is answered with a sentence, and neither tenant nor owner nor schema is made."""
    before = Tenant.objects.count(), User.objects.count(), TenantMember.objects.count()
    with pytest.raises(CommandError, match=complaint):
        provision(**changes)
    assert (Tenant.objects.count(), User.objects.count(), TenantMember.objects.count()) == before
    assert not schema_exists("initech")


def test_a_weak_password_makes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner's password is held to the same rules as everybody's."""
    monkeypatch.setenv("OWNER_PASSWORD", "short")
    with pytest.raises(CommandError, match="too short"):
        provision()
    assert not Tenant.objects.filter(schema_name="initech").exists()


def test_before_the_first_migration_it_says_what_to_do(world: World) -> None:
    """With a template that is behind, the operator is told to migrate, and no owner is left behind."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenant_template.django_migrations WHERE app = 'crawl'")
    with pytest.raises(CommandError, match="migrate_schemas"):
        provision()
    assert not User.objects.filter(email=NEW_OWNER.lower()).exists()
