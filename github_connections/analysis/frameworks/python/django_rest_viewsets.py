"""View sets of Django REST framework: which verbs they answer to, at which paths below their own."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.python import django_rest_queries, django_rest_serializers, python_requests
from github_connections.analysis.frameworks.python.django_patterns import from_regex
from github_connections.analysis.frameworks.python.django_rest_lists import of_expression
from github_connections.analysis.frameworks.python.django_rest_permissions import attribute_of, auth_of_view
from github_connections.analysis.linking.classes import methods
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import (
    ClassValue,
    External,
    FunctionValue,
    Value,
    text_of,
    texts_of,
)
from github_connections.analysis.report import Auth, Parameter
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import arguments_as

LIST = {"list": "GET", "create": "POST"}
DETAIL = {"retrieve": "GET", "update": "PUT", "partial_update": "PATCH", "destroy": "DELETE"}
# What the mixins and view sets of the library bring, by the last part of their name.
BROUGHT = {
    "ModelViewSet": (*LIST, *DETAIL),
    "ReadOnlyModelViewSet": ("list", "retrieve"),
    "ListModelMixin": ("list",),
    "CreateModelMixin": ("create",),
    "RetrieveModelMixin": ("retrieve",),
    "UpdateModelMixin": ("update", "partial_update"),
    "DestroyModelMixin": ("destroy",),
}


class ViewSetView(Struct, frozen=True):
    """The part of a view set that one path leads to: verbs and the method that answers each."""

    cls: ClassValue | None
    answers: dict[str, str]
    label: str

    @property
    def verbs(self) -> list[str]:
        """The verbs, in the order of the router's table."""
        return list(self.answers)

    @property
    def name(self) -> str:
        """The class, with the method where one method answers all."""
        methods = set(self.answers.values()) - {""}
        return f"{self.label}.{methods.pop()}" if len(methods) == 1 else self.label

    def auth_of(self, interpreter: Interpreter, method: str, default: Auth) -> Auth:
        """Return what the permission classes of the action, the view set or the settings say."""
        if self.cls is None:
            return Auth()
        action = _action_behind(interpreter, self.cls, self.answers[method])
        if isinstance(action, FunctionValue):
            own = _action_written(action, "permission_classes")
            if own is not None:
                return of_expression(interpreter, own, action.scope, method, action.place)
        return auth_of_view(interpreter, self.cls, method, default, self.answers[method])

    def parameters(self, interpreter: Interpreter, method: str) -> list[Parameter]:
        """Return what the methods that answer read, and what a list can be asked by."""
        readers = self.readers(interpreter, method)
        asked = django_rest_serializers.asked_by(interpreter, readers, method)
        read = rows.each_once([*python_requests.of_functions(readers, method), *asked])
        if self.cls is None or self.answers[method] != "list":
            return read
        return rows.each_once([*read, *django_rest_queries.asked_of_list(interpreter, self.cls)])

    def readers(self, interpreter: Interpreter, method: str) -> list[Value]:
        """Return the functions that read the request: the method that answers, for a list what selects too."""
        if self.cls is None:
            return []
        name = self.answers[method]
        return [interpreter.member(self.cls, one) for one in ([name, "get_queryset"] if name == "list" else [name])]

    def bodies(self, interpreter: Interpreter, method: str) -> tuple[str, str]:
        """Return the serializers of what a verb takes and gives: an action's own, or those of the view set."""
        if self.cls is None:
            return "", ""
        name = self.answers[method]
        of_view = django_rest_serializers.of_view(interpreter, self.cls)
        action = interpreter.member(self.cls, name)
        if name in LIST or name in DETAIL:
            said = django_rest_serializers.bodies(method, of_view, answers=True)
        else:
            whole = _action_behind(interpreter, self.cls, name)
            own = _action_keyword(interpreter, whole, "serializer_class") if isinstance(whole, FunctionValue) else None
            of_view = django_rest_serializers.name_of(own) or of_view
            said = django_rest_serializers.bodies(method, django_rest_serializers.name_of(own), answers=False)
        return django_rest_serializers.used_by(interpreter, [action], method, said, of_view)


def regex_free(prefix: str) -> str:
    """Return a prefix with its named groups as variables of a path; one without groups is taken as it is."""
    return from_regex(prefix) if "(" in prefix or "\\" in prefix else prefix


