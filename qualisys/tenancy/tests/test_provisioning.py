"""A new tenant: whole, usable at once, or not there at all."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections
from django_tenants.utils import schema_context, schema_exists, tenant_context

from conftest import ApiAs, World, make_project
from qualisys.projects.models import Project
from qualisys.tenancy import provisioning
from qualisys.tenancy.migration import TEMPLATE_SCHEMA
from qualisys.tenancy.models import Domain, Tenant, TenantMember, TenantRole
from qualisys.tenancy.provisioning import TemplateBehind, provision_tenant
from qualisys.tenancy.tests.conftest import MakeTenant


def what_is_there() -> dict[str, Any]:
    """Return the tenants, hosts, members and schemas of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace ORDER BY 1")
        schemas = cursor.fetchall()
    return {
        "schemas": schemas,
        "tenants": list(Tenant.objects.order_by("pk").values()),
        "domains": list(Domain.objects.order_by("pk").values()),
        "members": list(TenantMember.objects.order_by("pk").values()),
    }


def test_a_new_tenant_is_whole(world: World, make_tenant: MakeTenant) -> None:
    """There are a schema, a host and an owner, and the schema in use before is in use again."""
    tenant = make_tenant(host="Initech.LOCALHOST")

    assert schema_exists("initech")
    assert list(tenant.domains.values_list("domain", "is_primary")) == [("initech.localhost", True)]
    assert list(tenant.members.values_list("user_id", "role")) == [(world.acme_owner.pk, TenantRole.OWNER)]
    assert connection.schema_name == "acme"


def test_a_new_tenant_is_used_at_once(world: World, make_tenant: MakeTenant, api_as: ApiAs) -> None:
    """Its owner works at its host in the next moment, and what she makes is in its schema alone."""
    tenant = make_tenant()
    client = api_as(world.acme_owner, host="initech.localhost", tenant=tenant)

    assert client.post("/api/v1/projects", {"name": "First"}, format="json").status_code == 201

    assert [row["name"] for row in client.get("/api/v1/projects").json()["results"]] == ["First"]
    with tenant_context(world.acme):
        assert not Project.objects.filter(name="First").exists()


def test_a_new_tenant_is_empty(world: World, make_tenant: MakeTenant) -> None:
    """Nothing of the template's or of another tenant's rows comes with the copy, the migrations excepted."""
    make_project(world)
    make_tenant()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'initech'")
        tables = {name for (name,) in cursor.fetchall()}
        filled = []
        for table in tables:
            cursor.execute(f'SELECT EXISTS (SELECT FROM initech."{table}")')  # noqa: S608  # from the catalogue
            filled += [table] if cursor.fetchone() == (True,) else []
    assert {"projects", "project_members", "github_connections", "crawl_sessions"} <= tables
    assert filled == ["django_migrations"]


@pytest.mark.parametrize(
    "name",
    [
        *("", "x", "x" * 49, "9lives", "_hidden", "with-hyphen", "with space", "Capital", "pg_tables", "ünï", "a.b"),
        *('a"; --', "a\0b", "two\nlines", "trailing\n"),
    ],
)
def test_a_malformed_schema_name_is_refused(world: World, make_tenant: MakeTenant, name: str) -> None:
    """A name that is no plain PostgreSQL name is named as the mistake, and nothing is made."""
    before = what_is_there()
    with pytest.raises(ValidationError) as refusal:
        make_tenant(name, "initech.localhost")
    assert list(refusal.value.message_dict) == ["schema_name"]
    assert what_is_there() == before


@pytest.mark.parametrize("name", ["acme", "public", TEMPLATE_SCHEMA, "information_schema"])
def test_a_taken_schema_name_is_refused(world: World, make_tenant: MakeTenant, name: str) -> None:
    """Neither a tenant's schema nor one of the database's own becomes another tenant's."""
    before = what_is_there()
    with pytest.raises(ValidationError, match="exists") as refusal:
        make_tenant(name, "initech.localhost")
    assert list(refusal.value.message_dict) == ["schema_name"]
    assert what_is_there() == before


@pytest.mark.parametrize(
    "host",
    [
        *("", "not a host", "http://initech.localhost", "initech.localhost:8000", "initech.localhost/path"),
        *("-x.localhost", "x.localhost.", "www.initech.localhost", "under_score.localhost", "ünï.localhost"),
        *("a\0b", "x" * 254),
        # Another's, in whatever case, and the platform's own.
        *("acme.localhost", "ACME.localhost", "localhost"),
    ],
)
def test_a_malformed_or_taken_host_is_refused(world: World, make_tenant: MakeTenant, host: str) -> None:
    """A host that no request could bring, or that leads elsewhere, is the mistake; no schema is left behind."""
    before = what_is_there()
    with pytest.raises(ValidationError) as refusal:
        make_tenant("initech", host)
    assert list(refusal.value.message_dict) == ["domain"]
    assert what_is_there() == before


@pytest.mark.parametrize("name", ["ab", "select", "user", "x" * 48, "a_1", "pga"])
def test_a_plain_schema_name_is_taken(world: World, make_tenant: MakeTenant, name: str) -> None:
    """From the shortest to the longest, words of SQL among them."""
    tenant = make_tenant(name, "plain.localhost")
    with tenant_context(tenant):
        assert Project.objects.count() == 0


def test_without_a_complete_template_no_tenant_is_made(world: World, make_tenant: MakeTenant) -> None:
    """A template that lacks a migration would make broken tenants, so an operator is told to migrate first."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenant_template.django_migrations WHERE app = 'crawl'")
    before = what_is_there()

    with pytest.raises(TemplateBehind, match="migrate_schemas") as refusal:
        make_tenant()

    assert refusal.value.code == "TEMPLATE_BEHIND"
    assert what_is_there() == before


def test_a_failure_at_the_very_end_leaves_nothing(
    world: World, make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A schema that was copied goes away again with everything else when the last step fails."""
    copy_schema = provisioning.copy_schema

    def copy_and_fail(*arguments: Any, **options: Any) -> None:
        copy_schema(*arguments, **options)
        raise OSError("the disk is full")

    monkeypatch.setattr(provisioning, "copy_schema", copy_and_fail)
    before = what_is_there()
    with pytest.raises(OSError, match="the disk is full"):
        make_tenant()
    assert what_is_there() == before


def test_an_owner_who_does_not_exist_leaves_nothing(spare_tenants: World) -> None:
    """The database refuses the owner at the commit, and nothing of the tenant is there."""
    before = what_is_there()
    with pytest.raises(IntegrityError):
        provision_tenant("initech", name="Initech", host="initech.localhost", owner_id=uuid.uuid4())
    assert what_is_there() == before


def test_sixteen_tenants_at_once(spare_tenants: World) -> None:
    """Sixteen operators at the same moment get sixteen working tenants."""
    owner = spare_tenants.acme_owner.pk

    def provision(number: int) -> Tenant:
        try:
            name = f"crowd_{number}"
            return provision_tenant(name, name=name, host=f"crowd-{number}.localhost", owner_id=owner)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as threads:
        tenants = list(threads.map(provision, range(16)))

    for tenant in tenants:
        with tenant_context(tenant):
            make_project(spare_tenants, tenant.name)
    assert len({tenant.pk for tenant in tenants}) == 16
    with schema_context("crowd_7"):
        assert [project.name for project in Project.objects.all()] == ["crowd_7"]
