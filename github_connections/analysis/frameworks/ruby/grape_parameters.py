"""What Grape's `params` blocks declare. A field inside another is named as a form does: `address[city]`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from github_connections.analysis.frameworks import rows
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments, without_return
from github_connections.analysis.syntax.walking import nodes_in

_OF_FILES = frozenset({"UploadedFile", "File", "WorkhorseFile"})
_GROUPS = frozenset({"given", "with", "mutually_exclusive", "group"})


def parameters_of(method: str, in_path: list[Parameter], declared: list[Parameter]) -> list[Parameter]:
    """Return the variables of a path with their declared types, and what else is declared, each where it comes from."""
    known = {one.name: one for one in declared}
    place: ParameterPlace = "query" if method in rows.WITHOUT_BODY else "body"
    own = {one.name for one in in_path}
    others = [one for one in known.values() if one.name not in own]
    return [
        *(replace(one, type=known[one.name].type if one.name in known else one.type) for one in in_path),
        *(replace(one, place="file" if one.place == "file" else place) for one in others),
    ]


def read(block: nodes.Function, shared: dict[str, list[Parameter]], inside: str = "") -> Iterator[Parameter]:
    """Yield what a block declares: `requires :id, type: Integer`, `optional :address, type: Hash do … end`."""
    for statement in block.body:
        call = without_return(statement)
        if not isinstance(call, nodes.Call) or not isinstance(call.function, nodes.Name):
            continue
        word = call.function.id
        inner = next((item.value for item in call.arguments if isinstance(item.value, nodes.Function)), None)
        names = [item.value.value for item in call.arguments if not item.name and isinstance(item.value, nodes.Text)]
        if word in ("requires", "optional"):
            for name in names:
                whole = f"{inside}[{name}]" if inside else name
                yield _declared(call, whole, required=word == "requires")
                if inner is not None:
                    yield from read(inner, shared, whole)
        elif word == "use":
            yield from (one for name in names for one in shared.get(name, []))
        elif word in _GROUPS and inner is not None:
            yield from read(inner, shared, inside)


def shared(node: nodes.Class) -> dict[str, list[Parameter]]:
    """Return what `params :paging do … end` declares for others to use."""
    found: dict[str, list[Parameter]] = {}
    for item in nodes_in(node.body):
        match item:
            case nodes.Call(
                function=nodes.Name(id="params"),
                arguments=[nodes.Argument(value=nodes.Text(value=name)), nodes.Argument(value=block)],
            ) if isinstance(block, nodes.Function):
                found[name] = list(read(block, {}))
    return found


def _declared(call: nodes.Call, name: str, *, required: bool) -> Parameter:
    said = named_arguments(call)
    kind = _type(said.get("type"))
    place: ParameterPlace = "file" if kind in _OF_FILES else "body"
    return Parameter(name=name, place=place, type=kind, required=required and "default" not in said)


def _type(written: nodes.Expression | None) -> str:
    match written:
        case nodes.Name(id=name) | nodes.Member(name=name):
            return name
        case nodes.Item(of=of, index=index):
            return f"{_type(of)}[{_type(index)}]"
    return ""
