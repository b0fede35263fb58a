"""Angular: classes decorated as components; directives and pipes are none."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from github_connections.analysis.components import markup
from github_connections.analysis.components.kinds import Components
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes

_INPUTS = ("input", "model")


def components(interpreter: Interpreter) -> Iterator[Component]:
    """Yield a component for every class with @Component."""
    program = interpreter.program
    for file in program.with_words("javascript", frozenset({"Component"})):
        if not any(module.startswith("@angular/core") for module in file.head.imports):
            continue
        exported = {one.name for one in file.module.body if isinstance(one, nodes.Export)}
        for node in file.module.body:
            node = node.value if isinstance(node, nodes.Export) else node
            said = _said(node) if isinstance(node, nodes.Class) else None
            if said is not None and isinstance(node, nodes.Class):
                yield _row(program, file, node, said, exported=node.name in exported)


def _said(node: nodes.Class) -> nodes.Mapping | None:
    """Return what `@Component({…})` says of a class; None for a class without it."""
    for decorator in node.decorators:
        match decorator:
            case nodes.Call(function=nodes.Name(id="Component"), arguments=[argument, *_]):
                return (
                    argument.value if isinstance(argument.value, nodes.Mapping) else nodes.Mapping([], decorator.line)
                )
    return None


def _row(program: Program, file: File, node: nodes.Class, said: nodes.Mapping, *, exported: bool) -> Component:
    template = _template(program, file, said)
    return Component(
        name=node.name,
        file=file.path,
        line=node.line,
        framework="angular",
        kind="component",
        project=file.project_root,
        exported=exported,
        props=sorted(set(_inputs(node))),
        test_ids=markup.test_ids(template),
        forms=markup.forms(template),
    )


def _template(program: Program, file: File, said: nodes.Mapping) -> str:
    values = {entry.key: entry.value for entry in said.entries if isinstance(entry.value, nodes.Text)}
    inline, elsewhere = values.get(nodes.Text("template")), values.get(nodes.Text("templateUrl"))
    if isinstance(inline, nodes.Text):
        return inline.value
    if not isinstance(elsewhere, nodes.Text):
        return ""
    path = posixpath.normpath(posixpath.join(file.directory, elsewhere.value))
    return (program.read(path) or b"").decode("utf-8", "replace") if not path.startswith("..") else ""


def _inputs(node: nodes.Class) -> Iterator[str]:
    """Yield the fields with @Input, and those that `input()`, `input.required()` or `model()` make."""
    for statement in node.body:
        if isinstance(statement, nodes.Assign) and isinstance(statement.target, nodes.Name):
            decorators = [getattr(one, "function", one) for one in statement.decorators]
            function = statement.value.function if isinstance(statement.value, nodes.Call) else None
            function = function.of if isinstance(function, nodes.Member) else function
            decorated = any(getattr(one, "id", "") == "Input" for one in decorators)
            if decorated or getattr(function, "id", "") in _INPUTS:
                yield statement.target.id


COMPONENTS = Components("angular", components)
