"""React, Preact, Solid: components by the names that the code gives them, not by those of their files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from github_connections.analysis.components import elements
from github_connections.analysis.components.declarations import Declarations
from github_connections.analysis.components.kinds import Components, Dependencies, Library, stem_of
from github_connections.analysis.components.props import fields, keys
from github_connections.analysis.components.react_shapes import (
    WORDS,
    calls_a_hook,
    is_component_name,
    is_typed,
    kind_of,
    type_of_component,
    wrapped_in,
)
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.report import Component
from github_connections.analysis.sketches import mentions
from github_connections.analysis.syntax import nodes

# The first of these that a sub-project depends on says whose its elements are.
_LIBRARIES = (
    ("react", "react"),
    ("react-native", "react"),
    ("preact", "preact"),
    ("solid-js", "solid"),
    ("vue", "vue"),
)
_FRAMEWORKS = ("next", "gatsby", "@remix-run/react", "expo", "react-dom", "@react-router/dev", "@docusaurus/core")
_IN_PLAIN_FILES = re.compile(r"(react|preact|solid-js|next)([/-]|$)|.*(styled|emotion|stitches|linaria|goober)|@mui/")
_TYPE_ARGUMENTS = "<>"
# What an element ends with, and the beginning of what many call their wrappers.
_ELEMENT_OR_WRAPPER = re.compile(rb"</|/>|\bwith[A-Z]")


class Found(Struct, frozen=True):
    """A component as it is declared."""

    name: str
    line: int
    kind: str
    node: nodes.Expression
    type: nodes.Expression | None = None


def components(interpreter: Interpreter) -> Iterator[Component]:
    """Yield the components of every file in which there may be elements."""
    dependencies, declarations = Dependencies(interpreter.program), Declarations(interpreter)
    program = interpreter.program
    files = [file for file in program.of_family("javascript") if _may_hold_any(program, file, dependencies)]
    sketched = {file.path for file in files if not file.is_parsed}
    program.parse(files)
    for file in files:
        if file.path in sketched and not _may_hold_any(program, file, dependencies):
            continue  # what its sketch takes for an import stands in a comment
        framework = _library(file, dependencies)
        for found in _unique(_found_in(file)):
            yield _row(declarations, file, found, framework)


def _may_hold_any(program: Program, file: File, dependencies: Dependencies) -> bool:
    if file.language == "tsx" or file.path.endswith(".jsx"):
        return True
    if file.language not in ("javascript", "typescript"):
        return False
    imported = any(_IN_PLAIN_FILES.match(module) for module in file.sketch.imports)
    if file.language == "typescript" or imported:
        return imported
    known = dependencies.of(file)
    if known is not None and not known & {*(name for name, _ in _LIBRARIES[:-1]), *_FRAMEWORKS}:
        return False
    text = program.read(file.path) or b""
    return _ELEMENT_OR_WRAPPER.search(text) is not None or mentions(text, WORDS)


def _library(file: File, dependencies: Dependencies) -> str:
    imported = {module.split("/")[0] for module in file.head.imports}
    known = dependencies.of(file) or set()
    for source in (imported, known):
        for package, framework in _LIBRARIES:
            if package in source:
                return framework
    return "react"


def _unique(found: Iterable[Found]) -> Iterator[Found]:
    seen: set[str] = set()
    for one in found:
        if one.name not in seen:
            seen.add(one.name)
            yield one


def _found_in(file: File) -> Iterator[Found]:
    default = [statement for statement in file.module.body if _is_default(statement)]
    for statement in file.module.body:
        yield from _declared(statement)
    for statement in default:
        yield from _default(file, getattr(statement, "value", None))


def _is_default(statement: nodes.Statement) -> bool:
    match statement:
        case nodes.Export(name="default"):
            return True
        case nodes.Assign(target=nodes.Member(of=nodes.Name(id="module"), name="exports")):
            return True
    return False


def _declared(statement: nodes.Statement) -> Iterator[Found]:
    match statement:
        case nodes.Function(name=name, line=line) | nodes.Class(name=name, line=line) if is_component_name(name):
            kind = _kind_of_named(statement)
            if kind:
                yield Found(name, line, kind, statement)
        case nodes.Assign(target=nodes.Name(id=name), value=value, line=line, type=annotation):
            if value is None or not is_component_name(name):
                return
            kind = _kind_of_named(value) or ("function" if is_typed(annotation) and _is_callable(value) else "")
            if kind:
                yield Found(name, line, kind, value, annotation)


def _kind_of_named(value: nodes.Expression | nodes.Statement) -> str:
    """Return what sort of component stands behind a component's name; one may show nothing: `ScrollToTop`."""
    return kind_of(value) or ("function" if isinstance(value, nodes.Function) and calls_a_hook(value) else "")


