"""The operators' admin: people, tenants and hosts are made, changed and kept there."""

from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import schema_context, schema_exists

from conftest import World
from qualisys.accounts.models import User
from qualisys.tenancy.models import Domain, Tenant, TenantMember

TENANTS = "/admin/tenancy/tenant/"


@pytest.fixture
def operators(world: World, client: Client) -> Client:
    """A browser-like client on the public host, logged in as an operator."""
    client.defaults["HTTP_HOST"] = "localhost"
    client.force_login(world.operator)
    return client


def new_tenant(world: World, **fields: Any) -> dict[str, Any]:
    whole = {"name": "Initech", "schema_name": "initech", "host": "initech.localhost", "owner": world.outsider.pk}
    return {**whole, **fields}


def test_an_operator_makes_a_tenant(world: World, operators: Client) -> None:
    """Schema, host and owner are there at once, and the list shows the tenant."""
    answer = operators.post(f"{TENANTS}add/", new_tenant(world), follow=True)
    assert "was added successfully" in answer.content.decode()
    with schema_context("public"):
        made = Tenant.objects.get(schema_name="initech")
        assert schema_exists("initech")
        assert Domain.objects.get(tenant=made).domain == "initech.localhost"
        assert TenantMember.objects.get(tenant=made).user == world.outsider


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "acme.localhost"},
        {"host": "not a host"},
        {"schema_name": "acme"},
        {"schema_name": "Acme!"},
        {"owner": ""},
    ],
)
def test_a_tenant_that_cannot_be_is_refused_on_the_page(world: World, operators: Client, wrong: dict[str, str]) -> None:
    """A taken or malformed name or host, or no owner, is said beside the field, and nothing is made."""
    before = Tenant.objects.count()
    answer = operators.post(f"{TENANTS}add/", new_tenant(world, **wrong))
    assert answer.status_code == 200
    assert list(wrong) == list(answer.context["adminform"].form.errors)
    assert Tenant.objects.count() == before


def test_a_tenants_page_offers_no_other_schema_and_no_deletion(world: World, operators: Client) -> None:
    """The schema's name is shown and cannot be changed, and a tenant is not deleted here."""
    page = f"{TENANTS}{world.acme.pk}/change/"
    shown = operators.get(page).content.decode()
    assert "acme.localhost" in shown
    assert 'name="schema_name"' not in shown
    assert operators.post(f"{TENANTS}{world.acme.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_operator_makes_a_person(world: World, operators: Client) -> None:
    """A new person may log in with the password that was given; a weak one is refused."""
    path, password = "/admin/accounts/user/add/", "a long enough phrase 7"
    form = {"email": "New@Example.com", "name": "New", "usable_password": "true"}
    weak = operators.post(path, {**form, "password1": "password", "password2": "password"})
    assert weak.context["adminform"].form.errors
    operators.post(path, {**form, "password1": password, "password2": password})
    assert User.objects.get(email__iexact="new@example.com").check_password(password)
    assert operators.get("/admin/accounts/user/").status_code == 200
    assert operators.post(f"/admin/accounts/user/{world.outsider.pk}/delete/", {"post": "yes"}).status_code == 403