def views_of(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[str, ViewSetView]]:
    """Yield (path below the view set's own, view) in the order of the router's table."""
    present = _present(interpreter, cls)
    allowed = {name.upper() for name in texts_of(attribute_of(interpreter, cls, "http_method_names"))}
    variable = f"/<{lookup_of(interpreter, cls)}>"
    label = cls.node.name

    def view(answers: dict[str, str]) -> ViewSetView | None:
        kept = {verb: name for verb, name in answers.items() if not allowed or verb in allowed}
        return ViewSetView(cls, kept, label) if kept else None

    actions = list(actions_of(interpreter, cls))
    candidates = [("", view({verb: name for name, verb in LIST.items() if name in present}))]
    candidates += [(f"/{path}", view(answers)) for path, detail, answers in actions if not detail]
    candidates.append((variable, view({verb: name for name, verb in DETAIL.items() if name in present})))
    candidates += [(f"{variable}/{path}", view(answers)) for path, detail, answers in actions if detail]
    for route, made in candidates:
        if made is not None:
            yield route, made


def _present(interpreter: Interpreter, cls: ClassValue) -> set[str]:
    present = {name for name in (*LIST, *DETAIL) if isinstance(interpreter.member(cls, name), FunctionValue)}
    for base in interpreter.bases(cls):
        if isinstance(base, External):
            present.update(BROUGHT.get(base.name.rpartition(".")[2], ()))
    return present


def has_method(interpreter: Interpreter, cls: ClassValue, name: str) -> bool:
    """Tell whether a view set has a method, its own or one that the library brings."""
    return name in _present(interpreter, cls) or isinstance(interpreter.member(cls, name), FunctionValue)


def lookup_of(interpreter: Interpreter, cls: ClassValue) -> str:
    """Return the name of the variable by which one object is asked for."""
    for name in ("lookup_url_kwarg", "lookup_field"):
        value = attribute_of(interpreter, cls, name)
        if isinstance(value, str):
            return value
    return "pk"


def actions_of(interpreter: Interpreter, cls: ClassValue) -> Iterator[tuple[str, bool, dict[str, str]]]:
    """Yield (path, whether of one object, verbs) of the extra actions, those of base classes too."""
    for owner, method in methods(interpreter, cls):
        found = _action(interpreter, FunctionValue(method, owner.scope))
        if found is not None:
            path, detail, verbs = found
            answers = dict.fromkeys(verbs, method.name)
            answers.update(_mapped_verbs(owner, method.name))
            yield path, detail, answers


def _action(interpreter: Interpreter, function: FunctionValue) -> tuple[str, bool, list[str]] | None:
    for decorator in function.node.decorators:
        name = nodes.bare_name(decorator)
        if name in ("action", "detail_route", "list_route"):
            methods = _action_keyword(interpreter, function, "methods")
            path = _action_keyword(interpreter, function, "url_path")
            detail = _action_keyword(interpreter, function, "detail")
            verbs = [method.upper() for method in texts_of(methods)] or ["GET"]
            written = regex_free(text_of(path)) if path is not None else function.node.name
            return written, name == "detail_route" or detail is True, verbs
    return None


def _action_keyword(interpreter: Interpreter, function: FunctionValue, name: str) -> Value:
    written = _action_written(function, name)
    return None if written is None else interpreter.evaluate(written, function.scope)


def _action_written(function: FunctionValue, name: str) -> nodes.Expression | None:
    for decorator in function.node.decorators:
        if isinstance(decorator, nodes.Call) and nodes.last_name(decorator.function).endswith(("action", "_route")):
            said = arguments_as(decorator, "methods", "detail")
            if name in said:
                return said[name]
    return None


def _action_behind(interpreter: Interpreter, cls: ClassValue, name: str) -> Value:
    """Return the method that has the decorator of an action: of `@publish.mapping.delete` it is `publish`."""
    method = interpreter.member(cls, name)
    for decorator in method.node.decorators if isinstance(method, FunctionValue) else ():
        match decorator:
            case nodes.Member(of=nodes.Member(of=nodes.Name(id=known), name="mapping")):
                return interpreter.member(cls, known)
    return method


def _mapped_verbs(owner: ClassValue, name: str) -> dict[str, str]:
    """Return the verbs added by `@name.mapping.delete`."""
    found = {}
    for function in (statement for statement in owner.node.body if isinstance(statement, nodes.Function)):
        for decorator in function.decorators:
            match decorator:
                case nodes.Member(of=nodes.Member(of=nodes.Name(id=known), name="mapping"), name=verb) if known == name:
                    found[verb.upper()] = function.name
    return found
