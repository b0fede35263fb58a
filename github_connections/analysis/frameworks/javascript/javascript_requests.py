"""What handlers of JavaScript's servers read of the requests that they are given: `req.query.page`, `ctx.request.body`,
`c.req.header("X-Tenant")`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.javascript import javascript_styles as styles
from github_connections.analysis.frameworks.javascript.javascript_handlers import OF_AN_ERROR, functions_in
from github_connections.analysis.frameworks.javascript.javascript_servers import Argued, without_entries
from github_connections.analysis.frameworks.javascript.javascript_sources import source_of_function
from github_connections.analysis.frameworks.javascript.javascript_styles import Style
from github_connections.analysis.frameworks.javascript.javascript_text_reads import PLACES, read_in_text
from github_connections.analysis.frameworks.javascript.schemas import fields_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.scopes import Scope
from github_connections.analysis.linking.values import FunctionValue
from github_connections.analysis.report import Parameter, ParameterPlace
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.walking import nodes_in

# A handler, what it hands its request to, and what that does.
_MAXIMUM_FOLLOWED = 3
# Of what is handed a request, no more nodes than these are looked at for all handlers together.
_MAXIMUM_WALKED = 2_000_000
# Under these the interpreter keeps what was read, and how many such nodes were looked at.
_KNOWN, _WALKED, _IN_TEXT = "what handlers read", "nodes behind handlers", "what functions read by their text"
# What has the part of a request that was checked inside is held as this with the part's name.
_CHECKED = "checked "


def read_by(interpreter: Interpreter, handlers: Iterable[Argued], scope: Scope, style: Style) -> list[Parameter]:
    """Return what the functions among the arguments of a route read of a request; a body that is handed on as a whole
    is one parameter."""
    functions = [one for value, said in handlers for one in functions_in(interpreter, value, said, scope)]
    known: dict[Any, tuple[list[FunctionValue], list[Parameter]]] = interpreter.state.setdefault(_KNOWN, {})
    key = (id(style), *((id(one.node), id(one.scope)) for one in functions))
    if key not in known:  # thousands of routes may have one handler
        reading = _Reading(interpreter, style)
        for function in functions:
            reading.read(function)
        known[key] = (functions, with_checked(reading.checked(), reading.parameters()))
    return list(known[key][1])


def with_checked(checked: list[Parameter], read: list[Parameter]) -> list[Parameter]:
    """Return what is read, as a schema has it where one says so; a body that is checked is not read as a whole."""
    known = {(one.place, one.name) for one in checked}
    known |= {("body", "body")} if any(one.place == "body" for one in checked) else set()
    return checked + [one for one in read if (one.place, one.name) not in known]


# --- reading ------------------------------------------------------------------------------------------------------


class _Reading:
    """What was read so far, in its order, with whether it must be there."""

    def __init__(self, interpreter: Interpreter, style: Style) -> None:
        self._interpreter = interpreter
        self._style = style
        self._names: dict[str, str] = {}  # local variables that hold a request, or a part of it
        self._found: dict[tuple[str, str], bool] = {}
        self._whole = False  # the body is handed on as it is, to what is not looked into
        self._in_parts = False  # the handler itself takes something out of the body
        self._schemas: list[tuple[str, nodes.Expression, Scope]] = []
        self._local: dict[str, nodes.Expression] = {}  # what is called in the functions that are read
        self._reading: list[FunctionValue] = []  # the function that is read, behind those that call it
        self._followed: set[tuple[int, tuple[str, ...]]] = set()
        self._returned: dict[tuple[int, str], str] = {}  # what a function takes out of what it is given

    def read(self, function: FunctionValue) -> None:
        """Note what a handler takes of its request."""
        parameters = [one for one in function.node.parameters if one.name != "this"]
        if parameters and len(parameters) != OF_AN_ERROR:
            self._read_with(function, [(parameters[0], self._style.given)])

    def _read_with(self, function: FunctionValue, given: list[tuple[nodes.Parameter, str]]) -> None:
        """Read a function some of whose parameters are the request, or a part of it."""
        names, self._names = self._names, {}
        self._reading.append(function)
        for parameter, held in given:
            self._take_apart(parameter.pattern or nodes.Name(parameter.name), held)
        self._walk(function.node)
        self._read_conditions(function)
        self._reading.pop()
        self._names = names

    def _read_conditions(self, function: FunctionValue) -> None:
        known: dict[Any, list[tuple[str, str, bool]]] = self._interpreter.state.setdefault(_IN_TEXT, {})
        key = (id(function.node), tuple(self._names.items()), id(self._style))
        if key not in known:  # what many handlers call is read once
            source = source_of_function(self._interpreter, function)
            known[key] = list(dict.fromkeys(read_in_text(source, self._names, self._style)))
        in_parts = self._in_parts  # a body whose one field is looked at may be handed on as a whole
        for place, name, required in known[key]:
            if (place, name) not in self._found:
                self._note(place, name, required=required)
        self._in_parts = in_parts

    def _walk(self, function: nodes.Function) -> None:
        passed: set[int] = set()
        for node in self._nodes(function):
            match node:
                case nodes.Assign(target=target, value=value) if value is not None:
                    passed.add(id(target))
                    self._local.update({target.id: value} if isinstance(target, nodes.Name) else {})
                    self._take_apart(target, self._held(value))
                case nodes.Member(of=of, name=name) if id(node) not in passed:
                    self._note(self._held(of), name)
                case nodes.Item(of=of, index=nodes.Text(value=name)):
                    self._note(self._held(of), name)
                case nodes.Choice(options=[nodes.Member(of=of, name=name), *_]):
                    self._note(self._held(of), name, required=False)
                case nodes.Call(function=called):
                    passed.update({id(called)} if getattr(called, "name", "") in styles.METHODS_OF_VALUES else ())
                    self._call(node)
                case nodes.Entry(key=nodes.Spread(value=value)) | nodes.Entry(value=value):
                    self._whole = self._whole or self._held(value) in ("body", "form")

    def _nodes(self, function: nodes.Function) -> Iterator[nodes.Node]:
        state, is_handler = self._interpreter.state, len(self._reading) == 1
        for node in nodes_in(function.body):
            if not is_handler:
                walked = state[_WALKED] = state.get(_WALKED, 0) + 1
                if walked > _MAXIMUM_WALKED:
                    return
            yield node

    def parameters(self) -> list[Parameter]:
        made = [
            Parameter(name=name, place=cast("ParameterPlace", place), required=required)
            for (place, name), required in self._found.items()
            if place != "header" or name.lower() not in styles.USUAL_HEADERS
        ]
        if self._whole and not self._in_parts:
            made.append(Parameter(name="body", place="body"))
        return made

    def checked(self) -> list[Parameter]:
        """Return the fields of the schemas that parts of the request are checked by: `schema.parse(req.body)`."""
        found: dict[tuple[str, str], Parameter] = {}
        for place, written, scope in self._schemas:
            for name, kind, required in fields_of(self._interpreter.evaluate(written, scope)):
                made = Parameter(name=name, place=cast("ParameterPlace", place), type=kind, required=required)
                found.setdefault((place, name), made)
        return list(found.values())

    def _held(self, value: nodes.Expression) -> str:
        """Return what an expression is: `context`, `request`, or the place in a request; empty for anything else."""
        match value:
            case nodes.Name(id=name):
                return self._names.get(name, "")
            case nodes.Member(of=of, name=name):
                return self._inside(self._held(of), name)
            case nodes.Choice(options=[first, *_]):
                return self._held(first)
            case nodes.Call():
                return self._given_by(value)
        return ""

    def _inside(self, held: str, name: str) -> str:
        found = self._style.members.get((held, name), "") if held else ""
        is_checked = not found and name in ("data", "value") and held.startswith(_CHECKED)
        return held.removeprefix(_CHECKED) if is_checked else found

    def _given_by(self, call: nodes.Call) -> str:
        match call:
            case nodes.Call(
                function=nodes.Member(of=of, name="valid"), arguments=[nodes.Argument(value=nodes.Text(at))]
            ):
                return styles.VALIDATED.get(at, "") if self._held(of) == "request" else ""
            case nodes.Call(
                function=nodes.Member(of=of, name=name), arguments=[] | [nodes.Argument(name="<>")]
            ):  # `await c.req.json<Crew>()`
                return self._style.made.get((self._held(of), name), "")
            case nodes.Call(
                function=nodes.Member(of=nodes.Name("Object"), name="fromEntries"),
                arguments=[nodes.Argument(value=given)],
            ):  # what holds one value after another, as an object
                return self._style.asked.get((self._held(without_entries(given)), "get"), "")
            case nodes.Call(function=nodes.Name(id=name)) if name in self._style.functions:
                return self._style.functions[name]
            case nodes.Call(function=nodes.Name(), arguments=[nodes.Argument(value=given)]) if self._held(given):
                return self._returned_by(call, self._held(given))
            case nodes.Call(function=nodes.Member(name=name), arguments=[nodes.Argument(value=checked)]) if (
                name in styles.CHECKING
            ):
                part = self._held(checked)  # of the request as a whole, what comes out is the validator's own
                return "" if part not in PLACES else f"{_CHECKED}{part}" if name in styles.WITH_ERRORS else part
            case nodes.Call(
                function=nodes.Name("URL" | "URLSearchParams" as name),
                arguments=[nodes.Argument(nodes.Member(of=of)), *_],
            ):
                return {("URL", "request"): "url", ("URLSearchParams", "url"): "search"}.get((name, self._held(of)), "")
        return ""

    def _take_apart(self, target: nodes.Expression, held: str) -> None:
        """`const { name, role = "user" } = req.body`, `({ body, query }, res) => …`, `const data = req.body`."""
        if isinstance(target, nodes.Name):
            self._names[target.id] = held
        if not held or not isinstance(target, nodes.Mapping):
            return
        for entry in target.entries:
            if isinstance(entry.key, nodes.Text):
                inner = self._inside(held, entry.key.value)
                self._take_apart(entry.value, inner)
                self._note(held, entry.key.value, required=not isinstance(entry.value, nodes.Choice))

    def _call(self, node: nodes.Call) -> None:
        first = node.arguments[0].value if node.arguments else None
        match node.function:
            case nodes.Member(of=of, name=name) if isinstance(first, nodes.Text):
                self._note(self._style.asked.get((self._held(of), name), ""), first.value)
            case nodes.Member(of=of, name=name) if first is not None and name in styles.CHECKING:
                for schema in (of, *(argument.value for argument in node.arguments[1:2])):  # `Joi.validate(x, schema)`
                    self._check(self._held(first) or self._laid_out(first), schema)
            case nodes.Name(id=name) if name.startswith("parseWith") and first is not None:  # conform's
                said = [entry for argument in node.arguments[1:2] for entry in getattr(argument.value, "entries", ())]
                for schema in (entry.value for entry in said if entry.key == nodes.Text("schema")):
                    self._check(self._style.asked.get((self._held(first), "get"), ""), schema)
            case nodes.Name(id=name) if name in self._style.functions:
                self._function(node, self._style.functions[name])
        if any(held := [self._held(argument.value) for argument in node.arguments]):
            is_followed = self._follow(node.function, held)
            self._whole = self._whole or (not is_followed and ("body" in held or "form" in held))

    def _follow(self, written: nodes.Expression, held: list[str]) -> bool:
        """Read a function of the program that is handed the request, or a part of it: `createCrew(req.body)`; tell
        whether there is one."""
        if not isinstance(written, nodes.Name | nodes.Member):
            return False
        called = self._called(written) if len(self._reading) < _MAXIMUM_FOLLOWED else None
        if called is not None and (key := (id(called.node), tuple(held))) not in self._followed:
            self._followed.add(key)
            given = zip(called.node.parameters, held, strict=False)
            self._read_with(called, [(parameter, one) for parameter, one in given if one])
        return called is not None

    def _called(self, written: nodes.Expression) -> FunctionValue | None:
        value = self._interpreter.evaluate(written, self._reading[-1].scope) if self._reading else None
        is_new = isinstance(value, FunctionValue) and all(one.node is not value.node for one in self._reading)
        return value if isinstance(value, FunctionValue) and is_new else None

    def _returned_by(self, call: nodes.Call, given: str) -> str:
        """Return what a function of the program takes out of the request: `const { name } = bodyOf(req)`."""
        is_followed = given in ("request", "context") and len(self._reading) < 2 * _MAXIMUM_FOLLOWED
        called = self._called(call.function) if is_followed else None
        if called is None or not called.node.parameters:
            return ""
        key = (id(called.node), given)
        if key not in self._returned:
            self._returned[key] = ""  # for one that calls itself
            self._returned[key] = self._place_returned(called, given)
        return self._returned[key]

    def _place_returned(self, called: FunctionValue, given: str) -> str:
        names, self._names = self._names, {called.node.parameters[0].name: given}
        self._reading.append(called)
        returned = (one.value for one in self._nodes(called.node) if isinstance(one, nodes.Return))
        parts = [option for one in returned for option in (one.options if isinstance(one, nodes.Choice) else [one])]
        found = next((held for one in parts if (held := self._held(one)) in PLACES), "")
        self._reading.pop()
        self._names = names
        return found

    def _laid_out(self, value: nodes.Expression) -> str:
        """Return what a function makes an object of, before it is checked: `parseForm(fields)`."""
        match value:
            case nodes.Call(function=nodes.Name(), arguments=[nodes.Argument(value=given)]):
                return self._style.asked.get((self._held(given), "get"), "")
        return ""

    def _function(self, node: nodes.Call, place: str) -> None:
        """`getCookie(event, "theme")`, `readValidatedBody(event, schema.parse)`."""
        for argument in node.arguments[1:]:
            if isinstance(argument.value, nodes.Text):
                self._note(place, argument.value.value)
            checking = (
                one for one in nodes_in(argument) if isinstance(one, nodes.Member) and one.name in styles.CHECKING
            )
            for one in checking:
                self._check(place, one.of)

    def _check(self, place: str, schema: nodes.Expression) -> None:
        if place in PLACES:
            local = self._local.get(schema.id) if isinstance(schema, nodes.Name) else None
            self._schemas.append((place, local or schema, self._reading[-1].scope))

    def _note(self, place: str, name: str, *, required: bool = True) -> None:
        if place not in PLACES:
            return
        key = (place, name)
        must = required and place in rows.BROUGHT
        self._found[key] = self._found.get(key, must) and must
        self._in_parts = self._in_parts or (place in ("body", "form") and len(self._reading) == 1)
