"""The stack that faults are injected into: started once, put right by each test that breaks it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from github_connections.tests.fault_shop import PAT, Shop, closing
from qualisys.dev.api_client import ApiClient
from qualisys.dev.fault_stack import TENANTS, FaultStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultStack]:
    """The service with servers, tenants and clones of its own."""
    with FaultStack(tmp_path_factory.mktemp("faults")) as stack:
        stack.github.add_token(PAT)
        yield stack


@pytest.fixture(scope="session")
def owners(stack: FaultStack) -> dict[str, ApiClient]:
    """Each tenant's owner, logged in."""
    return {tenant: stack.client(tenant) for tenant in TENANTS}


@pytest.fixture
def acme_shop(
    stack: FaultStack,
    owners: dict[str, ApiClient],
    small_repository: Path,
    record_property: Callable[[str, object], None],
) -> Iterator[Shop]:
    """A project of Acme; after the test it is looked through and removed."""
    yield from closing(Shop(stack, "acme", owners["acme"], small_repository), record_property)


@pytest.fixture
def globex_shop(stack: FaultStack, owners: dict[str, ApiClient], small_repository: Path) -> Iterator[Shop]:
    """A project of another tenant, to see that it goes on."""
    yield from closing(Shop(stack, "globex", owners["globex"], small_repository), lambda _name, _value: None)
