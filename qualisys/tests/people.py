"""Everybody who may come to the service, and what they are there."""

from collections.abc import Callable
from dataclasses import dataclass

from conftest import World, token_for
from qualisys.accounts.models import User
from qualisys.projects.roles import Role
from qualisys.tenancy.models import Tenant, TenantRole


def acme(world: World) -> Tenant:
    return world.acme


def globex(world: World) -> Tenant:
    return world.globex


@dataclass(frozen=True)
class Person:
    """Somebody at a tenant's host, with a token of some tenant: of Acme's both, where nothing else is said."""

    name: str
    user: Callable[[World], User | None]
    # In the tenant whose host it is, and in Acme's project.
    tenant_role: TenantRole | None = None
    role: Role | None = None
    host: str = "acme.localhost"
    token_of: Callable[[World], Tenant] = acme

    def headers(self, world: World) -> dict[str, str]:
        """Return what shows the API who asks, and where."""
        user = self.user(world)
        token = {"Authorization": f"Bearer {token_for(user, self.token_of(world))}"} if user else {}
        return {"Host": self.host, **token}

    def __str__(self) -> str:
        return self.name


def with_role(role: Role) -> Person:
    return Person(role.value, lambda world: world.by_role[role], TenantRole.MEMBER, role)


ANONYMOUS = Person("anonymous", lambda _world: None)
WITH_A_FOREIGN_TOKEN = Person(
    "another tenant's owner, with her own token", lambda world: world.globex_owner, token_of=globex
)
OPERATOR = Person("operator", lambda world: world.operator)
PEOPLE = [
    ANONYMOUS,
    WITH_A_FOREIGN_TOKEN,
    OPERATOR,
    Person("outsider", lambda world: world.outsider),
    # With a token that nobody would issue.
    Person("another tenant's owner", lambda world: world.globex_owner),
    Person(
        "another tenant's owner, at home",
        lambda world: world.globex_owner,
        TenantRole.OWNER,
        host="globex.localhost",
        token_of=globex,
    ),
    Person("tenant's member", lambda world: world.teammate, TenantRole.MEMBER),
    *map(with_role, Role),
    Person("tenant's admin", lambda world: world.acme_admin, TenantRole.ADMIN, Role.ADMIN),
    Person("tenant's owner", lambda world: world.acme_owner, TenantRole.OWNER, Role.OWNER),
]
