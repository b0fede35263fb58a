"""FOSRestBundle before its third version: controllers of imports of type `rest`, whose methods say by their names and
parameters what they answer.

https://github.com/FriendsOfSymfony/FOSRestBundle/blob/2.x/Resources/doc/5-automatic-route-generation_single-restful-controller.rst
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.inflection import plural, singular
from github_connections.analysis.frameworks.php.fos_parameters import fetched
from github_connections.analysis.frameworks.php.symfony_configuration import Configuration, Rest
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import classes_in
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Route
from github_connections.analysis.syntax import nodes

_METHODS = frozenset(
    ("get", "post", "put", "patch", "delete", "head", "options", "link", "unlink", "copy", "move", "lock", "unlock")
)
_FORMS = frozenset(("new", "edit", "remove"))
_ACTION = re.compile(r"([_a-z0-9]+)(.*)Action")
_SAYING = frozenset(("Route", "Get", "Post", "Put", "Patch", "Delete"))
_INJECTED = re.compile(r"^(Request|ParamFetcher|ParamConverter)$|Interface$")
_OF_A_CLASS = frozenset(("ClassResourceInterface",))


def routes(interpreter: Interpreter, configuration: Configuration) -> Iterator[Route]:
    """Yield the rows of the methods that say no path themselves."""
    for imported in configuration.rest:
        for cls in _classes(interpreter, imported):
            before = [*_above(interpreter, configuration, imported, 0), *_resource(cls)]
            for method in cls.node.body:
                if isinstance(method, nodes.Function) and not _hidden(method):
                    yield from _rows(cls, method, before, imported)


def _classes(interpreter: Interpreter, imported: Rest) -> list[ClassValue]:
    where = imported.directory.rstrip("/")
    files = [
        file for file in interpreter.program.of_family("php") if file.path == where or file.path.startswith(f"{where}/")
    ]
    interpreter.program.parse(files)
    return [cls for file in files for cls in classes_in(file.scope) if cls.node.name.endswith("Controller")]


def _above(interpreter: Interpreter, configuration: Configuration, imported: Rest, depth: int) -> list[str]:
    """Return the resources of the import that is this one's parent, outermost first."""
    parent = imported.item.parent
    found = next((one for one in configuration.rest if parent and one.item.name == parent), None)
    if found is None or depth > 5:
        return []
    own = [name for cls in _classes(interpreter, found) for name in _resource(cls)]
    return [*_above(interpreter, configuration, found, depth + 1), *own]


def _resource(cls: ClassValue) -> list[str]:
    """Return what a class is the resource of; nothing where its methods name theirs."""
    for decorator in cls.node.decorators:
        if isinstance(decorator, nodes.Call) and getattr(decorator.function, "id", "") == "RouteResource":
            said = next((item.value for item in decorator.arguments), None)
            return [said.value] if isinstance(said, nodes.Text) else []
    names = {nodes.last_name(base) for base in cls.node.bases}
    return [] if names.isdisjoint(_OF_A_CLASS) else [cls.node.name.removesuffix("Controller")]


def _hidden(method: nodes.Function) -> bool:
    names = [getattr(item.function, "id", "") for item in method.decorators if isinstance(item, nodes.Call)]
    said = {written for name in names for written in (name, name.capitalize())}  # `@POST` is `@Post`
    return not said.isdisjoint(_SAYING | {"NoRoute"}) or not {"private", "protected"}.isdisjoint(method.modifiers)


def _rows(cls: ClassValue, method: nodes.Function, before: list[str], imported: Rest) -> Iterator[Route]:
    match = _ACTION.fullmatch(method.name)
    if match is None:
        return
    verb, rest = match.groups()
    is_collection = verb[1:] in _METHODS and verb[0] == "c"
    verb = verb[1:] if is_collection else verb
    if is_collection and before:
        before = [*before[:-1], plural(singular(before[-1]))]
    names = [*before, *re.findall(r"[A-Z][^A-Z]*", rest)]
    arguments = [item.name.lstrip("$") for item in method.parameters if not _is_injected(item)]
    pieces = _pieces(names, arguments, verb)
    http = verb if verb in _METHODS else "get" if verb in _FORMS or len(arguments) < len(names) else "patch"
    path = "/".join([*pieces, *([] if verb in _METHODS else [verb])])
    final = paths.join([*(prefix.value for prefix in imported.prefixes), path])
    sent = (one for one in fetched(method) if http != "get" or one.place == "query")
    yield Route(
        method=http.upper(),
        path=final,
        file=cls.scope.file.path,
        line=method.line,
        framework="symfony",
        handler=f"{cls.node.name}.{method.name}",
        raw_path=f"/{path}",
        prefixes=list(imported.prefixes),
        params=[*rows.path_parameters(final), *sent],
    )


def _is_injected(parameter: nodes.Parameter) -> bool:
    return _INJECTED.search(nodes.last_name(parameter.type)) is not None


def _pieces(names: list[str], arguments: list[str], verb: str) -> list[str]:
    """Put resources and arguments together: one with an argument is an object, one without a collection."""
    pieces: list[str] = []
    for position, name in enumerate(names):
        several = plural(singular(name.lower()))
        if position < len(arguments):
            pieces += [several, "{" + arguments[position] + "}"]
        elif verb in ("new", "post") or (not arguments and verb not in _METHODS):
            pieces.append(several)
        else:
            pieces.append(name.lower())
    return pieces
