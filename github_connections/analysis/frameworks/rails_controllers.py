"""What Rails' controllers ask for before their actions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import Program, classes_in
from github_connections.analysis.linking.routing import Reached
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Auth, AuthSource
from github_connections.analysis.syntax import nodes

_LOG_IN = re.compile(
    r"authenticat|require_(user|login|admin|sign)|login_required|ensure_(logged|signed)|doorkeeper_authorize|authorize_request"
)


class Controllers:
    """What controllers ask for before their actions."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._asking: dict[str, list[tuple[AuthSource, set[str], set[str]]]] = {}
        for cls in _classes_of_controllers(interpreter.program):
            found = list(_asked(cls.node, cls.scope.file.path)) if _is_controller(cls.node.name) else []
            if found:
                name = _underscored(cls.node.name.removesuffix("Controller"))
                self._asking.setdefault(name, []).extend(found)

    def auth_of(self, item: Reached) -> Auth:
        """Return what a block of the routes, or the action's controller, says."""
        sources = [step.options["auth"] for step in item.steps if "auth" in step.options]
        handler = item.route.handler
        if isinstance(handler, str) and "#" in handler:
            controller, _, action = handler.rpartition("#")
            for source, only, left_out in self._asking.get(controller.rpartition("/")[2], []):
                if (not only or action in only) and action not in left_out:
                    sources.append(source)
        return Auth(state="required", by=list(dict.fromkeys(sources))) if sources else Auth()


def _classes_of_controllers(program: Program) -> Iterator[ClassValue]:
    """Yield the classes of those files that may declare a controller."""
    files = [
        file for file in program.of_family("ruby") if file.is_parsed or any(map(_is_controller, file.sketch.names))
    ]
    program.parse(files)
    for file in files:
        yield from classes_in(file.scope)


def _is_controller(name: str) -> bool:
    return name.endswith("Controller")


def _asked(node: nodes.Class, file: str) -> Iterator[tuple[AuthSource, set[str], set[str]]]:
    for statement in node.body:
        match statement:
            case nodes.Call(function=nodes.Name(id="before_action" | "before_filter"), arguments=arguments, line=line):
                names = [item.value.value for item in arguments if not item.name and isinstance(item.value, nodes.Text)]
                for name in names:
                    if _LOG_IN.search(name):
                        yield (
                            AuthSource(name=name, file=file, line=line),
                            _listed(arguments, "only"),
                            _listed(arguments, "except"),
                        )


def _listed(arguments: list[nodes.Argument], name: str) -> set[str]:
    for argument in arguments:
        if argument.name == name:
            items = argument.value.items if isinstance(argument.value, nodes.Sequence) else [argument.value]
            return {item.value for item in items if isinstance(item, nodes.Text)}
    return set()


def _underscored(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
