"""What an application adds to Laravel's `Route`: macros, in its providers."""

from __future__ import annotations

from github_connections.analysis.frameworks.php.laravel_facade import current_router, running_in
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.scopes import functions_of
from github_connections.analysis.linking.values import External, FunctionValue, Value
from github_connections.analysis.syntax import nodes


def call_macro(call: Invocation) -> Value:
    """`Route::admin('shop', function () { … })` where a provider says `Route::macro('admin', function …)`."""
    macro = _macros(call).get(call.name.rpartition(".")[2])
    if macro is None:
        call.run_callbacks()
        return External(f"{call.name}()", call)
    with running_in(call, macro.scope.file.path, current_router(call)):
        return call.run(macro, *call.positional)


def _macros(call: Invocation) -> dict[str, FunctionValue]:
    known: dict[str, FunctionValue] | None = call.interpreter.state.get("laravel macros")
    if known is None:
        known = call.interpreter.state["laravel macros"] = {}
        for file in call.interpreter.program.with_words("php", frozenset({"macro"})):
            for function, _owner in functions_of(file.scope):
                for statement in function.node.body:
                    match statement:
                        case nodes.Call(
                            function=nodes.Member(of=nodes.Name(), name="macro"),
                            arguments=[nodes.Argument(value=nodes.Text(value=name)), nodes.Argument(value=body)],
                        ) if isinstance(body, nodes.Function):
                            known.setdefault(name, FunctionValue(body, file.scope))
    return known
