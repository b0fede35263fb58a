"""What in JavaScript's code is a component of React or its like: a function, a class, or one of them wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.syntax import nodes

COMPONENT_NAME = re.compile(r"[A-Z]\w*")
_HTTP_VERBS = frozenset(map(str.upper, http_verbs.OF_BROWSERS))
_BASES = frozenset({"Component", "PureComponent"})
_TYPES = frozenset(
    {
        "FC", "VFC", "SFC", "FunctionComponent", "VoidFunctionComponent", "StatelessComponent", "ComponentType",
        "ForwardRefExoticComponent", "ForwardRefRenderFunction", "NextPage", "NextPageWithLayout", "AppProps",
        "ParentComponent", "VoidComponent", "FlowComponent", "ComponentWithAs", "NamedExoticComponent", "PageComponent",
    }
)  # fmt: skip
_ELEMENT_TYPES = frozenset({"Element", "ReactElement", "ReactNode", "ReactPortal"})
_CREATORS = frozenset({"createElement", "cloneElement", "createPortal", "jsx", "jsxs", "useRoutes", "useOutlet"})
_ONE_TO_ONE = {
    "memo": "memo",
    "forwardRef": "forwardRef",
    "forwardRefWithAs": "forwardRef",
    "createReactClass": "class",
}
_LAZY = frozenset(
    {"lazy", "dynamic", "loadable", "Loadable", "lazyWithRetry", "lazyWithPreload", "lazyRetry", "lazyLoad"}
)
_STYLED = frozenset({"styled", "tw"})
_STYLED_CALLS = frozenset({"createGlobalStyle", "createSvgIcon", "createIcon"})
# What takes a component and gives back another, beside what is called `withSomething`.
_WRAPPERS = frozenset(
    {
        "observer", "connect", "inject", "compose", "injectIntl", "translate", "graphql", "hot", "reduxForm", "hoc",
        "createFragmentContainer", "createPaginationContainer", "createRefetchContainer", "createContainer",
        "DragSource", "DropTarget", "DragDropContext", "enhance", "recompose", "asField", "genericMemo", "typedMemo",
        "fixedForwardRef", "assign", "wrap", "animated", "motion",
    }
)  # fmt: skip
# One of them stands in every file with a component, if no element does.
WORDS = frozenset({*_BASES, *_CREATORS, *_ONE_TO_ONE, *_LAZY, *_STYLED, *_STYLED_CALLS, *_WRAPPERS})
# What only a component or another hook may call.
_HOOK = re.compile(r"use[A-Z]\w*")
_LIST_METHODS = frozenset({"map", "filter", "reduce", "flatMap", "forEach", "find", "sort", "then"})
MAXIMUM_DEPTH = 12


def is_component_name(name: str) -> bool:
    """Tell whether a name begins with a capital letter, as a component's must, and is no handler of a verb."""
    return bool(COMPONENT_NAME.fullmatch(name)) and name not in _HTTP_VERBS


def kind_of(value: nodes.Expression | nodes.Statement | None, depth: int = 0) -> str:
    """Return what sort of component an expression makes; nothing for anything else."""
    if depth > MAXIMUM_DEPTH:
        return ""
    match value:
        case nodes.Function():
            return "function" if shows_elements(value) else ""
        case nodes.Class():
            return "class" if _is_class_component(value) else ""
        case nodes.Call():
            return _kind_of_call(value, depth)
        case nodes.Choice(options=options):
            return next(filter(None, (kind_of(option, depth + 1) for option in options)), "")
    return ""


def is_typed(annotation: nodes.Expression | None) -> bool:
    """Tell whether a variable is declared to be a component: `React.FC<Props>`."""
    return annotation is not None and nodes.bare_name(type_of_component(annotation)) in _TYPES


def type_of_component(annotation: nodes.Expression | None) -> nodes.Expression | None:
    """Return the part of a type that says what a component takes: of `FC<Props> & { Item: typeof Item }` the rest is
    what hangs at it.
    """
    parts = annotation.operands if isinstance(annotation, nodes.Operation) else []
    return next((part for part in parts if nodes.bare_name(part) in _TYPES), annotation)


def wrapped_in(value: nodes.Expression | None, depth: int = 0) -> nodes.Expression | None:
    """Return what a wrapper is put around in the end: a function, a class, the name of one."""
    if not isinstance(value, nodes.Call) or depth > MAXIMUM_DEPTH:
        return value if isinstance(value, nodes.Function | nodes.Class | nodes.Name) else None
    found = [wrapped_in(argument.value, depth + 1) for argument in value.arguments if not argument.name]
    certain = (one for one in found if isinstance(one, nodes.Function | nodes.Class))
    named = (one for one in found if isinstance(one, nodes.Name) and is_component_name(one.id))
    return next(certain, None) or next(named, None)


# --- classes --------------------------------------------------------------------------------------------------------


def _is_class_component(node: nodes.Class) -> bool:
    known = any(nodes.bare_name(base) in _BASES for base in node.bases)
    if node.kind != "class" or not node.bases or (node.decorators and not known):
        return False
    renders = any(isinstance(one, nodes.Function) and one.name == "render" and shows_elements(one) for one in node.body)
    return renders or (
        known and any(getattr(one, "name", "") == "render" or _is_field(one, "render") for one in node.body)
    )