def _is_callable(value: nodes.Expression) -> bool:
    return isinstance(value, nodes.Function | nodes.Call)


def _default(file: File, value: nodes.Expression | None) -> Iterator[Found]:
    """`export default memo(Card)` of a Card declared here names nothing new; what has no name takes the file's."""
    kind = kind_of(value) if value is not None else ""
    inner = wrapped_in(value)
    if not kind or value is None or isinstance(value, nodes.Name):
        return
    if isinstance(inner, nodes.Name):
        if not file.declares(inner.id):
            yield Found(stem_of(file.path), getattr(value, "line", 1), kind, value)
        return
    named = getattr(inner, "name", "")
    line = getattr(inner, "line", 0) or getattr(value, "line", 1)
    yield Found(named if is_component_name(named) else stem_of(file.path), line, kind, value)


def _row(declarations: Declarations, file: File, found: Found, framework: str) -> Component:
    inside = list(elements.elements_in(found.node))
    return Component(
        name=found.name,
        file=file.path,
        line=found.line,
        framework=framework,
        kind=found.kind,
        project=file.project_root,
        exported=_is_exported(file, found.name),
        props=_props(declarations, file, found),
        test_ids=elements.test_ids(inside),
        forms=elements.forms(inside),
    )


def _is_exported(file: File, name: str) -> bool:
    exported = [statement for statement in file.module.body if isinstance(statement, nodes.Export)]
    return name == stem_of(file.path) or any(getattr(one.value, "id", one.name) == name for one in exported)


# --- props ----------------------------------------------------------------------------------------------------------


def _props(declarations: Declarations, file: File, found: Found) -> list[str]:
    inner = wrapped_in(found.node) or found.node
    parameter = inner.parameters[0] if isinstance(inner, nodes.Function) and inner.parameters else None
    names: list[str] = []
    annotation = type_of_component(found.type)
    if parameter is not None:
        names = list(keys(parameter.pattern))
        annotation = parameter.type or annotation
    elif isinstance(inner, nodes.Class):
        annotation = next((base for base in inner.bases if isinstance(base, nodes.Item)), None)
    names += _listed(file, found.name, inner)
    return sorted({*names, *fields(declarations, file, annotation or _argued(found))} - {"children", "ref", "key"})


def _listed(file: File, name: str, node: nodes.Expression) -> Iterator[str]:
    """Yield what `Card.propTypes = {…}` lists, or `static propTypes = {…}` of a class."""
    own = node.body if isinstance(node, nodes.Class) else []
    for statement in own:
        if isinstance(statement, nodes.Assign) and statement.target == nodes.Name("propTypes"):
            yield from keys(statement.value)
    for statement in file.module.body:
        if isinstance(statement, nodes.Assign) and statement.target == nodes.Member(nodes.Name(name), "propTypes"):
            yield from keys(statement.value)


def _argued(found: Found) -> nodes.Expression | None:
    """Return the type of the inputs that a wrapper is told: `forwardRef<HTMLElement, Props>`, `memo<Props>`."""
    if found.kind not in ("forwardRef", "memo") or not isinstance(found.node, nodes.Call):
        return None
    told = next((one.value for one in found.node.arguments if one.name == _TYPE_ARGUMENTS), None)
    return told.items[-1] if isinstance(told, nodes.Sequence) and told.items else None


LIBRARIES = (
    Library("react", ("react", "react-native")),
    Library("preact", ("preact",)),
    Library("solid", ("solid-js",)),
)
COMPONENTS = Components("react", components, LIBRARIES)
