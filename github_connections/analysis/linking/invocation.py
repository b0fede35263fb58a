"""One call that is being carried out, as a behaviour of a framework sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from github_connections.analysis.linking.values import FunctionValue, Kind, Value, text_of, texts_of
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes

if TYPE_CHECKING:
    from github_connections.analysis.linking.interpreter import Interpreter
    from github_connections.analysis.linking.routing import Router
    from github_connections.analysis.linking.scopes import Scope


class Invocation(Struct, eq=False):
    """`receiver.name(*positional, **named)`, written at `place` inside `scope`."""

    interpreter: Interpreter
    receiver: Value
    name: str
    positional: list[Value]
    named: dict[str, Value]
    node: nodes.Call | None
    scope: Scope
    line: int

    @property
    def place(self) -> Place:
        """Where the call is written."""
        return Place(self.scope.file.path, self.line)

    def value(self, index: int, name: str = "", default: Value = None) -> Value:
        """Return an argument by keyword, else by position (negative counts from the end), else the default."""
        if name and name in self.named:
            return self.named[name]
        if -len(self.positional) <= index < len(self.positional):
            return self.positional[index]
        return default

    def text(self, index: int, name: str = "", default: str = "") -> str:
        """Return an argument as text, with holes where it is not known; the default where it is absent or None."""
        value = self.value(index, name)
        return default if value is None else text_of(value)

    def texts(self, index: int, name: str = "") -> list[str]:
        """Return an argument that may be one text or a list of them."""
        return texts_of(self.value(index, name))

    def router(self, kind: Kind, **said: Any) -> Router:
        """Make a router that was built by this call, and remember it: `prefix=`, `application=`, `options=` …"""
        return self.interpreter.new_router(kind, self.place, **said)

    def functions(self) -> list[FunctionValue]:
        """Return the arguments that are functions of the program, in order."""
        return [value for value in self.positional if isinstance(value, FunctionValue)]

    def run_callbacks(self) -> None:
        """Run the functions among the arguments, as the interpreter runs one that something unknown was given."""
        for function in self.functions():
            self.interpreter.run_callback(function)

    def run(self, function: Value, *arguments: Value, this: Value = None) -> Value:
        """Call a function that was handed over; `this` becomes its implicit receiver."""
        return self.interpreter.call(function, list(arguments), this=this, node=self.node, scope=self.scope)
