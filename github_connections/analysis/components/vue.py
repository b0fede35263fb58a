"""Vue: single file components, and those that `defineComponent` makes in scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.components import markup, vue_scripts
from github_connections.analysis.components.declarations import Declarations, classes_in
from github_connections.analysis.components.kinds import Components, Library, stem_of
from github_connections.analysis.components.vue_macros import emitted, given, taken
from github_connections.analysis.components.vue_options import keys_of, options_in, text_in
from github_connections.analysis.components.vue_scripts import DECORATORS, decorated
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes

_BEGINNING = re.compile(r"""^[ \t]*export default (?:\w+(?:\.\w+)?\()?\{\s*name\s*:\s*["']([\w-]+)["']""", re.MULTILINE)


def components(interpreter: Interpreter) -> Iterator[Component]:
    """Yield a component for every .vue file, and for every definition in a script."""
    declarations = Declarations(interpreter)
    for file in interpreter.program.of_family("javascript"):
        if file.language == "vue":
            text = interpreter.program.text(file.path)
            yield _of_file(declarations, file, text)
    yield from vue_scripts.components(interpreter, declarations)


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
        props=sorted({*keys_of(options, "props"), *taken(declarations, file), *decorated(written)}),
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
        called = (
            one for one in written.decorators if isinstance(one, nodes.Call) and nodes.bare_name(one) in DECORATORS
        )
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
    default = {nodes.last_name(one.value) for one in _defaults(file)}
    for node in classes_in(file):
        if node.name in default and any(nodes.bare_name(one) in DECORATORS for one in node.decorators):
            return node
    return None


COMPONENTS = Components("vue", components, (Library("vue", ("vue",)),))
