"""Making a tenant: its schema, its host and its owner, together or not at all."""

import uuid

from django.db import connection, transaction
from django_tenants.utils import schema_context

from qualisys.errors import Conflict
from qualisys.tenancy.migration import TEMPLATE_SCHEMA, schemas_behind
from qualisys.tenancy.models import Domain, Tenant, TenantMember, TenantRole
from qualisys.tenancy.schema_copy import copy_schema

# Copies lock the shared tables they refer to: taking turns, no two can wait for each other.
COPY_LOCK = "qualisys.tenancy.provisioning"


class TemplateBehind(Conflict):
    """The template schema lacks migrations, so a tenant made of it would be broken."""

    code = "TEMPLATE_BEHIND"
    message = "Run `manage.py migrate_schemas` first: the template of new tenants is behind."


def provision_tenant(schema_name: str, *, name: str, host: str, owner_id: uuid.UUID) -> Tenant:
    """Return a new tenant, ready to be used at once.

    Raises ValidationError for a name or host that is taken or malformed, TemplateBehind before the
    first migration.
    """
    tenant = Tenant(schema_name=schema_name, name=name)
    domain = Domain(domain=host, tenant=tenant, is_primary=True)
    with schema_context("public"), transaction.atomic():
        tenant.full_clean()
        tenant.save()
        domain.full_clean(exclude=["tenant"])
        domain.save()
        TenantMember.objects.create(tenant=tenant, user_id=owner_id, role=TenantRole.OWNER)
        _create_schema(schema_name)
    return tenant


def _create_schema(schema_name: str) -> None:
    if schemas_behind([TEMPLATE_SCHEMA]):
        raise TemplateBehind
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [COPY_LOCK])
    copy_schema(TEMPLATE_SCHEMA, schema_name, tables_with_rows=["django_migrations"])
