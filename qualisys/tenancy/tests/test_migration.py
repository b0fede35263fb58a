"""manage.py migrate_schemas looks at all schemas and touches those that are behind."""

import re
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from conftest import World
from qualisys.tenancy import migration
from qualisys.tenancy.migration import TEMPLATE_SCHEMA, schemas_behind
from qualisys.tenancy.tests.conftest import MakeTenant

MigrateSchemas = Callable[..., list[str]]


@pytest.fixture
def migrate_schemas(world: World, capsys: pytest.CaptureFixture[str]) -> MigrateSchemas:
    """Run the command and return the schemas that it went to work on, in their order."""

    def run(*arguments: str, **options: object) -> list[str]:
        capsys.readouterr()
        call_command("migrate_schemas", *arguments, interactive=False, **options)
        return re.findall(r"standard:(\w+)\] === Starting migration", capsys.readouterr().out)

    return run


def set_back(schema: str) -> None:
    """Undo a migration in this schema, as if it were as old as that."""
    with connection.cursor() as cursor:
        name = sql.Identifier(schema)
        cursor.execute(sql.SQL("DROP TABLE {}.crawl_sessions").format(name))
        cursor.execute(sql.SQL("DELETE FROM {}.django_migrations WHERE app = 'crawl'").format(name))


def has_table(schema: str, table: str = "crawl_sessions") -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{schema}.{table}"])
        return bool(cursor.fetchone()[0])


def test_with_nothing_to_do_no_schema_is_touched(migrate_schemas: MigrateSchemas) -> None:
    """A deployment without a new migration goes to work on no schema at all."""
    assert migrate_schemas() == []


def test_a_schema_that_is_behind_is_brought_up_to_date_alone(
    make_tenant: MakeTenant, migrate_schemas: MigrateSchemas
) -> None:
    """The one that lacks a migration gets it, the others are not touched, and then nobody is behind."""
    make_tenant()
    set_back("initech")

    assert migrate_schemas() == ["initech"]

    assert has_table("initech")
    assert schemas_behind(["acme", "globex", "initech", TEMPLATE_SCHEMA]) == []
    assert migrate_schemas() == []


def test_the_template_is_brought_up_to_date_too(make_tenant: MakeTenant, migrate_schemas: MigrateSchemas) -> None:
    """After a deployment new tenants are made with the new migrations."""
    set_back(TEMPLATE_SCHEMA)

    assert migrate_schemas() == [TEMPLATE_SCHEMA]

    make_tenant()
    assert has_table("initech")


def test_a_template_that_is_not_there_is_made(make_tenant: MakeTenant, migrate_schemas: MigrateSchemas) -> None:
    """The first deployment makes the template that tenants are made from."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA tenant_template CASCADE")

    assert migrate_schemas() == [TEMPLATE_SCHEMA]

    make_tenant()
    assert has_table("initech")


def test_an_empty_schema_is_behind(world: World) -> None:
    """A schema without a table of migrations, as a failed deployment may leave one, lacks all of them."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA empty")
    assert schemas_behind(["acme", "empty", "globex"]) == ["empty"]


def test_the_question_is_asked_in_batches(make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """More schemas than one statement may name are asked for in several, and none is forgotten."""
    monkeypatch.setattr(migration, "SCHEMAS_PER_STATEMENT", 2)
    make_tenant()
    set_back("initech")
    assert schemas_behind(["acme", "globex", "initech", TEMPLATE_SCHEMA, "public"]) == ["initech"]
    assert schemas_behind([]) == []


def test_a_migration_that_the_code_does_not_know_is_no_matter(world: World) -> None:
    """A row of a package that was taken out does not make a schema look complete or behind."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO acme.django_migrations (app, name, applied) VALUES ('gone', '0001', now())")
    assert schemas_behind(["acme"]) == []
    set_back("acme")
    assert schemas_behind(["acme"]) == ["acme"]


def test_going_to_a_named_migration_asks_nobody_who_is_behind(
    migrate_schemas: MigrateSchemas,
) -> None:
    """A way back goes through every schema, and so does the way forward again."""
    tenants = {"acme", "globex", TEMPLATE_SCHEMA}

    assert set(migrate_schemas("crawl", "zero", tenant=True)) == tenants
    assert not any(has_table(schema) for schema in tenants)

    assert set(migrate_schemas(tenant=True)) == tenants
    assert all(has_table(schema) for schema in tenants)


def test_one_schema_may_be_named(make_tenant: MakeTenant, migrate_schemas: MigrateSchemas) -> None:
    """With --schema the others stay as they are."""
    make_tenant()
    set_back("initech")
    set_back("globex")

    assert migrate_schemas(schema_name="initech") == ["initech"]

    assert has_table("initech")
    assert not has_table("globex")
