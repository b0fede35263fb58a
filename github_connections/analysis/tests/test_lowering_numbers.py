"""Whole numbers, which trees are sent with, in every language."""

import msgspec
import pytest

from github_connections.analysis.syntax.languages import lowering_for
from github_connections.analysis.syntax.nodes import Assign, Constant, Module
from github_connections.analysis.syntax.walking import nodes_in

# An assignment of a number in each language, in a file of its own.
SOURCES = {
    "csharp": "class A {{ int size = {}; }}",
    "elixir": "size = {}",
    "go": "package a\nvar size = {}",
    "java": "class A {{ long size = {}; }}",
    "javascript": "const size = {};",
    "kotlin": "val size = {}",
    "php": "<?php $size = {};",
    "python": "size = {}",
    "ruby": "SIZE = {}",
    "rust": "const SIZE: u128 = {};",
}


def assigned(language: str, number: str):
    """Return what is assigned, as whoever is sent the tree has it."""
    module = lowering_for(language).lower(SOURCES[language].format(number).encode())[1]
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(module), type=Module)
    [assign] = [node for node in nodes_in(sent.body) if isinstance(node, Assign)]
    return assign.value


@pytest.mark.parametrize("language", SOURCES)
def test_a_number_is_kept(language):
    """Its digits are no text."""
    assert assigned(language, "8080") == Constant(8080)


@pytest.mark.parametrize("language", SOURCES)
def test_a_number_of_more_than_64_bits_costs_nothing_else(language):
    """A file is not lost for one of them."""
    assert not isinstance(assigned(language, "9" * 30), Constant)
