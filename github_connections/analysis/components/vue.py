"""Vue: single file components, and those that `defineComponent` makes in scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.components import markup
from github_connections.analysis.components.declarations import Declarations, classes_in
from github_connections.analysis.components.kinds import Components, Library, stem_of
from github_connections.analysis.components.props import fields
from github_connections.analysis.components.react_shapes import last_name
from github_connections.analysis.components.vue_macros import emitted, given, taken
from github_connections.analysis.components.vue_options import keys_of, options_in, text_in
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes

_MODULES = frozenset({"vue", "vue-demi", "@vue/composition-api", "vue-property-decorator", "vue-class-component"})
_DECORATORS = ("Component", "Options")
_BEGINNING = re.compile(r"""^\s*export default (?:\w+(?:\.\w+)?\()?\{\s*name\s*:\s*["']([\w-]+)["']""", re.MULTILINE)
_MIXIN = re.compile(r"mixin$", re.IGNORECASE)


def components(interpreter: Interpreter) -> Iterator[Component]:
    """Yield a component for every .vue file, and for every definition in a script."""
    declarations = Declarations(interpreter)
    files = list(interpreter.program.of_family("javascript"))
    interpreter.program.parse(file for file in files if not _MODULES.isdisjoint(file.sketch.imports))
    for file in files:
        if file.language == "vue":
            text = (interpreter.program.read(file.path) or b"").decode("utf-8", "replace")
            yield _of_file(declarations, file, text)
        elif not _MODULES.isdisjoint(file.sketch.imports):
            yield from _of_script(declarations, file)


# --- single files ---------------------------------------------------------------------------------------------------


def _of_file(declarations: Declarations, file: File, text: str) -> Component:
    options, line = _options_of(file)
    name = text_in(options, "name") or (_named_in(text) if options is None else "")
    if name:
        found = re.search(rf"""\bname\s*:\s*["'`]{re.escape(name)}["'`]""", text)
        line = text.count("\n", 0, found.start()) + 1 if found else line
    written = _class_of(file)
    if written is not None and not name:
        name, line = written.name, written.line
    return Component(
        name=name or stem_of(file.path),
        file=file.path,
        line=line if name else 1,
        framework="vue",
        kind="sfc",
        project=file.project_root,
        exported=True,
        props=sorted({*keys_of(options, "props"), *taken(declarations, file), *_decorated(written)}),
        events=sorted({*keys_of(options, "emits"), *given(declarations, file, text), *emitted(text)}),
        slots=markup.slots(text),
        test_ids=markup.test_ids(text),
        forms=markup.forms(text),
    )


def _named_in(text: str) -> str:
    """Return the name in a script that the grammar stumbles over: Vue's JSX takes `class=[…]`."""
    match = _BEGINNING.search(text)
    return match.group(1) if match else ""


def _options_of(file: File) -> tuple[nodes.Mapping | None, int]:
    """Return the options of `defineOptions`, of the default export or of its decorator, and where they stand."""
    written = _class_of(file)
    if written is not None:
        called = (one for one in written.decorators if isinstance(one, nodes.Call) and last_name(one) in _DECORATORS)
        return next((options_in(one) for one in called), None), written.line
    for statement in file.module.body:
        match statement:
            case nodes.Call(function=nodes.Name(id="defineOptions"), line=line):
                return options_in(statement), line
            case nodes.Export(name="default", value=value):
                options = options_in(value)
                if options is not None:
                    return options, options.line
            case nodes.Assign(value=nodes.Mapping() | nodes.Call() as value, target=nodes.Name(id=name)):
                if any(getattr(one.value, "id", "") == name for one in _defaults(file)):
                    return options_in(value), statement.line
    return None, 1


def _defaults(file: File) -> Iterator[nodes.Export]:
    yield from (one for one in file.module.body if isinstance(one, nodes.Export) and one.name == "default")


def _class_of(file: File) -> nodes.Class | None:
    """Return the class with @Component that a file hands out."""
    default = {getattr(one.value, "id", getattr(one.value, "name", "")) for one in _defaults(file)}
    for node in classes_in(file):
        if node.name in default and any(last_name(one) in _DECORATORS for one in node.decorators):
            return node
    return None


def _decorated(node: nodes.Class | None) -> Iterator[str]:
    """Yield the fields with @Prop of vue-property-decorator."""
    for member in node.body if node is not None else ():
        if isinstance(member, nodes.Assign) and any(last_name(one) == "Prop" for one in member.decorators):
            yield getattr(member.target, "id", "")


# --- scripts --------------------------------------------------------------------------------------------------------


def _of_script(declarations: Declarations, file: File) -> Iterator[Component]:
    for statement in file.module.body:
        match statement:
            case nodes.Assign(target=nodes.Name(id=name), value=nodes.Call() as call, line=line) if _defines(
                call
            ) and not _MIXIN.search(name):
                yield _of_definition(declarations, file, text_in(options_in(call), "name") or name, line, call)
            case nodes.Export(name="default", value=nodes.Call(line=line) as call) if _defines(
                call
            ) and not _MIXIN.search(stem_of(file.path)):
                yield _of_definition(
                    declarations, file, text_in(options_in(call), "name") or stem_of(file.path), line, call
                )
            case nodes.Call(
                function=nodes.Member(name="component"),
                arguments=[nodes.Argument(value=nodes.Text(value=name)), second],
            ) if isinstance(second.value, nodes.Mapping):
                yield _of_definition(declarations, file, name, statement.line, statement)
            case nodes.Assign(target=nodes.Name(id=name), type=annotation, line=line) if (
                file.language == "typescript" and last_name(annotation) == "FunctionalComponent"
            ):
                yield _row(file, name, line, "function", sorted(set(_typed(declarations, file, annotation))), [])


def _typed(declarations: Declarations, file: File, annotation: nodes.Expression | None) -> Iterator[str]:
    """Yield the fields of the first argument of `FunctionalComponent<Props, Events>`."""
    if isinstance(annotation, nodes.Item):
        items = annotation.index.items if isinstance(annotation.index, nodes.Sequence) else [annotation.index]
        yield from fields(declarations, file, items[0] if items else None)


def _defines(call: nodes.Call) -> bool:
    """`defineComponent({…})`, `defineComponent(setup)`, `Vue.extend({…})`; not `Vue.extend(Card)`."""
    function = call.function
    if not any(isinstance(one.value, nodes.Mapping | nodes.Function) for one in call.arguments):
        return False
    if isinstance(function, nodes.Member):
        return function.name == "extend" and getattr(function.of, "id", "") == "Vue"
    return isinstance(function, nodes.Name) and function.id == "defineComponent"


def _of_definition(declarations: Declarations, file: File, name: str, line: int, call: nodes.Call) -> Component:
    options = options_in(call)
    props = {*keys_of(options, "props"), *_of_setup(declarations, file, call)}
    return _row(file, name, line, "component", sorted(props), sorted(keys_of(options, "emits")))


def _of_setup(declarations: Declarations, file: File, call: nodes.Call) -> Iterator[str]:
    """Yield the fields that the first parameter of a function has, where a component is its set-up alone."""
    setup = call.arguments[0].value if call.arguments else None
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


COMPONENTS = Components("vue", components, (Library("vue", ("vue",)),))
