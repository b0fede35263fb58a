"""Vue: single file components, and those that `defineComponent` makes in scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from github_connections.analysis.components.kinds import Components
from github_connections.analysis.components.react import stem_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes


def components(interpreter: Interpreter) -> Iterable[Component]:
    """Yield a component for every .vue file, and for every definition in a script."""
    for file in interpreter.program.of_family("javascript"):
        if file.language == "vue":
            yield _row(file, _said_name(file) or stem_of(file.path), 1, "sfc", exported=True)
        elif "defineComponent" in file.head.words or "component" in file.head.words:
            yield from _of_script(file)


def _said_name(file: File) -> str:
    """Return the name that `defineOptions` or the component's options give."""
    for statement in file.module.body:
        match statement:
            case nodes.Call(function=nodes.Name(id="defineOptions"), arguments=[argument, *_]):
                return _name_in(argument.value)
            case nodes.Export(name="default", value=value):
                return _name_in(_options(value))
    return ""


def _options(value: nodes.Expression) -> nodes.Expression:
    match value:
        case nodes.Call(arguments=[argument, *_]):
            return argument.value
    return value


def _name_in(options: nodes.Expression) -> str:
    if isinstance(options, nodes.Mapping):
        for entry in options.entries:
            if entry.key == nodes.Text("name") and isinstance(entry.value, nodes.Text):
                return entry.value.value
    return ""


def _of_script(file: File) -> Iterator[Component]:
    for statement in file.module.body:
        match statement:
            case nodes.Assign(
                target=nodes.Name(id=name), value=nodes.Call(function=nodes.Name(id="defineComponent")), line=line
            ):
                yield _row(file, name, line, "component", exported=False)
            case nodes.Export(
                name="default", value=nodes.Call(function=nodes.Name(id="defineComponent"), line=line) as call
            ):
                yield _row(file, _name_in(_options(call)) or stem_of(file.path), line, "component", exported=True)
            case nodes.Call(
                function=nodes.Member(of=nodes.Name(id="Vue"), name="component"),
                arguments=[nodes.Argument(value=nodes.Text(value=name)), *_],
                line=line,
            ):
                yield _row(file, name, line, "component", exported=True)


def _row(file: File, name: str, line: int, kind: str, *, exported: bool) -> Component:
    return Component(
        name=name,
        file=file.path,
        line=line,
        framework="vue",
        kind=kind,
        project=file.project_root,
        exported=exported,
        props=sorted(set(_props(file))) if kind == "sfc" else [],
    )


def _props(file: File) -> Iterator[str]:
    """Return the names that `defineProps([...])`, `defineProps({...})` or the option `props` list."""
    for statement in file.module.body:
        value = statement.value if isinstance(statement, nodes.Assign | nodes.Export) else statement
        if isinstance(value, nodes.Call) and getattr(value.function, "id", "") == "withDefaults" and value.arguments:
            value = value.arguments[0].value
        match value:
            case nodes.Call(function=nodes.Name(id="defineProps"), arguments=[argument, *_]):
                yield from _names(argument.value)
            case nodes.Call() | nodes.Mapping() if isinstance(statement, nodes.Export):
                options = _options(value)
                for entry in options.entries if isinstance(options, nodes.Mapping) else []:
                    if entry.key == nodes.Text("props"):
                        yield from _names(entry.value)


def _names(value: nodes.Expression) -> Iterator[str]:
    if isinstance(value, nodes.Sequence):
        yield from (item.value for item in value.items if isinstance(item, nodes.Text))
    elif isinstance(value, nodes.Mapping):
        yield from (entry.key.value for entry in value.entries if isinstance(entry.key, nodes.Text))


COMPONENTS = Components("vue", components)
