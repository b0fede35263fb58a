"""Which classes of a program are parts of it that are handed to whoever asks, and nothing that a request brings."""

from __future__ import annotations

import re

from github_connections.analysis.frameworks.csharp.aspnet_attributes import Attributes
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, External, type_name
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import items_written
from github_connections.analysis.syntax.walking import nodes_in

# By their names: of what the program does not have, and, with fewer that a model may be called as well, of what it has.
NAMED_LIKE_A_PART = re.compile(
    r"^I[A-Z]|(Service|Repository|Context|Logger|Factory|Manager|Mediator|Sender|Handler|Client|Db)$"
)
_CALLED_A_PART = re.compile(r"(Service|Repository|DbContext|Logger|Factory|Mediator|Handler|Validator|UseCase)$")
_INTERFACE = re.compile(r"^I[A-Z]")
_COLLECTION = re.compile(r"^I(?:Enumerable|List|Collection|Set|Dictionary|ReadOnly\w+|AsyncEnumerable|FormFile\w*)$")
# Those that say which classes a container has: `AddScoped<IStock, Stock>()`, `AddDbContext<ShopDb>(…)`.
REGISTERING = frozenset(
    f"{before}{kind}"
    for before in ("Add", "TryAdd", "AddKeyed")
    for kind in ("Scoped", "Singleton", "Transient", "DbContext", "DbContextPool", "DbContextFactory", "HttpClient")
)
_STATE = "csharp registered parts"


def is_part(attributes: Attributes, cls: ClassValue) -> bool:
    """Tell whether a class is registered, is called like a part, is a database, or is made of other parts."""
    if cls.node.name in _registered(attributes.interpreter) or _CALLED_A_PART.search(cls.node.name):
        return True
    bases = [base for owner in attributes.lineage(cls) for base in attributes.interpreter.bases(owner)]
    if any(isinstance(base, External) and base.name.rpartition(".")[2].endswith("DbContext") for base in bases):
        return True
    return cls.node.kind == "class" and any(_INTERFACE.match(name) for name in _made_of(cls.node))


def _made_of(cls: nodes.Class) -> list[str]:
    constructors = [item for item in cls.body if isinstance(item, nodes.Function) and item.name == "constructor"]
    taken = [*cls.parameters, *(parameter for one in constructors for parameter in one.parameters)]
    kinds = [parameter.type.of if isinstance(parameter.type, nodes.Item) else parameter.type for parameter in taken]
    return [name for name in map(type_name, kinds) if not _COLLECTION.match(name)]


def _registered(interpreter: Interpreter) -> frozenset[str]:
    """Return the names of the classes that the program puts into its container."""
    known: frozenset[str] | None = interpreter.state.get(_STATE)
    if known is None:
        found: set[str] = set()
        for file in interpreter.program.with_words("csharp", REGISTERING):
            for node in nodes_in(list(file.module.body)):
                if isinstance(node, nodes.Call) and nodes.last_name(node.function) in REGISTERING:
                    found.update(name for argument in node.arguments for name in _types_of(argument))
        known = interpreter.state[_STATE] = frozenset(found)
    return known


def _types_of(argument: nodes.Argument) -> list[str]:
    """`<IStock, Stock>`, `typeof(Stock)`, `new Stock()`."""
    given = items_written(argument.value)
    return [nodes.bare_name(item) for item in given if isinstance(item, nodes.Name | nodes.Item | nodes.Call)]
