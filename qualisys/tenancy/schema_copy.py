"""Copying a schema's structure from PostgreSQL's catalogue, names of constraints included.

django-tenants' own `clone_schema` renames constraints, which later migrations and errors told apart by
a constraint's name would trip over. A test compares a copy with a migrated
schema by pg_dump, so that a kind of object that is not copied here is noticed.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

_TABLES = """
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind = 'r' ORDER BY c.relname
"""
# Foreign keys last: what they refer to must be unique first.
_CONSTRAINTS = """
    SELECT format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', t.relname, conname, pg_get_constraintdef(c.oid))
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE conrelid = ANY(%s) AND contype IN ('p', 'u', 'x', 'f')
    ORDER BY contype = 'f', t.relname, conname
"""
_INDEXES = """
    SELECT pg_get_indexdef(indexrelid, 0, true) FROM pg_index
    WHERE indrelid = ANY(%s) AND NOT EXISTS (
        SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x')
    )
    ORDER BY 1
"""
_LIKE = sql.SQL(
    "CREATE TABLE {table} (LIKE {source}.{table} INCLUDING DEFAULTS INCLUDING IDENTITY"
    " INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS)"
)
_ROWS = sql.SQL("INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {source}.{table}")
_NEXT_ID = sql.SQL(
    "SELECT setval(pg_get_serial_sequence({name}, 'id'), coalesce((SELECT max(id) FROM {table}), 0) + 1, false)"
)


def copy_schema(source: str, target: str, *, tables_with_rows: Sequence[str]) -> None:
    """Create the target with the source's tables, and with the rows of those tables that are named.

    Runs in the caller's transaction; a target that exists already is a database error.
    """
    with connection.cursor() as cursor:
        _look_into(cursor, source)
        cursor.execute(_TABLES, [source])
        tables = dict(cursor.fetchall())
        cursor.execute(f"({_CONSTRAINTS}) UNION ALL ({_INDEXES})", [list(tables), list(tables)])
        definitions = [sql.SQL(definition) for (definition,) in cursor.fetchall()]
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(target)))
        _look_into(cursor, target)
        copies = [_of_table(_LIKE, source, table) for table in tables.values()]
        rows = [_of_table(form, source, table) for table in tables_with_rows for form in (_ROWS, _NEXT_ID)]
        cursor.execute(sql.SQL("; ").join([*copies, *definitions, *rows]))


def _look_into(cursor: CursorWrapper, schema: str) -> None:
    """Set the search path, so that definitions name the schema's own tables without the schema."""
    cursor.execute(sql.SQL("SET search_path = {}, public").format(sql.Identifier(schema)))


def _of_table(form: sql.SQL, source: str, table: str) -> sql.Composed:
    return form.format(source=sql.Identifier(source), table=sql.Identifier(table), name=sql.Literal(table))
