"""Angular: classes decorated as components; directives, pipes and abstract bases are none."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from github_connections.analysis.components import markup
from github_connections.analysis.components.declarations import Declarations, classes_in, module_of
from github_connections.analysis.components.kinds import Components, Library
from github_connections.analysis.components.props import MAXIMUM_DEPTH
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File, Program
from github_connections.analysis.report import Component
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import callee, first_argument, positional_arguments

CORE = "@angular/core"
_DECORATORS = frozenset({"Component"})
# What makes a field one, and the decorator that says so.
INPUTS = (frozenset({"input", "model"}), "Input", "inputs")
OUTPUTS = (frozenset({"output", "outputFromObservable"}), "Output", "outputs")
Bindings = tuple[frozenset[str], str, str]


def components(interpreter: Interpreter) -> Iterator[Component]:
    """Yield a component for every class with @Component."""
    program, declarations = interpreter.program, Declarations(interpreter)
    for file in program.with_words("javascript", _DECORATORS, (CORE,)):
        exported = {one.name for one in file.module.body if isinstance(one, nodes.Export)}
        exported |= {getattr(one.value, "id", "") for one in file.module.body if isinstance(one, nodes.Export)}
        for node in classes_in(file):
            said = _said(file, node, "Component")
            if said is not None and "abstract" not in node.modifiers:
                yield _row(program, declarations, file, node, said, exported=node.name in exported)


def _said(file: File, node: nodes.Class, name: str) -> nodes.Mapping | None:
    """Return what `@Component({…})` of Angular says of a class; None for a class without it."""
    for decorator in node.decorators:
        if isinstance(decorator, nodes.Call) and _is_of_angular(file, decorator.function, name):
            first = first_argument(decorator)
            return first if isinstance(first, nodes.Mapping) else nodes.Mapping([], decorator.line)
    return None


def _is_of_angular(file: File, expression: nodes.Expression, name: str) -> bool:
    match expression:
        case nodes.Name(id=known):
            return known == name and module_of(file, name).startswith(CORE)
        case nodes.Member(of=nodes.Name(id=namespace), name=known):
            return known == name and module_of(file, namespace).startswith(CORE)
    return False


def _row(
    program: Program, declarations: Declarations, file: File, node: nodes.Class, said: nodes.Mapping, *, exported: bool
) -> Component:
    template = _template(program, file, said)
    selector = nodes.entry_of(said, "selector")
    return Component(
        name=node.name,
        file=file.path,
        line=node.line,
        framework="angular",
        kind="component",
        project=file.project_root,
        exported=exported,
        selector=selector.value if isinstance(selector, nodes.Text) else "",
        props=sorted(set(_bound(declarations, file, node, INPUTS))),
        events=sorted(set(_bound(declarations, file, node, OUTPUTS)) | _changes(declarations, file, node)),
        slots=markup.slots(template, "ng-content", "select"),
        test_ids=markup.test_ids(template),
        forms=markup.forms(template),
    )


def _template(program: Program, file: File, said: nodes.Mapping) -> str:
    inline, elsewhere = nodes.entry_of(said, "template"), nodes.entry_of(said, "templateUrl")
    if isinstance(inline, nodes.Text):
        return inline.value
    if not isinstance(elsewhere, nodes.Text):
        return ""
    path = posixpath.normpath(posixpath.join(file.directory, elsewhere.value))
    return "" if path.startswith("..") else program.text(path)


# --- what is bound ---------------------------------------------------------------------------------------------------


def _bound(
    declarations: Declarations, file: File, node: nodes.Class, bindings: Bindings, depth: int = 0
) -> Iterator[str]:
    """Yield the inputs or outputs of a class and of its bases, by the names that templates know them by."""
    said = _said(file, node, "Component") or _said(file, node, "Directive")
    listed = nodes.entry_of(said, bindings[2])
    for item in listed.items if isinstance(listed, nodes.Sequence) else ():
        yield from _listed(item)
    for member in node.body:
        yield from _of_member(member, bindings)
    for base in node.bases if depth < MAXIMUM_DEPTH else ():
        base = base.of if isinstance(base, nodes.Item) else base
        found = declarations.named(file, base.id) if isinstance(base, nodes.Name) else None
        if found is not None and found[1].kind == "class":
            yield from _bound(declarations, *found, bindings, depth + 1)


def _listed(item: nodes.Expression) -> Iterator[str]:
    """`inputs: ['a', 'field: name', {name: 'b', alias: 'c'}]`."""
    if isinstance(item, nodes.Text):
        yield item.value.rpartition(":")[2].strip()
    elif isinstance(item, nodes.Mapping):
        name = nodes.entry_of(item, "alias") or nodes.entry_of(item, "name")
        if isinstance(name, nodes.Text):
            yield name.value


def _of_member(member: nodes.Statement, bindings: Bindings) -> Iterator[str]:
    """A field or an accessor with @Input, or what `input()`, `input.required()` or `model()` makes."""
    makers, decorator, _ = bindings
    name = member.name if isinstance(member, nodes.Function) else _name_of_field(member)
    for one in getattr(member, "decorators", ()):
        said = callee(one)
        if name and nodes.last_name(said) == decorator:
            yield _alias(one) or name
    value = member.value if isinstance(member, nodes.Assign) else None
    if name and isinstance(value, nodes.Call) and _maker(value) in makers:
        yield _alias(value) or name


def _name_of_field(member: nodes.Statement) -> str:
    return member.target.id if isinstance(member, nodes.Assign) and isinstance(member.target, nodes.Name) else ""


def _maker(call: nodes.Call) -> str:
    function = call.function.of if isinstance(call.function, nodes.Member) else call.function
    return getattr(function, "id", "")


def _alias(said: nodes.Expression) -> str:
    """`@Input('name')`, `@Input({alias: 'name'})`, `input(0, {alias: 'name'})`."""
    arguments = positional_arguments(said) if isinstance(said, nodes.Call) else []
    for argument in reversed(arguments):
        alias = nodes.entry_of(argument, "alias")
        if isinstance(alias, nodes.Text):
            return alias.value
    first = arguments[0] if arguments else None
    decorates = isinstance(said, nodes.Call) and _maker(said) not in INPUTS[0] | OUTPUTS[0]
    return first.value if isinstance(first, nodes.Text) and decorates else ""


def _changes(declarations: Declarations, file: File, node: nodes.Class) -> set[str]:
    """A `model()` tells its changes by an output of its own."""
    return {f"{name}Change" for name in _bound(declarations, file, node, (frozenset({"model"}), "", ""))}


COMPONENTS = Components(
    "angular",
    components,
    (Library("angular", ("@angular/core",), language="typescript"),),
    frozenset({"Component("}),
)
