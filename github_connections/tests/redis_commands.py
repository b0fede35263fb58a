"""Listening to what is really said to Redis, whoever else takes the messages."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.conf import settings

Commands = Callable[[], list[str]]


@pytest.fixture
def redis_commands() -> Iterator[Commands]:
    """Return every command that Redis got since the test began, as text."""
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.monitor() as listening:

        def heard() -> list[str]:
            end = str(uuid4())
            client.echo(end)
            commands = iter(lambda: listening.next_command()["command"], f"ECHO {end}")
            return list(commands)

        yield heard


def clone_messages(commands: list[str]) -> list[dict[str, Any]]:
    """Return the messages put on the queue `clone`, bodies decoded."""
    start = "LPUSH clone "
    messages = [json.loads(command.removeprefix(start)) for command in commands if command.startswith(start)]
    for message in messages:
        message["body"] = json.loads(base64.b64decode(message["body"]))
    return messages
