"""The rows that benchmarks need, made without the work that makes them in earnest."""

from typing import Any

from django.utils import timezone

from github_connections.models import GithubConnection
from qualisys.accounts.models import User
from qualisys.encryption import encrypt
from qualisys.projects.models import Project
from qualisys.tenancy.models import Tenant
from qualisys.tenancy.provisioning import provision_tenant

LOOPBACK_TOKEN = "ghp_" + "b" * 36


def make_owner() -> User:
    """Return a person to own tenants."""
    return User.objects.create_user("owner@bench.example", None)


def make_tenant(name: str, owner: User) -> Tenant:
    """Return a tenant of this name at the host NAME.localhost, with hyphens for underscores."""
    return provision_tenant(name, name=name, host=f"{name.replace('_', '-')}.localhost", owner_id=owner.pk)


def make_connection(owner: User, full_name: str = "bench/repository", **fields: Any) -> GithubConnection:
    """Return a pending connection, or what the fields say, in a project of its own in the present tenant."""
    project = Project.objects.create(name=full_name, created_by=owner)
    return GithubConnection.objects.create(
        project=project,
        repo_url=f"https://github.com/{full_name}",
        github_id=1,
        branch="main",
        encrypted_token=encrypt(LOOPBACK_TOKEN),
        created_by=owner,
        heartbeat_at=timezone.now(),
        **fields,
    )
