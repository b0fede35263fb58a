"""Migrating only the schemas that are behind, and the template that new tenants are made from."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_tenants.migration_executors import get_executor as get_library_executor
from django_tenants.migration_executors.base import MigrationExecutor
from psycopg import sql

TEMPLATE_SCHEMA = "tenant_template"
# PostgreSQL locks every table a statement names; a batch stays well below its lock table.
SCHEMAS_PER_STATEMENT = 200


def schemas_behind(schemas: Sequence[str]) -> list[str]:
    """Return those schemas, in their order, that lack a migration which the code has."""
    expected = [f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations]
    applied = dict(_count_applied(_with_migrations(schemas), expected))
    return [schema for schema in schemas if applied.get(schema) != len(expected)]


def _with_migrations(schemas: Sequence[str]) -> list[str]:
    statement = "SELECT schemaname FROM pg_tables WHERE tablename = 'django_migrations' AND schemaname = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(schemas)])
        return [schema for (schema,) in cursor.fetchall()]


def _count_applied(schemas: list[str], expected: list[str]) -> Iterator[tuple[str, int]]:
    one = sql.SQL("SELECT {name}, count(*) FROM {schema}.django_migrations WHERE app || '.' || name = ANY({expected})")
    for start in range(0, len(schemas), SCHEMAS_PER_STATEMENT):
        parts = [
            one.format(name=sql.Literal(schema), schema=sql.Identifier(schema), expected=sql.Literal(expected))
            for schema in schemas[start : start + SCHEMAS_PER_STATEMENT]
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(" UNION ALL ").join(parts).as_string(cursor.connection))
            yield from cursor.fetchall()


class PendingOnly:
    """Hands django-tenants' own executor the schemas that are behind, the template's among them."""

    def __init__(self, executor: MigrationExecutor) -> None:
        self.executor = executor

    def run_migrations(self, tenants: Iterable[str] | None = None) -> None:
        schemas = list(tenants or [])
        if self.executor.PUBLIC_SCHEMA_NAME not in schemas:
            self._ensure_template()
            schemas.append(TEMPLATE_SCHEMA)
        # Going to a named migration, or back, is not a question of being behind.
        if not self.executor.options.get("app_label"):
            schemas = schemas_behind(schemas)
        self.executor.run_migrations(tenants=schemas)

    def _ensure_template(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {TEMPLATE_SCHEMA}")


def get_executor(codename: str | None = None) -> Any:
    """Return what the migrate_schemas command calls to build its executor."""
    library_executor = get_library_executor(codename)
    return lambda args, options: PendingOnly(library_executor(args, options))
