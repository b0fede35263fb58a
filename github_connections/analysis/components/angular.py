"""Angular: classes decorated as components."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_connections.analysis.components.kinds import Components
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes


def components(interpreter: Interpreter) -> Iterable[Component]:
    """Yield a component for every class with @Component."""
    for file in interpreter.program.with_words("javascript", frozenset({"Component"})):
        if any(module.startswith("@angular/") for module in file.head.imports):
            for value in list(file.scope.names.values()):
                if isinstance(value, ClassValue) and value.scope.parent is file.scope and _is_component(value):
                    yield Component(
                        name=value.node.name,
                        file=file.path,
                        line=value.node.line,
                        framework="angular",
                        kind="component",
                        project=file.project_root,
                        exported=True,
                        props=sorted(set(_inputs(value.node))),
                    )


def _is_component(value: ClassValue) -> bool:
    return any(
        isinstance(decorator, nodes.Call) and getattr(decorator.function, "id", "") == "Component"
        for decorator in value.node.decorators
    )


def _inputs(node: nodes.Class) -> Iterator[str]:
    """Return the fields with @Input, and those that `input()` or `model()` make."""
    for statement in node.body:
        if not isinstance(statement, nodes.Assign) or not isinstance(statement.target, nodes.Name):
            continue
        decorated = any(getattr(getattr(item, "function", item), "id", "") == "Input" for item in statement.decorators)
        called = isinstance(statement.value, nodes.Call) and statement.value.function
        if (
            decorated
            or getattr(called, "id", "") in ("input", "model")
            or getattr(getattr(called, "of", None), "id", "") == "input"
        ):
            yield statement.target.id


COMPONENTS = Components("angular", components)
