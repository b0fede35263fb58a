"""The host of a request leads to its tenant, at once after a change."""

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from conftest import ApiAs, World, make_project
from qualisys.tenancy.models import Domain, Tenant
from qualisys.tenancy.tests.conftest import MakeTenant

PROJECTS = "/api/v1/projects"


def test_a_host_is_cached_for_half_a_minute(world: World, api_as: ApiAs) -> None:
    """What is not saved through the models is noticed when the cache's time is over, and not before."""
    client = api_as(world.acme_owner)
    assert client.get(PROJECTS).status_code == 200
    Domain.objects.filter(domain="acme.localhost").update(domain="moved.localhost")
    assert client.get(PROJECTS).status_code == 200

    caches["tenants"].clear()

    assert client.get(PROJECTS).json()["error"] == "TENANT_NOT_FOUND"
    assert caches["tenants"].default_timeout == 30


def test_a_new_host_is_served_at_once(world: World, api_as: ApiAs) -> None:
    """A host that was asked for in vain is not remembered as unknown."""
    client = api_as(world.acme_owner, host="new.localhost")
    assert client.get(PROJECTS).status_code == 404
    Domain.objects.create(domain="new.localhost", tenant=world.acme, is_primary=False)
    assert client.get(PROJECTS).status_code == 200


def test_a_removed_host_is_forgotten_at_once(world: World, api_as: ApiAs) -> None:
    """After its removal a host leads nowhere, while the tenant's other host goes on."""
    Domain.objects.create(domain="new.localhost", tenant=world.acme, is_primary=False)
    clients = [api_as(world.acme_owner, host=host) for host in ("new.localhost", "acme.localhost")]
    assert [client.get(PROJECTS).status_code for client in clients] == [200, 200]

    Domain.objects.get(domain="new.localhost").delete()

    assert [client.get(PROJECTS).status_code for client in clients] == [404, 200]


def test_a_host_that_goes_to_another_tenant_shows_that_tenant_at_once(world: World, api_as: ApiAs) -> None:
    """The host shows the new tenant's projects, and the old tenant's token is worth nothing there."""
    make_project(world)
    host = Domain.objects.create(domain="new.localhost", tenant=world.acme, is_primary=False)
    of_acme = api_as(world.acme_owner, host="new.localhost")
    of_globex = api_as(world.globex_owner, host="new.localhost", tenant=world.globex)
    assert (of_acme.get(PROJECTS).json()["count"], of_globex.get(PROJECTS).status_code) == (1, 401)

    host.tenant = world.globex
    host.save()

    assert (of_acme.get(PROJECTS).status_code, of_globex.get(PROJECTS).json()["count"]) == (401, 0)


def test_a_renamed_tenant_has_its_new_name_at_once(world: World, client: Client) -> None:
    """A page names the tenant as it is called now."""
    client.force_login(world.acme_owner)
    page = {"path": "/admin/", "headers": {"host": "acme.localhost"}}
    assert b"Acme" in client.get(**page).content
    tenant = Tenant.objects.get(pk=world.acme.pk)
    tenant.name = "Umbrella"

    with schema_context("public"):
        tenant.save()

    assert b"Umbrella" in client.get(**page).content


def test_a_tenant_that_is_made_is_served_at_once(world: World, api_as: ApiAs, make_tenant: MakeTenant) -> None:
    """Nobody waits for the cache to notice a new tenant."""
    assert api_as(None, host="initech.localhost").get(PROJECTS).json()["error"] == "TENANT_NOT_FOUND"
    make_tenant()
    assert api_as(None, host="initech.localhost").get(PROJECTS).json()["error"] == "NOT_AUTHENTICATED"


@pytest.mark.parametrize("host", ["Beta.Localhost", "beta.localhost"])
def test_a_host_is_kept_in_small_letters(world: World, api_as: ApiAs, host: str) -> None:
    """A host that an operator writes with capitals is found all the same."""
    domain = Domain(domain=host, tenant=world.acme, is_primary=False)
    domain.full_clean()
    domain.save()
    assert api_as(world.acme_owner, host="beta.localhost").get(PROJECTS).status_code == 200


def test_requests_in_turn_stay_in_their_tenants(world: World, api_as: ApiAs) -> None:
    """One process serves two tenants in turn, and neither ever sees the other's."""
    make_project(world, f"Made at {timezone.now():%H:%M}")
    acme = api_as(world.acme_owner)
    globex = api_as(world.globex_owner, host="globex.localhost", tenant=world.globex)
    assert [client.get(PROJECTS).json()["count"] for client in (acme, globex) * 3] == [1, 0] * 3
