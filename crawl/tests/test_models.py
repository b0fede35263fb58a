"""The table of crawls: there as it was agreed, before anything crawls."""

import pytest
from django.db import IntegrityError, connection, transaction
from django_tenants.utils import tenant_context

from conftest import World
from crawl.models import CrawlSession
from qualisys.projects.models import Project


def make_session(project: Project, **fields: object) -> CrawlSession:
    """Make a crawl of the project that says nothing more than these fields."""
    return CrawlSession.objects.create(
        project=project, target_url="https://example.com", created_by_id=project.created_by_id, **fields
    )


@pytest.mark.parametrize("tenant", ["acme", "globex"])
def test_index_on_the_project_has_its_name(tenant: str, world: World) -> None:
    """Each tenant's table has the index on the project under the name that was agreed."""
    with tenant_context(getattr(world, tenant)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema"
            " AND indexname = 'idx_crawl_sessions_project_id'"
        )
        (definition,) = cursor.fetchone()
    assert definition.endswith("crawl_sessions USING btree (project_id)")


def test_table_has_the_agreed_columns(world: World) -> None:
    """The columns and their kinds are those that were agreed, JSON as jsonb."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, udt_name FROM information_schema.columns"
            " WHERE table_schema = current_schema AND table_name = 'crawl_sessions'"
        )
        columns = dict(cursor.fetchall())
    assert columns == {
        **dict.fromkeys(("id", "project_id", "created_by_id"), "uuid"),
        **dict.fromkeys(("target_url", "status"), "varchar"),
        **dict.fromkeys(("auth_config", "crawl_data"), "jsonb"),
        **dict.fromkeys(("pages_crawled", "forms_found", "links_found"), "int4"),
        **dict.fromkeys(("started_at", "completed_at", "created_at"), "timestamptz"),
        "error_message": "text",
    }


def test_crawl_begins_as_pending_and_empty(project: Project) -> None:
    """A crawl that says nothing of itself waits, and has found nothing."""
    made = make_session(project)
    made.refresh_from_db()
    assert (made.status, made.auth_config, made.crawl_data) == ("pending", {}, {})
    assert (made.pages_crawled, made.forms_found, made.links_found) == (0, 0, 0)
    assert (made.started_at, made.completed_at, made.error_message) == (None, None, "")


@pytest.mark.parametrize("status", ["", "cloned", "Pending"])
def test_unknown_status_is_refused(status: str, project: Project) -> None:
    """The database knows the four statuses of a crawl and no other."""
    with pytest.raises(IntegrityError, match="crawl_sessions_status_check"), transaction.atomic():
        make_session(project, status=status)


def test_rows_of_one_tenant_are_not_in_another(project: Project, world: World) -> None:
    """Each tenant has a table of its own."""
    make_session(project)
    with tenant_context(world.globex):
        assert not CrawlSession.objects.exists()


def test_crawls_go_with_their_project(project: Project) -> None:
    """A deleted project leaves no crawl behind."""
    make_session(project)
    project.delete()
    assert not CrawlSession.objects.exists()
