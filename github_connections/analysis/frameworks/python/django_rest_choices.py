"""Permissions that a view of Django REST framework chooses by what is asked of it, in `get_permissions`.

Read from the text, as conditions are no part of the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks.python import django_rest_lists
from github_connections.analysis.frameworks.python.python_sources import text_of_body
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import FunctionValue
from github_connections.analysis.report import Auth
from github_connections.analysis.syntax import nodes

_BRANCH = re.compile(r"(?:(?:el)?if\b(?P<condition>[^\n]*?)|else\s*):(?P<rest>[^\n]*)$")
# `self.action == "list"`, `self.request.method not in ["POST", "PUT"]`, `self.action in SAFE_METHODS`
_COMPARED = re.compile(
    r"(?:self\.)?(?P<what>action|request\.method)\s*(?P<how>==|!=|not in|in)\s*(?P<with>['\"\[({]?[^:]*)$"
)
_TEXTS = re.compile(r"['\"]([\w-]+)['\"]")
_LISTED = re.compile(r"(?:\bpermission\w*|\bperms|\bclasses)\s*(?::[^=\n]*)?=\s*[\[(](?P<list>[^\])]*)[\])]")
_RETURNED = re.compile(r"\breturn\s*[\[(](?P<list>[^\]]*)[\])]")
_CLASS = re.compile(r"(?:\w+\.)*([A-Z]\w*)\s*(?:\(\s*\))?")
# Conditions of several, or turned round: `not self.action == "list"`.
_PUT_TOGETHER = re.compile(r"\b(?:and|or|not(?! in\b))\b")
_DEPENDING = re.compile(r"(?:(?:el)?if|else|for|while|try|except|match|case)\b|return\b.*\bif\b")
_USUAL = re.compile(r"\bsuper\(")


class _Branch(Struct):
    """A condition (None: without one) and the lines below it."""

    condition: str | None
    lines: list[str]


def of_choice(interpreter: Interpreter, function: FunctionValue, action: str, method: str, usual: Auth) -> Auth:
    """Return what a view's `get_permissions` asks for an action and a verb; `usual` is what the view asks without it.

    Nothing where a condition is about something else than the action or the verb.
    """
    before, branches, after = _parts(text_of_body(interpreter, function).splitlines())
    chosen = [*before, *after]
    for branch in branches:
        fits = True if branch.condition is None else _fits(branch.condition, action, method)
        if fits is None:
            return Auth()
        if fits:
            chosen = [*branch.lines, *after, *before]
            break
    return _of_lines(interpreter, function, chosen, method, usual)


def _parts(lines: list[str]) -> tuple[list[str], list[_Branch], list[str]]:
    """Return the lines before the first condition, its branches, and the lines after them."""
    before: list[str] = []
    after: list[str] = []
    branches: list[_Branch] = []
    depth = -1
    for line in lines:
        found = _BRANCH.match(line.strip())
        own_depth = len(line) - len(line.lstrip())
        if found and (depth < 0 or own_depth == depth) and not after:
            depth = own_depth
            branches.append(_Branch(found.group("condition"), [found.group("rest")]))
        elif depth < 0:
            before.append(line)
        elif line.strip() and own_depth <= depth and line.strip()[0] not in ")]":
            after.append(line)
        else:
            (after or branches[-1].lines).append(line)
    return before, branches, after


def _fits(condition: str, action: str, method: str) -> bool | None:
    """Tell whether a condition is true; None where that is not known."""
    found = _COMPARED.search(condition.strip().removesuffix(")") if condition.strip()[:1] == "(" else condition.strip())
    if found is None or _PUT_TOGETHER.search(condition):
        return None
    texts = set(_TEXTS.findall(found.group("with")))
    asked = action if found.group("what") == "action" else method
    if found.group("what") != "action" and "SAFE_METHODS" in found.group("with"):
        texts = set(django_rest_lists.SAFE)
    if not texts or not asked:
        return None
    return (asked in texts) == (found.group("how") in ("==", "in"))


def _of_lines(interpreter: Interpreter, function: FunctionValue, lines: list[str], method: str, usual: Auth) -> Auth:
    if any(_DEPENDING.match(line.strip()) for line in lines):
        return Auth()  # by something else, too
    text = "\n".join(lines)
    for pattern in (_LISTED, _RETURNED):
        for found in pattern.finditer(text):
            said = found.group("list")
            if " for " not in said and re.search(r"[&|~]", said) is None:
                written = nodes.Sequence([nodes.Name(name) for name in _names(said)])
                return django_rest_lists.of_expression(interpreter, written, function.scope, method, function.place)
    return usual if _USUAL.search(text) or "self.permission_classes" in text else Auth()


def _names(said: str) -> Iterator[str]:
    return (one.group(1) for one in _CLASS.finditer(said))