def _is_field(statement: nodes.Statement, name: str) -> bool:
    return isinstance(statement, nodes.Assign) and getattr(statement.target, "id", "") == name


# --- functions ------------------------------------------------------------------------------------------------------


def shows_elements(function: nodes.Function, depth: int = 0) -> bool:
    """Tell whether a function gives back elements, its own children, or what another function makes of them."""
    if depth > MAXIMUM_DEPTH:
        return False
    if nodes.bare_name(function.returns) in _ELEMENT_TYPES:
        return True
    return any(_is_shown(value, function, depth) for value in _returned(function.body))


def _returned(body: list[nodes.Statement]) -> Iterator[nodes.Expression]:
    for statement in body:
        if isinstance(statement, nodes.Return):
            yield statement.value
        elif isinstance(statement, nodes.Loop):
            yield from _returned(statement.body)


def _is_shown(value: nodes.Expression, around: nodes.Function, depth: int) -> bool:
    if depth > MAXIMUM_DEPTH:
        return False
    match value:
        case nodes.Element():
            return True
        case nodes.Choice(options=parts) | nodes.Opaque(parts=parts) | nodes.Sequence(items=parts):
            return any(_is_shown(part, around, depth + 1) for part in parts)
        case nodes.Operation(operands=parts):
            return any(_is_shown(part, around, depth + 1) for part in parts)
        case nodes.Name(id=name):
            return name == "children" or any(_is_shown(one, around, depth + 1) for one in _bound(around, name))
        case nodes.Member(name=name):
            return name == "children"
        case nodes.Call(new=False):
            return _is_made(value, around, depth)
    return False


def _bound(function: nodes.Function, name: str) -> list[nodes.Expression]:
    """Return what a variable of a function is set to."""
    return [
        statement.value
        for statement in function.body
        if isinstance(statement, nodes.Assign)
        and statement.value is not None
        and getattr(statement.target, "id", "") == name
        and getattr(statement.value, "id", "") != name
    ]


def _is_made(call: nodes.Call, around: nodes.Function, depth: int) -> bool:
    """`createPortal(…)`, `items.map((item) => <li/>)`, `renderRows()` with a function that stands beside it."""
    name = nodes.bare_name(call.function)
    if name in _CREATORS:
        return True
    beside = [one for one in around.body if isinstance(one, nodes.Function) and one.name == name]
    beside += [one for one in _bound(around, name) if isinstance(one, nodes.Function)]
    functions = [*beside, *(one.value for one in call.arguments if isinstance(one.value, nodes.Function))]
    if any(shows_elements(function, depth + 1) for function in functions):
        return True
    held = [one.value for one in call.arguments if isinstance(one.value, nodes.Element | nodes.Call)]
    return any(_is_shown(one, around, depth + 1) for one in held)


def calls_a_hook(function: nodes.Function) -> bool:
    """Tell whether a function calls a hook itself: it is a component then, whatever it gives back."""
    held = (one for one in function.body if isinstance(one, nodes.Assign | nodes.Return | nodes.Call))
    values = (one if isinstance(one, nodes.Call) else one.value for one in held)
    return any(isinstance(one, nodes.Call) and _HOOK.fullmatch(nodes.bare_name(one)) is not None for one in values)


# --- wrapped ones ---------------------------------------------------------------------------------------------------


def _kind_of_call(call: nodes.Call, depth: int) -> str:
    names = _names_of(call.function)
    if not names:
        return ""
    root, last = names[0], names[-1]
    if root in _STYLED or last in _STYLED_CALLS:
        return "styled"
    if last in _ONE_TO_ONE:
        return _ONE_TO_ONE[last]
    if last in _LAZY:
        return "lazy" if len(names) == 1 or root in ("React", "Preact", "Solid") else ""
    if any(name in _WRAPPERS or re.match(r"with[A-Z]", name) for name in names):
        return "wrapped" if _wraps_a_component(call, depth) else ""
    function = call.function
    plain = isinstance(function, nodes.Name) and not function.id.startswith("use") and last not in _LIST_METHODS
    return "wrapped" if plain and any(kind_of(one.value, depth + 1) == "function" for one in call.arguments) else ""


def _names_of(function: nodes.Expression) -> list[str]:
    """Return the names on the way of `connect(a)(b)`, `styled.div.attrs()`, `React.memo`, the first one first."""
    names: list[str] = []
    while True:
        if isinstance(function, nodes.Call):
            function = function.function
        elif isinstance(function, nodes.Item):
            function = function.of
        elif isinstance(function, nodes.Member):
            names.append(function.name)
            function = function.of
        else:
            return [*([function.id] if isinstance(function, nodes.Name) else []), *reversed(names)]


def _wraps_a_component(call: nodes.Call, depth: int) -> bool:
    return any(
        (isinstance(argument.value, nodes.Name) and is_component_name(argument.value.id))
        or kind_of(argument.value, depth + 1)
        for argument in call.arguments
    )
