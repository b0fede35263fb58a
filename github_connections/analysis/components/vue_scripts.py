"""Vue in scripts: what `defineComponent` makes, classes with @Component, and objects of options that draw something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.components.declarations import Declarations, classes_in
from github_connections.analysis.components.kinds import Dependencies, stem_of
from github_connections.analysis.components.props import fields
from github_connections.analysis.components.vue_options import draws, keys_of, options_in, text_in
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument, items_written

DECORATORS = ("Component", "Options")
_PACKAGES = frozenset({"vue", "nuxt", "@nuxt/kit", "quasar"})
_MODULES = frozenset(
    {
        "vue", "vue-demi", "@vue/composition-api", "vue-property-decorator", "nuxt-property-decorator",
        "vue-class-component", "vue-facing-decorator",
    }
)  # fmt: skip
# One of them is in every object of options that draws.
_DRAWS = re.compile(rb"\b(?:render|template|setup)\b\s*[(:]")
_MIXIN = re.compile(r"mixin$", re.IGNORECASE)


def components(interpreter: Interpreter, declarations: Declarations) -> Iterator[Component]:
    """Yield a component for every definition in the scripts of sub-projects with Vue."""
    dependencies, program = Dependencies(interpreter.program), interpreter.program
    files = [file for file in program.of_family("javascript") if _may_define(program, file, dependencies)]
    program.parse(files)
    for file in files:
        yield from _of_script(declarations, file)
        yield from _of_classes(file)


def _may_define(program: Program, file: File, dependencies: Dependencies) -> bool:
    if file.language not in ("javascript", "typescript", "tsx"):
        return False
    if not _MODULES.isdisjoint(file.sketch.imports):
        return True
    known = dependencies.of(file)
    return bool(known and known & _PACKAGES) and _DRAWS.search(program.read(file.path) or b"") is not None


def _of_classes(file: File) -> Iterator[Component]:
    if _MODULES.isdisjoint(file.head.imports):
        return
    for node in classes_in(file):
        if any(nodes.bare_name(one) in DECORATORS for one in node.decorators) and not _MIXIN.search(node.name):
            yield _row(file, node.name, node.line, "class", sorted(decorated(node)), [])


def decorated(node: nodes.Class | None) -> Iterator[str]:
    """Yield the fields with @Prop of vue-property-decorator."""
    for member in node.body if node is not None else ():
        if isinstance(member, nodes.Assign) and any(nodes.bare_name(one) == "Prop" for one in member.decorators):
            yield getattr(member.target, "id", "")


def _of_script(declarations: Declarations, file: File) -> Iterator[Component]:
    for statement in file.module.body:
        match statement:
            case nodes.Call(
                function=nodes.Member(name="component"),
                arguments=[nodes.Argument(value=nodes.Text(value=name)), second],
            ) if isinstance(second.value, nodes.Mapping):
                yield _of_definition(declarations, file, name, statement.line, statement)
            case nodes.Assign(target=nodes.Name(id=name), type=annotation, line=line) if (
                file.language == "typescript" and nodes.bare_name(annotation) == "FunctionalComponent"
            ):
                yield _row(file, name, line, "function", sorted(set(_typed(declarations, file, annotation))), [])
            case _:
                yield from _of_statement(declarations, file, statement)


def _of_statement(declarations: Declarations, file: File, statement: nodes.Statement) -> Iterator[Component]:
    """A definition that is given a name, or handed out without one."""
    match statement:
        case nodes.Assign(target=nodes.Name(id=name), value=value, line=line):
            pass
        case nodes.Export(name="default", value=nodes.Call(line=line) | nodes.Mapping(line=line) as value):
            name = stem_of(file.path)
        case _:
            return
    if value is not None and not _MIXIN.search(name) and _defines(file, value):
        yield _of_definition(declarations, file, text_in(options_in(value), "name") or name, line, value)


def _typed(declarations: Declarations, file: File, annotation: nodes.Expression | None) -> Iterator[str]:
    """Yield the fields of the first argument of `FunctionalComponent<Props, Events>`."""
    if isinstance(annotation, nodes.Item):
        items = items_written(annotation.index)
        yield from fields(declarations, file, items[0] if items else None)


def _defines(file: File, value: nodes.Expression) -> bool:
    """`defineComponent({…})`, `defineComponent(setup)`, `Vue.extend({…})`; not `Vue.extend(Card)`.

    An object of options is one without any of them too, and so is what a function of the repository's own takes.
    """
    if not isinstance(value, nodes.Call):
        return isinstance(value, nodes.Mapping) and draws(value)
    if not any(isinstance(one.value, nodes.Mapping | nodes.Function) for one in value.arguments):
        return False
    function = value.function
    if isinstance(function, nodes.Member):
        made = function.name == "extend" and getattr(function.of, "id", "") == "Vue"
        return made and not _only_state(options_in(value))
    if isinstance(function, nodes.Name) and function.id == "defineComponent":
        return not _MODULES.isdisjoint(file.head.imports)
    options = options_in(value)
    return nodes.bare_name(function) != "" and len(value.arguments) == 1 and options is not None and draws(options)


def _only_state(options: nodes.Mapping | None) -> bool:
    """Tell whether options have nothing to draw: stores of Vue 2 are made so."""
    said = (
        {one.key.value for one in options.entries if isinstance(one.key, nodes.Text)} if options is not None else set()
    )
    return bool(said) and said <= {"data", "methods", "computed", "watch", "created", "mixins"}


def _of_definition(declarations: Declarations, file: File, name: str, line: int, call: nodes.Expression) -> Component:
    options = options_in(call)
    props = {*keys_of(options, "props"), *_of_setup(declarations, file, call)}
    return _row(file, name, line, "component", sorted(props), sorted(keys_of(options, "emits")))


def _of_setup(declarations: Declarations, file: File, call: nodes.Expression) -> Iterator[str]:
    """Yield the fields that the first parameter of a function has, where a component is its set-up alone."""
    setup = first_argument(call)
    if isinstance(setup, nodes.Function) and setup.parameters:
        yield from fields(declarations, file, setup.parameters[0].type)


def _row(file: File, name: str, line: int, kind: str, props: list[str], events: list[str]) -> Component:
    return Component(
        name=name,
        file=file.path,
        line=line,
        framework="vue",
        kind=kind,
        project=file.project_root,
        exported=True,
        props=props,
        events=events,
    )
