"""What `<script setup>` declares: `defineProps`, `defineModel`, `defineEmits`; by an array, an object or a type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.components.declarations import Declarations
from github_connections.analysis.components.props import fields, keys
from github_connections.analysis.linking.program import File
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import positional_arguments

_TYPE_ARGUMENTS = "<>"
_EMITS = re.compile(r"\bdefineEmits\s*<(.*?)>\s*\(\s*\)", re.DOTALL)
# `(event: "saved" | "closed", …): void`
_SIGNATURE = re.compile(r"""\(\s*\w+\s*:\s*((?:\|?\s*["'][\w:-]+["']\s*)+)""")
_QUOTED = re.compile(r"""["']([\w:-]+)["']""")
_EMITTED = re.compile(r"""\$emit\(\s*["'`]([\w:-]+)["'`]""")


def taken(declarations: Declarations, file: File) -> Iterator[str]:
    """Yield the props that a component declares, those of its models among them."""
    for call in _calls(file, "defineProps"):
        yield from _declared(declarations, file, call)
    yield from _models(file)


def given(declarations: Declarations, file: File, text: str) -> Iterator[str]:
    """Yield the events that a component declares, those of its models among them."""
    for call in _calls(file, "defineEmits"):
        yield from _declared(declarations, file, call)
    for match in _EMITS.finditer(text):
        for signature in _SIGNATURE.finditer(match.group(1)):
            yield from _QUOTED.findall(signature.group(1))
    yield from (f"update:{name}" for name in _models(file))


def emitted(text: str) -> Iterator[str]:
    """Yield the events that are sent without a word before: `$emit("saved")`."""
    return (match.group(1) for match in _EMITTED.finditer(text))


def _calls(file: File, name: str) -> Iterator[nodes.Call]:
    """Yield the calls of a macro at the top of a file, also inside `withDefaults(…)`."""
    for statement in file.module.body:
        value = statement.value if isinstance(statement, nodes.Assign) else statement
        if isinstance(value, nodes.Call) and getattr(value.function, "id", "") == "withDefaults" and value.arguments:
            value = value.arguments[0].value
        if isinstance(value, nodes.Call) and getattr(value.function, "id", "") == name:
            yield value


def _declared(declarations: Declarations, file: File, call: nodes.Call) -> Iterator[str]:
    for argument in call.arguments:
        if argument.name != _TYPE_ARGUMENTS:
            yield from keys(argument.value)
            continue
        for annotation in argument.value.items if isinstance(argument.value, nodes.Sequence) else ():
            yield from fields(declarations, file, annotation)


def _models(file: File) -> Iterator[str]:
    """`defineModel()` declares `modelValue`, `defineModel("open")` declares `open`."""
    for call in _calls(file, "defineModel"):
        given = positional_arguments(call)
        yield given[0].value if given and isinstance(given[0], nodes.Text) else "modelValue"
