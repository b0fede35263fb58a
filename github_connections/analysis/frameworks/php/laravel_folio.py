"""Laravel Folio: pages by the place of their templates.

https://laravel.com/docs/folio
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator

from msgspec import Struct, field

from github_connections.analysis.frameworks.php.laravel_facade import FILE, ROUTER
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument, text_written, texts_written
from github_connections.analysis.syntax.walking import nodes_in

LIBRARY = "Laravel\\Folio"
_TEMPLATE = ".blade.php"
_MIDDLEWARE = re.compile(r"^[ \t]{0,8}middleware\(([^()]{0,500})\)", re.MULTILINE)
_NAMES = re.compile(r"['\"]([\w.:,-]{1,100})['\"]")
_VARIABLE = re.compile(r"\[(\.{3})?(?:\.?[\w.]*\.)?(\w+)(?::\w+)?\]")


class _Directory(Struct):
    """A directory of pages: `Folio::path(resource_path('views/pages'))->uri('/office')`."""

    path: str
    place: Place
    uri: str = ""
    middleware: dict[str, list[str]] = field(default_factory=dict)  # by patterns of paths below it


def register(interpreter: Interpreter) -> None:
    """Add the pages of all directories."""
    for file in interpreter.program.with_words("php", frozenset({"path"}), (LIBRARY,)):
        for directory in _directories(file):
            _add_pages(interpreter, file, directory)


def _directories(file: File) -> Iterator[_Directory]:
    """Yield the directories that a file names, with what the calls behind say of each."""
    chains: dict[int, list[nodes.Call]] = {}
    for item in nodes_in(file.module.body):
        match item:
            case nodes.Call(function=nodes.Member(of=nodes.Call() as inner)):
                chains[id(inner)] = [*chains.get(id(item), []), item]
            case nodes.Call(function=nodes.Member(of=nodes.Name(id="Folio"), name="path"), arguments=[first, *_]):
                made = _Directory(_path(first.value), Place(file.path, item.line))
                for call in chains.get(id(item), []):
                    _say(made, call)
                if made.path:
                    yield made


def _path(written: nodes.Expression) -> str:
    """`resource_path('views/pages')` lies in resources/."""
    text = text_written(first_argument(written))
    start = "resources/" if nodes.bare_name(written) == "resource_path" else ""
    return f"{start}{(text or text_written(written)).strip('/')}"


def _say(directory: _Directory, call: nodes.Call) -> None:
    first = first_argument(call)
    word = nodes.bare_name(call)
    if word == "uri" and first is not None:
        directory.uri = text_written(first).strip("/")
    elif word == "middleware" and isinstance(first, nodes.Mapping):
        for entry in first.entries:
            directory.middleware[text_written(entry.key).strip("/")] = texts_written(entry.value)


def _add_pages(interpreter: Interpreter, file: File, directory: _Directory) -> None:
    root = interpreter.new_router(ROUTER, directory.place, application=True, data={FILE: file.path})
    group = root.group(directory.uri, directory.place, "folio")
    for path in interpreter.program.all_paths:
        before, found, below = f"/{path}".partition(f"/{directory.path}/")
        if found and path.endswith(_TEMPLATE) and before.strip("/") == file.project_root.strip("/"):
            written = below.removesuffix(_TEMPLATE)
            page = re.sub(r"(^|/)index$", "", written)
            middleware = [
                name
                for pattern, names in directory.middleware.items()
                if fnmatch.fnmatch(page or "/", pattern) or pattern == "*"
                for name in names
            ]
            middleware += _said_by_page(interpreter, path)
            group.add(["GET"], _VARIABLE.sub(_variable, page), Place(path, 1), path, page=True, middleware=middleware)


def _variable(match: re.Match[str]) -> str:
    name = match.group(2)
    return "{" + name[:1].lower() + name[1:] + ("*" if match.group(1) else "") + "}"


def _said_by_page(interpreter: Interpreter, path: str) -> list[str]:
    """`middleware(['auth'])` in a page itself; templates are no code that is parsed."""
    text = interpreter.program.text(path)
    match = _MIDDLEWARE.search(text) if LIBRARY in text else None
    return _NAMES.findall(match.group(1)) if match is not None else []
