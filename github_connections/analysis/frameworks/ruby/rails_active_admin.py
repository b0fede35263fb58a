"""Active Admin: what `ActiveAdmin.routes(self)` draws for the resources and pages that app/admin registers.

https://activeadmin.info/2-resource-customization.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from github_connections.analysis.frameworks.inflection import plural, underscored
from github_connections.analysis.frameworks.ruby.rails_resources import MANY
from github_connections.analysis.frameworks.ruby.ruby_classes import written_name
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.program import File
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import Value
from github_connections.analysis.report import AuthSource, Place
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import (
    named_arguments,
    positional_arguments,
    text_written,
    texts_written,
    without_return,
)

_REGISTERED = frozenset({"register", "register_page"})
_COMMENTS = ("index", "show", "create", "destroy")  # of which there is a list in each namespace
# What a router that has them already is marked with.
_DRAWN = "active admin"
_SETTING = rb"(?m)^[ \t]*config\.%s\s*=\s*[:\"']?(\w+)"


class _Settings:
    """What config/initializers/active_admin.rb says; the generator's words where there is none."""

    def __init__(self, call: Invocation) -> None:
        program, root = call.interpreter.program, call.scope.file.project_root
        self.path = next(
            (
                path
                for path in program.all_paths
                if path.startswith(root) and path.endswith("initializers/active_admin.rb")
            ),
            "",
        )
        self._content = program.read(self.path) or b"" if self.path else b""
        self.namespace = self._text("default_namespace", "admin")
        self.batch_actions = self._text("batch_actions", "false" if self.path else "true") == "true"
        self._log_in = self._text("authentication_method", "")

    def asked(self) -> dict[str, Any]:
        """Return what a group of routes is given where one has to log in."""
        return {"auth": AuthSource(name=self._log_in, file=self.path, line=1)} if self._log_in else {}

    def _text(self, name: str, default: str) -> str:
        found = re.search(_SETTING % name.encode(), self._content)
        return found.group(1).decode("utf-8", "replace") if found is not None else default


class _Registered:
    """One `ActiveAdmin.register X do … end`, or a page."""

    def __init__(self, file: File, call: nodes.Call) -> None:
        self.place = Place(file.path, call.line)
        self.is_page = getattr(call.function, "name", "") == "register_page"
        self.said = named_arguments(call)
        first, last = call.arguments[0].value, call.arguments[-1].value
        self.name = _resource_name(text_written(self.said.get("as")) or text_written(first) or written_name(first))
        body = last.body if isinstance(last, nodes.Function) else []
        self.body = [without_return(item) for item in body]

    def calls(self, name: str) -> Iterator[tuple[list[nodes.Expression], dict[str, nodes.Expression]]]:
        """Yield the arguments of the calls of a name in the block, by place and by name."""
        for item in self.body:
            if isinstance(item, nodes.Call) and getattr(item.function, "id", "") == name:
                yield (
                    positional_arguments(item),
                    named_arguments(item),
                )

    def sets(self, name: str) -> bool | None:
        """Return what `config.name = …` is set to, if it is."""
        for item in self.body:
            if isinstance(item, nodes.Assign) and getattr(item.target, "name", "") == name:
                return not (isinstance(item.value, nodes.Constant) and not item.value.value)
        return None

    def actions(self) -> list[str]:
        """Return the actions that `actions :all, except: [:destroy]` leaves."""
        left = list(MANY)
        for listed, said in self.calls("actions"):
            names = [text for value in listed for text in texts_written(value)]
            left = [name for name in MANY if name in names or "all" in names or not names]
            left = [name for name in left if name not in texts_written(said.get("except"))]
        return left


def routes(call: Invocation) -> Value:
    """`ActiveAdmin.routes(self)`: a dashboard for each namespace, the resources and the pages below it."""
    router = call.value(0)
    if not isinstance(router, Router) or router.data.get(_DRAWN):
        return None
    router.data[_DRAWN] = True
    settings = _Settings(call)
    registered = list(_registered(call))
    names = {_namespace(item, settings) for item in registered} or {settings.namespace}
    for name in sorted(names):
        group = router.group(name, call.place, "ActiveAdmin", **settings.asked())
        group.add(["GET"], "", call.place, "dashboard#index")
        for action in _COMMENTS:
            _add_action(group, "comments", action, call.place)
        for item in registered:
            if _namespace(item, settings) == name:
                _add(group, item, batch=settings.batch_actions)
    return None


def _registered(call: Invocation) -> Iterator[_Registered]:
    for file in call.interpreter.program.with_words("ruby", _REGISTERED):
        if file.project_root == call.scope.file.project_root:
            for item in file.module.body:
                node = without_return(item)
                if isinstance(node, nodes.Call) and _is_registration(node):
                    yield _Registered(file, node)


def _is_registration(call: nodes.Call) -> bool:
    function = call.function
    if not isinstance(function, nodes.Member) or function.name not in _REGISTERED:
        return False
    return getattr(function.of, "id", "") == "ActiveAdmin" and bool(call.arguments)


def _namespace(item: _Registered, settings: _Settings) -> str:
    said = item.said.get("namespace")
    if isinstance(said, nodes.Constant) and said.value is False:
        return ""
    name = text_written(said) or settings.namespace
    return "" if name == "false" else name


def _add(group: Router, item: _Registered, *, batch: bool) -> None:
    if item.is_page:
        group.add(["GET"], item.name, item.place, f"{item.name}#index")
        _add_custom(group, item, "page_action", f"{item.name}/")
        return
    resource = plural(item.name)
    parents = [(text_written(listed[0]), said) for listed, said in item.calls("belongs_to") if listed]
    above = [""] if not parents or any(said.get("optional") == nodes.Constant(True) for _, said in parents) else []
    above += [f"{plural(name)}/:{name}_id/" for name, _ in parents if name]
    said = item.sets("batch_actions")
    for start in above:
        path = f"{start}{resource}"
        for action in item.actions():
            _add_action(group, path, action, item.place)
        _add_custom(group, item, "member_action", f"{path}/:id/")
        _add_custom(group, item, "collection_action", f"{path}/")
        if batch if said is None else said:
            group.add(["POST"], f"{path}/batch_action", item.place, f"{resource}#batch_action")


def _add_action(group: Router, path: str, action: str, place: Place) -> None:
    methods, tail = MANY[action]
    group.add(list(methods), f"{path}/{tail}", place, f"{path.rpartition('/')[2]}#{action}")


def _add_custom(group: Router, item: _Registered, word: str, before: str) -> None:
    """`member_action :publish, method: :put`."""
    for listed, said in item.calls(word):
        methods = [text.upper() for text in texts_written(said.get("method"))] or ["GET"]
        for name in texts_written(listed[0]) if listed else ():
            group.add(methods, f"{before}{name}", item.place, f"{plural(item.name)}#{name}")


# --- what is written ------------------------------------------------------------------------------------------------


def _resource_name(name: str) -> str:
    """`Blog LineItem` and `Blog::LineItem` → `blog_line_item`."""
    return re.sub(r"[\s_:]+", "_", underscored(name)).strip("_")
