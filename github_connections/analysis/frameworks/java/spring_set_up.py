"""What the set-up of a Spring application says in code instead of in its settings: the path that stands before all."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import pairwise

from github_connections.analysis.frameworks.java.jvm_settings import AllSettings, Setting, Settings, module_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.values import is_known, text_of
from github_connections.analysis.report import Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

WORDS = frozenset({"PropertySource", "setContextPath", "setDefaultProperties", "SpringApplicationBuilder"})
_CONTEXT = "server.servlet.context-path"
_CLASS_PATH = "classpath:"
_BOOT = ("org.springframework.boot",)


def add_to(settings: AllSettings, interpreter: Interpreter) -> None:
    """Add what code says to the settings of its module; what settings files say comes first, and of several
    applications in one module nobody knows which is meant."""
    by_module: dict[str, list[tuple[File, Settings]]] = {}
    paths: dict[str, list[str]] = {}
    for path in interpreter.program.all_paths:
        paths.setdefault(posixpath.basename(path), []).append(path)
    for file in interpreter.program.with_words("java", WORDS):
        for node in nodes_in(list(file.module.body)):
            if isinstance(node, nodes.Call):
                added = by_module.setdefault(module_of(file.path), [])
                added.extend((file, said) for said in _said(settings, interpreter, file, node, paths))
    for found in by_module.values():
        contexts = {setting.value for _, said in found if (setting := said.find(_CONTEXT)) is not None}
        for file, said in found if len(contexts) == 1 else ():
            settings.add_below(file, said)


def _said(
    settings: AllSettings, interpreter: Interpreter, file: File, node: nodes.Call, paths: dict[str, list[str]]
) -> Iterator[Settings]:
    name = nodes.last_name(node.function)
    if name == "PropertySource":
        yield from (settings.read(path) for path in _sources(interpreter, file, node, paths))
    for value in _contexts(interpreter, file, node, name):
        yield Settings.saying(_CONTEXT, Setting(value, Place(file.path, node.line)))


def _contexts(interpreter: Interpreter, file: File, node: nodes.Call, name: str) -> Iterator[str]:
    """`factory.setContextPath("/shop")`, `properties("server.servlet.context-path=/shop")`."""
    if name == "setContextPath" and len(node.arguments) == 1 and file.imports(_BOOT):
        yield from _known(interpreter, file, node.arguments[0].value)
    elif name == "properties":
        for argument in node.arguments:
            for text in _known(interpreter, file, argument.value):
                setting, _, value = text.partition("=")
                yield from [value.strip()] if setting.strip() == _CONTEXT else []
    elif name == "setDefaultProperties":
        yield from _of_map(interpreter, file, node)


def _of_map(interpreter: Interpreter, file: File, node: nodes.Call) -> Iterator[str]:
    """`Map.of("server.servlet.context-path", "/shop")`."""
    for made in nodes_in([argument.value for argument in node.arguments]):
        for key, value in pairwise(made.arguments if isinstance(made, nodes.Call) else []):
            if key.value == nodes.Text(_CONTEXT):
                yield from _known(interpreter, file, value.value)


def _known(interpreter: Interpreter, file: File, node: nodes.Expression) -> list[str]:
    text = text_of(interpreter.evaluate(node, file.scope))
    return [text] if is_known(text) else []


def _sources(interpreter: Interpreter, file: File, node: nodes.Call, paths: dict[str, list[str]]) -> Iterator[str]:
    """`@PropertySource("classpath:shop.properties")`: a file of the same module."""
    home = module_of(file.path)
    for argument in node.arguments if len(node.arguments) == 1 else ():
        for text in _known(interpreter, file, argument.value):
            wanted = posixpath.join("/", text.removeprefix(_CLASS_PATH))
            for path in paths.get(posixpath.basename(wanted), ()) if text.startswith(_CLASS_PATH) else ():
                if path.endswith(wanted) and module_of(path) == home:
                    yield path
