"""The rules for names, at the price that a file made to hurt may ask."""

from types import SimpleNamespace

import pytest

from github_connections.analysis.linking.names_csharp import CSharpNames
from github_connections.analysis.linking.names_java import JavaNames
from github_connections.analysis.linking.names_python import PythonNames
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import External
from github_connections.analysis.syntax.nodes import Name


class _Read(list):
    """A list that knows how often it was gone through."""

    times = 0

    def __iter__(self):
        self.times += 1
        return super().__iter__()


@pytest.mark.parametrize("rules", [CSharpNames, JavaNames, PythonNames])
def test_a_file_is_not_gone_through_for_each_unknown_name(rules):
    """With as many statements as unknown names that would be the square of them."""
    body = _Read([Name("x")])
    head = SimpleNamespace(package="", imports=[])
    parsed = SimpleNamespace(path="shop/app", language="", head=head, module=SimpleNamespace(body=body), is_parsed=True)
    file = File(parsed, frozenset())
    names = rules(Program([]))
    interpreter = SimpleNamespace(registry=Registry())
    for number in range(5):
        found = names.missing(interpreter, file, f"x{number}")
        assert isinstance(found, External)
        assert found.name == f"x{number}"
    assert body.times == 1
