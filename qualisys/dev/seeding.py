"""Filling a stack with what a newcomer needs: a schema, a tenant, people, a project, a GitHub."""

from contextlib import ExitStack
from pathlib import Path

from qualisys.dev.loopback_github import LoopbackGitHub
from qualisys.dev.stack import PROJECT, Stack, StackError

TENANT_HOST = "acme.localhost"
OWNER = "owner@acme.example"
OPERATOR = "operator@qualisys.example"
PROJECT_NAME = "Demo"
OWN_REPOSITORY = "qualisys/github-connections"


def seed(stack: Stack) -> None:
    """Migrate, and make the tenant Acme with its owner and the platform's operator; once is enough."""
    stack.manage("migrate_schemas")
    stack.manage(
        *("provision_tenant", "acme", "--name", "Acme", "--host", TENANT_HOST, "--owner", OWNER),
        OWNER_PASSWORD=stack.secrets.owner_password,
    )
    stack.manage(
        *("ensure_operator", OPERATOR),
        OPERATOR_PASSWORD=stack.secrets.operator_password,
    )


def serve_loopback_github(stack: Stack, cleanup: ExitStack, repositories: dict[str, Path]) -> LoopbackGitHub:
    """Start a GitHub of our own in the place of github.com, with this project's repository and others.

    StackError where one of them cannot be served.
    """
    github = cleanup.enter_context(LoopbackGitHub())
    github.add_token(stack.secrets.loopback_token)
    for full_name, path in {OWN_REPOSITORY: PROJECT, **repositories}.items():
        try:
            github.add_repository(full_name, path)
        except ValueError as error:
            raise StackError(f"The loopback GitHub cannot serve {full_name}. {error}") from error
    stack.environment |= {"GITHUB_API_URL": github.api_url, "GITHUB_CLONE_URL": github.clone_url}
    return github
