"""A backup as docs/operations.md makes one is the whole service again."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql

from qualisys.dev.postgres_installation import binaries_for

OWNER = "owner@restored.example"


# In the tenant's schema: a project with a connection, whose token is encrypted as ever.
CONNECT = """
import qualisys.wsgi
from django_tenants.utils import schema_context
from github_connections.models import GithubConnection
from qualisys.accounts.models import User
from qualisys.encryption import encrypt
from qualisys.projects.models import Project
with schema_context("restored"):
    project = Project.objects.create(name="Shop", created_by=User.objects.get())
    GithubConnection.objects.create(project=project, repo_url="https://github.com/o/r", github_id=1, branch="main",
        encrypted_token=encrypt("a token"), created_by=project.created_by, status="failed")
"""
REVEAL = """
import qualisys.wsgi
from django_tenants.utils import schema_context
from github_connections.models import GithubConnection
with schema_context("restored"):
    connection = GithubConnection.objects.get()
    print(connection.project, connection.status, connection.reveal_token())
"""


def on(url: str, database: str) -> str:
    """The same server, another database of it."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def run_python(url: str, *arguments: str, **settings_of_its_own: str) -> str:
    """Run Python in the project on that database and return what it prints."""
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": url, "OWNER_PASSWORD": "correct horse battery staple"} | settings_of_its_own,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


def test_a_dump_is_the_whole_service_again(django_db_setup: None, tmp_path: Path) -> None:
    """Tenants, rows and tokens come back by pg_restore into an empty database, and new tenants can be made in it."""
    server = os.environ["DATABASE_URL"]
    before, after = on(server, "before_the_loss"), on(server, "after_the_loss")
    dump = tmp_path / "qualisys.dump"
    with psycopg.connect(server, autocommit=True) as database:
        for name in ("before_the_loss", "after_the_loss"):
            database.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    run_python(before, "manage.py", "migrate_schemas", "--verbosity", "0")
    tenant = ("restored", "--name", "Restored", "--host", "restored.localhost", "--owner", OWNER)
    run_python(before, "manage.py", "provision_tenant", *tenant)
    run_python(before, "-c", CONNECT)

    programs = binaries_for(None)
    with dump.open("wb") as file:
        subprocess.run([programs / "pg_dump", "--format", "custom", before], stdout=file, check=True)
    with dump.open("rb") as file:
        subprocess.run([programs / "pg_restore", "--dbname", after, "--exit-on-error"], stdin=file, check=True)

    assert run_python(after, "-c", REVEAL).strip() == "Shop failed a token"
    clones = tmp_path / "clones"  # those of other tests belong to nobody there
    clones.mkdir()
    looked = run_python(after, "manage.py", "reconcile_repositories", "--dry-run", CLONE_ROOT=str(clones))
    assert "0 found" in looked
    another = ("another", "--name", "Another", "--host", "another.localhost", "--owner", OWNER)
    assert "another.localhost" in run_python(after, "manage.py", "provision_tenant", *another)
