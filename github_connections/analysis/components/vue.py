"""Vue: single file components, and those that `defineComponent` makes in scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.components import markup
from github_connections.analysis.components.kinds import Components, stem_of
from github_connections.analysis.components.props import fields, keys
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes

_DEFINED = frozenset({"defineComponent", "extend", "defineAsyncComponent"})
_IN_SCRIPTS = frozenset({*_DEFINED, "component"})
_TYPE_ARGUMENTS = "<>"


def components(interpreter: Interpreter) -> Iterator[Component]:
    """Yield a component for every .vue file, and for every definition in a script."""
    for file in interpreter.program.of_family("javascript"):
        if file.language == "vue":
            text = (interpreter.program.read(file.path) or b"").decode("utf-8", "replace")
            yield _of_file(file, text)
        elif not _IN_SCRIPTS.isdisjoint(file.head.words) and "vue" in {one.split("/")[0] for one in file.head.imports}:
            yield from _of_script(file)


def _of_file(file: File, text: str) -> Component:
    options, line = _options_of(file)
    name = _text(options, "name")
    if name:
        found = re.search(rf"""\bname\s*:\s*["'`]{re.escape(name)}["'`]""", text)
        line = text.count("\n", 0, found.start()) + 1 if found else line
    return Component(
        name=name or stem_of(file.path),
        file=file.path,
        line=line if name else 1,
        framework="vue",
        kind="sfc",
        project=file.project_root,
        exported=True,
        props=sorted({*keys(_entry(options, "props")), *_defined_props(file)}),
        test_ids=markup.test_ids(text),
        forms=markup.forms(text),
    )


def _options_of(file: File) -> tuple[nodes.Mapping | None, int]:
    """Return the options of `defineOptions` or of the default export, and where they stand."""
    for statement in file.module.body:
        match statement:
            case nodes.Call(function=nodes.Name(id="defineOptions"), arguments=[argument, *_], line=line):
                return (argument.value, line) if isinstance(argument.value, nodes.Mapping) else (None, line)
            case nodes.Export(name="default", value=value):
                options = _options(value)
                if options is not None:
                    return options, options.line
            case nodes.Assign(value=nodes.Mapping() | nodes.Call() as value, target=nodes.Name(id=name)):
                if any(getattr(getattr(one, "value", None), "id", "") == name for one in _defaults(file)):
                    return _options(value), statement.line
    return None, 1


def _defaults(file: File) -> Iterator[nodes.Export]:
    yield from (one for one in file.module.body if isinstance(one, nodes.Export) and one.name == "default")


def _options(value: nodes.Expression) -> nodes.Mapping | None:
    if isinstance(value, nodes.Call):
        value = next((one.value for one in value.arguments if isinstance(one.value, nodes.Mapping)), value)
    return value if isinstance(value, nodes.Mapping) else None


def _entry(options: nodes.Mapping | None, name: str) -> nodes.Expression | None:
    entries = options.entries if options is not None else []
    return next((entry.value for entry in entries if entry.key == nodes.Text(name)), None)


def _text(options: nodes.Mapping | None, name: str) -> str:
    value = _entry(options, name)
    return value.value if isinstance(value, nodes.Text) else ""


def _defined_props(file: File) -> Iterator[str]:
    """Yield the names that `defineProps` lists, by an array, an object or a type."""
    for statement in file.module.body:
        value = statement.value if isinstance(statement, nodes.Assign) else statement
        if isinstance(value, nodes.Call) and getattr(value.function, "id", "") == "withDefaults" and value.arguments:
            value = value.arguments[0].value
        match value:
            case nodes.Call(function=nodes.Name(id="defineProps"), arguments=arguments):
                for argument in arguments:
                    types = argument.value.items if isinstance(argument.value, nodes.Sequence) else []
                    for annotation in types if argument.name == _TYPE_ARGUMENTS else ():
                        yield from fields(file, annotation)
                    if argument.name != _TYPE_ARGUMENTS:
                        yield from keys(argument.value)


def _of_script(file: File) -> Iterator[Component]:
    for statement in file.module.body:
        match statement:
            case nodes.Assign(target=nodes.Name(id=name), value=nodes.Call() as call, line=line) if _defines(call):
                yield _of_definition(file, _text(_options(call), "name") or name, line, call)
            case nodes.Export(name="default", value=nodes.Call(line=line) as call) if _defines(call):
                yield _of_definition(file, _text(_options(call), "name") or stem_of(file.path), line, call)
            case nodes.Call(
                function=nodes.Member(name="component"),
                arguments=[nodes.Argument(value=nodes.Text(value=name)), second],
            ) if isinstance(second.value, nodes.Mapping):
                yield _of_definition(file, name, statement.line, statement)


def _defines(call: nodes.Call) -> bool:
    function = call.function
    if isinstance(function, nodes.Member):
        return function.name == "extend" and getattr(function.of, "id", "") == "Vue"
    return isinstance(function, nodes.Name) and function.id in _DEFINED - {"extend"}


def _of_definition(file: File, name: str, line: int, call: nodes.Call) -> Component:
    return Component(
        name=name,
        file=file.path,
        line=line,
        framework="vue",
        kind="component",
        project=file.project_root,
        exported=True,
        props=sorted(keys(_entry(_options(call), "props"))),
    )


COMPONENTS = Components("vue", components)
