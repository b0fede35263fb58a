"""A copied schema is a migrated schema, to the last index."""

import re
import subprocess

import pytest
from django.db import connection
from psycopg import sql

from conftest import World
from qualisys.dev.postgres_installation import binaries_for
from qualisys.tenancy.migration import TEMPLATE_SCHEMA
from qualisys.tenancy.provisioning import provision_tenant
from qualisys.tenancy.tests.conftest import MakeTenant, database_address

SEQUENCE_LIMIT = re.compile(r"NO MAXVALUE|MAXVALUE 2147483647")
# The same array, once cast as a whole and once element by element.
CAST_ARRAY = re.compile(r"\(ARRAY\[([^]]*)\]\)::text\[\]")


def cast_each(array: re.Match[str]) -> str:
    return f"ARRAY[{', '.join(f'({element})::text' for element in array[1].split(', '))}]"


def structure_of(schema: str) -> list[str]:
    """Return what pg_dump says of a schema's structure, in one spelling, the statements in order."""
    pg_dump = [str(binaries_for(None) / "pg_dump"), f"--dbname={database_address()}", f"--schema={schema}"]
    dump = subprocess.run([*pg_dump, "--schema-only", "--no-owner"], check=True, capture_output=True, text=True).stdout
    lines = [line for line in dump.splitlines() if not line.startswith(("--", "\\")) and line]
    text = re.sub(rf"\b{schema}\b", "SCHEMA", "\n".join(lines))
    text = SEQUENCE_LIMIT.sub("MAXVALUE", text)
    text = CAST_ARRAY.sub(cast_each, text)
    return sorted(f"{statement.strip()};" for statement in text.split(";\n"))


def test_a_copy_is_the_same_as_what_was_migrated(world: World) -> None:
    """pg_dump sees no difference between a tenant's schema and the template that the migrations made."""
    copied, migrated = structure_of("acme"), structure_of(TEMPLATE_SCHEMA)
    assert copied == migrated


@pytest.mark.parametrize(
    "name",
    ["github_connections_one_live_per_project", "project_members_role_check", "idx_crawl_sessions_project_id"],
)
def test_the_comparison_sees_constraints_and_indexes(world: World, name: str) -> None:
    """What is compared is the structure with its names, and not two empty texts."""
    assert any(name in statement for statement in structure_of("acme"))


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE project_members DROP CONSTRAINT project_members_role_check",
        "DROP INDEX idx_crawl_sessions_project_id",
        "ALTER TABLE projects ALTER description DROP NOT NULL",
        "CREATE VIEW names AS SELECT name FROM projects",
    ],
)
def test_the_comparison_sees_a_difference(spare_tenants: World, change: str) -> None:
    """One constraint, index, column or view that the copy lacked would be noticed."""
    provision_tenant("spare", name="Spare", host="spare.localhost", owner_id=spare_tenants.acme_owner.pk)
    assert structure_of("spare") == structure_of(TEMPLATE_SCHEMA)
    with connection.cursor() as cursor:
        cursor.execute(f"SET search_path = spare, public; {change}")
    assert structure_of("spare") != structure_of(TEMPLATE_SCHEMA)


def migrations_of(schema: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT app, name, applied FROM {}.django_migrations ORDER BY id").format(sql.Identifier(schema))
        )
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows


def test_a_copy_knows_its_migrations_and_counts_on(world: World, make_tenant: MakeTenant) -> None:
    """The same migrations are on record, and the next one gets a number of its own."""
    make_tenant()
    migrated = migrations_of(TEMPLATE_SCHEMA)
    assert migrations_of("initech") == migrated

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO initech.django_migrations (app, name, applied) VALUES ('a', 'b', now())")
        cursor.execute("SELECT max(id) FROM initech.django_migrations")
        assert cursor.fetchone() == (len(migrated) + 1,)
