"""Which functions were called is known by their nodes, and some nodes are made on the way."""

import msgspec

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import Program
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import FunctionValue
from github_connections.analysis.parsing import ParsedFile
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.nodes import Head, Module

EMPTY = msgspec.msgpack.encode(Module("elixir", "", []))


def test_a_function_that_was_made_on_the_way_leaves_its_place_to_none():
    """Another at its place in memory would be taken for one that was called, and a block that has routes not run."""
    file = ParsedFile("router.ex", "elixir", 0, "", Head("", [], [], []), EMPTY, lambda _path: b"", lambda _files: None)
    program = Program([file])
    interpreter = Interpreter(program, Registry())
    scope = program.files[0].scope
    made = []
    for _ in range(100):
        interpreter.call(FunctionValue(nodes.Function("", [], [], 1), scope), [])
        made.append(nodes.Function("", [], [], 1))
    assert not [node for node in made if id(node) in interpreter.called]
