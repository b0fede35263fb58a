"""React Router's routes by the place of files: vite-plugin-pages and generouted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.javascript.file_routes import DOTS, Application, without_ending
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.report import Route

# What an application imports of what they make; the second is generouted's, which has dots in names.
_MADE, _GENEROUTED = ("~react-pages", "virtual:generated-pages-react"), "@generouted/react-router"
_DIRECTORY, _ENDINGS = "src/pages", (".tsx", ".jsx")
_VARIABLE = re.compile(r"(-?)\[(\.{3})?([\w-]*)\]")


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the pages of every application that imports what such a plugin makes."""
    roots: dict[str, bool] = {}
    for file in interpreter.program.of_family("javascript"):
        if not roots.get(file.project_root) and file.sketch.imports:
            is_generouted = file.imports((_GENEROUTED,))
            if is_generouted or any(module in _MADE for module in file.sketch.imports):
                roots[file.project_root] = is_generouted
    for root, is_generouted in sorted(roots.items()):
        application = Application(interpreter, "react-router", root)
        for inside in application.paths(_DIRECTORY):
            stem = without_ending(inside, _ENDINGS)
            path = None if stem is None else _path(stem, is_generouted=is_generouted)
            if path is not None:
                yield application.route("GET", path, application.place(_DIRECTORY, inside), 1)


def _path(stem: str, *, is_generouted: bool) -> str | None:
    """`users/[id]` → `/users/{id}`, `-[lang]/index` → `/{lang?}`, `(door)/login` → `/login`; None for a layout."""
    parts = stem.split("/")
    if not is_generouted:
        kept = parts
    elif parts[-1].startswith("_"):
        return None
    else:
        whole = ["*" if parts == ["404"] else part for part in parts if not re.fullmatch(r"\(.*\)", part)]
        kept = [piece.removeprefix("+") for part in whole for piece in DOTS.split(part)]
    return "/" + "/".join(_segment(part) for part in kept if part != "index")


def _segment(written: str) -> str:
    if written == "*":
        return "{path*}"
    return _VARIABLE.sub(
        lambda found: "{" + (found[3] or "path") + ("*" if found[2] else "?" if found[1] else "") + "}", written
    )
