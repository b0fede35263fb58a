"""Everybody who may come to a tenant's host, by the name under which they stand in the tables of who may do what."""

from collections.abc import Callable
from dataclasses import dataclass

from conftest import World, token_for
from qualisys.accounts.models import User
from qualisys.projects.roles import Role

ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Person:
    """Somebody at Acme's host; at the other tenant's where `elsewhere`."""

    name: str
    user: Callable[[World], User | None]
    elsewhere: bool = False

    def host(self) -> str:
        return "globex.localhost" if self.elsewhere else "acme.localhost"

    def headers(self, world: World) -> dict[str, str]:
        """Return what shows the API who asks, and where."""
        user = self.user(world)
        tenant = world.globex if self.elsewhere else world.acme
        return {"Host": self.host()} | ({"Authorization": f"Bearer {token_for(user, tenant)}"} if user else {})

    def __str__(self) -> str:
        return self.name


PEOPLE = [
    Person(ANONYMOUS, lambda _world: None),
    Person("outsider", lambda world: world.outsider),
    Person("another tenant's owner", lambda world: world.globex_owner),
    Person("another tenant's owner, at home", lambda world: world.globex_owner, elsewhere=True),
    Person("operator", lambda world: world.operator),
    Person("tenant's member", lambda world: world.teammate),
    *(Person(role.value, lambda world, role=role: world.by_role[role]) for role in Role),
    Person("tenant's admin", lambda world: world.acme_admin),
    Person("tenant's owner", lambda world: world.acme_owner),
]
