"""Whether a Symfony route asks for a log-in: attributes, what a method denies, and the configuration of security."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from github_connections.analysis.documents import read_yaml
from github_connections.analysis.frameworks.php.php_branches import unconditional
from github_connections.analysis.frameworks.php.php_types import may_be_null
from github_connections.analysis.linking.program import Program
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.linking.words import words_of
from github_connections.analysis.report import ANY_METHOD, Auth, AuthSource
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument
from github_connections.analysis.syntax.walking import nodes_in
from github_connections.analysis.unreadable import Unreadable

_FILES = re.compile(r"(^|/)config/(packages/)?security\.ya?ml$")
_OPEN = frozenset({"PUBLIC_ACCESS", "IS_AUTHENTICATED_ANONYMOUSLY"})
# The patterns that are understood, and made anew: a repository's own expression could take for ever.
_PATTERN = re.compile(r"(\^?)(/[\w./{}-]*)(?:\((?:\?:)?([\w/|.%-]+)\))?([\w./{}-]*)(?:\.\*|\.\+|/\?)?(\$?)")
# No path that people write is longer; to tell a longer one from a pattern would take its square.
_LONGEST_PATTERN = 1_000
_NAMED = "access_control"
_LOOKS = re.compile(
    r"isGranted|AccessDenied|Unauthorized|(get|find|require)\w{0,60}User"
)  # who is there, in a method itself


class _Rule(Struct, frozen=True):
    """One line of `access_control`."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    roles: list[str]
    source: AuthSource


class Security(Struct):
    """What attributes and the configuration of the program say."""

    program: Program
    _rules: list[_Rule] | None = field(default=None)
    _of_methods: dict[tuple[int, int], tuple[list[AuthSource], list[str], bool]] = field(default_factory=dict)

    def of_method(self, cls: ClassValue, method: nodes.Function, verb: str, path: str) -> Auth:
        """Return what a method's and its class' attributes ask for, what it denies, else what is set for its path."""
        key = (id(cls.node), id(method))
        if key not in self._of_methods:
            self._of_methods[key] = _said(cls, method)
        found, roles, looks_itself = self._of_methods[key]
        if found:
            return Auth(state="required", by=found, roles=roles)
        by_path = self.of_path(verb, path)
        return Auth() if by_path.state == "none" and looks_itself else by_path

    def of_path(self, verb: str, path: str) -> Auth:
        """Return what the first rule says that is for a path."""
        if self._rules is None:
            files = [name for name in self.program.all_paths if _FILES.search(name)]
            self._rules = list(_rules(files[0], self.program.read(files[0]) or b"")) if len(files) == 1 else []
        tried = re.sub(r"\{[^{}]*\}", "1", path)
        for rule in self._rules:
            if rule.pattern.search(tried) and (not rule.methods or verb == ANY_METHOD or verb in rule.methods):
                if _OPEN.issuperset(rule.roles):
                    return Auth(state="none")
                roles = [role for role in rule.roles if role.startswith("ROLE_")]
                return Auth(state="required", by=[rule.source], roles=roles)
        return Auth()


_GUARDS = {"isgranted": "IsGranted", "security": "Security"}  # no case in PHP's names of classes


def _said(cls: ClassValue, method: nodes.Function) -> tuple[list[AuthSource], list[str], bool]:
    """Return what asks for a log-in, with the roles, and whether the method looks itself who is there."""
    found, roles = [], []
    for item in [*cls.node.decorators, *method.decorators]:
        name, role = _GUARDS.get(nodes.bare_name(item).lower(), ""), _first(item)
        if name and "PUBLIC" not in role:
            found.append(AuthSource(name=name, file=cls.scope.file.path, line=getattr(item, "line", 1)))
            roles += [role] if role.startswith("ROLE_") else []
    for node in nodes_in(unconditional(method.body)):
        if isinstance(node, nodes.Call) and nodes.bare_name(node) == "denyAccessUnlessGranted":
            found.append(AuthSource(name=nodes.bare_name(node), file=cls.scope.file.path, line=node.line))
            roles += [_first(node)] if _first(node).startswith("ROLE_") else []
    for parameter in method.parameters:  # Symfony refuses where nobody is logged in whom it could hand over
        of_user = any(nodes.bare_name(one) == "CurrentUser" for one in parameter.decorators)
        if of_user and parameter.default is None and not may_be_null(parameter):
            found.append(AuthSource(name="CurrentUser", file=cls.scope.file.path, line=method.line))
    looks_itself = any(_LOOKS.search(word) for word in words_of(method))
    return found, list(dict.fromkeys(roles)), looks_itself


def _rules(file: str, content: bytes) -> Iterator[_Rule]:
    try:
        said: Any = read_yaml(content)
    except Unreadable:
        return
    security = said.get("security") if isinstance(said, dict) else None
    listed = security.get(_NAMED) if isinstance(security, dict) else None
    line = content[: max(content.find(_NAMED.encode()), 0)].count(b"\n") + 1
    source = AuthSource(name=_NAMED, file=file, line=line)
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
            continue
        roles, pattern = _texts(entry.get("roles", entry.get("role"))), _pattern(entry["path"])
        if pattern is None:
            return  # what comes after a rule that is not understood may not be reached
        if roles and not {"host", "ip", "ips", "allow_if"} & entry.keys():
            methods = frozenset(method.upper() for method in _texts(entry.get("methods")))
            yield _Rule(pattern, methods, roles, source)


def _pattern(written: str) -> re.Pattern[str] | None:
    is_short = len(written) <= _LONGEST_PATTERN
    match = _PATTERN.fullmatch(re.sub(r"\\([/.-])", r"\1", written)) if is_short else None
    if match is None:
        return None
    start, head, choice, tail, end = match.groups()
    options = "[^/]+" if "%" in (choice or "") else "|".join(re.escape(one) for one in (choice or "").split("|"))
    return re.compile(f"{start}{re.escape(head)}(?:{options}){re.escape(tail)}{end}")


def _texts(said: Any) -> list[str]:
    values = said if isinstance(said, list) else re.split(r"[,\s|]+", said) if isinstance(said, str) else []
    return [value for value in values if isinstance(value, str) and value]


def _first(item: nodes.Expression) -> str:
    first = first_argument(item)
    return first.value if isinstance(first, nodes.Text) else ""
