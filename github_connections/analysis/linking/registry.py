"""What the frameworks declare: which names of libraries can be called and what that does."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field

from github_connections.analysis.linking.names import Names
from github_connections.analysis.linking.values import Behaviour, ClassValue, Kind, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.scopes import Scope
    from github_connections.analysis.syntax.nodes import Assign

T = TypeVar("T")


class Registry(Struct):
    """The union of what all frameworks declare; filled once, read by the interpreter.

    - `calls`: a library's name → what calling it does (`"fastapi.APIRouter"`, `"express"`). A name that ends in `.*`
      stands for every name below it, one that begins with `*.` for every name that ends so.
    - `types`: a library's name used as the type of a parameter, field or variable → the kind of object it holds.
    - `bases`: a library's class → what an object of a class of the program derived from it is (`class Api(FastAPI)`).
      Without an entry, `calls` is used.
    - `values`: a library's name used without a call → its value.
    - `attributes`: a library's object whose attributes the program defines (`django.conf.settings`) → reads one.
    - `class_methods`: a name asked of a class of the program that does not declare it (`as_view`) → what calling it
      does.
    - `elements`: are told of every element of JSX that no name of a library stands for; the element is the receiver.
    - `parameters`: a name that a parameter without a type has by convention (`app`) → the kind of object it holds in a
      project that depends on a package; an empty package is for a name that leaves no doubt.
    - `of_unknown`: a method that nothing else has (`include_router`) → what it does to an object that is not known.
    - `alone`: what a function that nobody calls speaks for, by language family, where that is no object of its class.
    - `can_wait`: tells, by language family, whether what a variable at the top of a file is set to may be worked out
      when somebody asks.
    - `makers`: names of libraries that make a router: a Go function that calls one is worth running, whatever it takes.
    - `words`: names whose use in a file or function means that its set-up is worth running.
    - `speaking`: the directories of Go files that set up a router.
    - `serving`: the JavaScript files that import a server's library, and their importers; there, functions that use or
      mount something are worth running too.
    - `aside`: the files that have nothing to do with a server, nor has anything that they import: what their functions
      give back may matter, and is not worth many steps.
    - `names`: the rules for names, by language family.
    """

    calls: dict[str, Behaviour] = field(default_factory=dict)
    types: dict[str, Kind] = field(default_factory=dict)
    bases: dict[str, Behaviour] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    attributes: dict[str, Callable[[Interpreter, str], Value]] = field(default_factory=dict)
    class_methods: dict[str, Behaviour] = field(default_factory=dict)
    elements: list[Behaviour] = field(default_factory=list)
    parameters: dict[str, dict[str, Kind]] = field(default_factory=dict)
    of_unknown: dict[str, Behaviour] = field(default_factory=dict)
    alone: dict[str, Callable[[Interpreter, ClassValue], Value]] = field(default_factory=dict)
    can_wait: dict[str, Callable[[Interpreter, Assign, Scope], bool]] = field(default_factory=dict)
    makers: set[str] = field(default_factory=set)
    words: frozenset[str] = frozenset()
    speaking: frozenset[str] = frozenset()
    serving: frozenset[str] = frozenset()
    aside: frozenset[str] = frozenset()
    names: dict[str, Names] = field(default_factory=dict)

    def call_of(self, name: str) -> Behaviour | None:
        """Return what calling this name of a library does, if anybody said."""
        return _find(self.calls, name)

    def base_of(self, name: str) -> Behaviour | None:
        """Return what an object of a class derived from this name is."""
        return _find(self.bases, name) or _find(self.calls, name)


def _find(table: dict[str, T], name: str) -> T | None:
    found = table.get(name)
    if found is not None:
        return found
    head, _, tail = name.rpartition(".")
    return table.get(f"{head}.*") or table.get(f"*.{tail}")
