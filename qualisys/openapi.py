"""The API described by itself in OpenAPI 3.1: by its views, their permissions, and the errors they name.

A view's method says once, by `@operation`, what it answers and which errors of the domain it raises; its docstring is
the text for a reader. What any call may answer besides is worked out here, with examples that the exception handler
itself makes, so that they cannot differ from the answers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeVar

from drf_spectacular.drainage import warn
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, get_doc
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import exceptions
from rest_framework.serializers import Serializer
from uritemplate import variables

from qualisys.errors import DomainError, Unavailable, Unforeseen
from qualisys.exception_handler import handle
from qualisys.pagination import no_number
from qualisys.tenancy.middleware import TenantNotFound

Method = TypeVar("Method", bound=Callable[..., Any])
Raised = DomainError | type[DomainError] | exceptions.APIException

RETRY_AFTER = 90  # seconds, in examples
PATH_PARAMETERS = {
    "project_id": (OpenApiTypes.UUID, "The `id` of a project, from `GET /api/v1/projects`."),
    "user_id": (OpenApiTypes.UUID, "The `user_id` of a member, from `GET /api/v1/projects/{project_id}/members`."),
    "webhook_id": (OpenApiTypes.UUID, "The `id` of a webhook, from `GET /api/v1/projects/{project_id}/webhooks`."),
    "token_id": (OpenApiTypes.UUID, "The `id` of one of your API tokens, from `GET /api/v1/tokens`."),
    "path": (OpenApiTypes.STR, "A file, from the top of the repository; its `/` may stand as they are."),
}
NOT_MODIFIED = {"304": {"description": "The answer is that of the `ETag` which was sent, and is not sent again."}}
ERROR = {
    "type": "object",
    "description": "Every error has this form.",
    "properties": {
        "error": {"type": "string", "description": "A code that is a contract: decide by it."},
        "message": {"type": "string", "description": "A sentence for a person, which may be reworded."},
        "details": {"type": "object", "additionalProperties": True, "description": "`{}` where there are none."},
    },
    "required": ["error", "message", "details"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Answer:
    """A success: its status, what it means in a sentence, and what comes with it."""

    status: int
    says: str
    serializer: type[Serializer[Any]] | OpenApiTypes | None = None
    example: Any = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)  # beside those of every answer: what each says


@dataclass(frozen=True)
class Body:
    """What is sent."""

    serializer: type[Serializer[Any]]
    example: dict[str, Any]


@dataclass(frozen=True)
class Described:
    """What a view's method says of itself; in `errors` a class stands for its own message, an instance for itself."""

    name: str
    answers: tuple[Answer, ...]
    body: Body | None
    query: type[Serializer[Any]] | None
    headers: Mapping[str, str]
    errors: Sequence[Raised]


def operation(
    name: str,
    *answers: Answer,
    body: Body | None = None,
    query: type[Serializer[Any]] | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
    errors: Sequence[Raised] = (),
) -> Callable[[Method], Method]:
    """Describe a method of a view; the first line of its docstring is the title, the others the text.

    `query` is the serializer that reads the parameters behind the question mark; `headers` says of each header that may
    be sent what it does. `errors` leaves out what is derived: a bad body, no log-in, what the permissions' `errors`
    give, throttling, the service's faults. A decorator that adds headers and errors of its own says so by the method's
    attributes `reads_headers` and `may_refuse`.
    """

    def describe(method: Method) -> Method:
        method.__dict__["described"] = Described(name, answers, body, query, headers, errors)
        return method

    return describe


class Schema(AutoSchema):
    """Puts an operation together; the view's class names its `tag`."""

    @property
    def _method(self) -> Any:
        view: Any = self.view
        return getattr(view, view.action)

    @property
    def described(self) -> Described:
        method = self._method
        if not hasattr(method, "described"):
            warn(f"{method.__qualname__} has no @operation, so that nobody learns what it answers.")
            return Described(method.__qualname__, (), None, None, {}, ())
        described: Described = method.described
        return described

    def get_operation_id(self) -> str:
        return self.described.name

    def get_summary(self) -> str:
        return self._docstring[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular asks without arguments
        return self._docstring[2].strip()

    @property
    def _docstring(self) -> tuple[str, str, str]:
        return get_doc(self._method).partition("\n")

    def get_tags(self) -> list[str]:
        if not hasattr(self.view, "tag"):
            warn(f"{type(self.view).__name__} has no tag, so that nobody finds it in the description.")
        return [getattr(self.view, "tag", "Other")]

    def get_override_parameters(self) -> list[OpenApiParameter | Serializer[Any] | type[Serializer[Any]]]:
        known = {name: PATH_PARAMETERS[name] for name in variables(self.path) if name in PATH_PARAMETERS}
        placed = [OpenApiParameter(name, kind, "path", description=says) for name, (kind, says) in known.items()]
        sent = [
            OpenApiParameter(name, OpenApiTypes.STR, "header", description=says)
            for name, says in {**self._conditions, **self.described.headers}.items()
        ]
        return [*placed, *([self.described.query] if self.described.query else []), *sent]

    @property
    def _conditions(self) -> Mapping[str, str]:
        conditions = {"If-None-Match": "The `ETag` of an earlier answer."} if self.method == "GET" else {}
        return {**conditions, **getattr(self._method, "reads_headers", {})}

    def get_request_serializer(self) -> type[Serializer[Any]] | None:
        return self.described.body.serializer if self.described.body else None

    def get_examples(self) -> list[OpenApiExample]:
        body = self.described.body
        return [OpenApiExample("Example", value=body.example, request_only=True)] if body else []

    def get_response_serializers(self) -> Any:
        return {(answer.status, answer.media_type): _response(answer) for answer in self.described.answers}

    def get_operation(self, *place: Any) -> dict[str, Any] | None:
        made: dict[str, Any] | None = super().get_operation(*place)
        if made is not None:
            self.registry.register_on_missing(ResolvedComponent("Error", ResolvedComponent.SCHEMA, ERROR, "Error"))
            for answer in self.described.answers:
                made["responses"][str(answer.status)] |= _headers(answer)
            if self.method == "GET":
                made["responses"] |= NOT_MODIFIED
            made["responses"] |= _refusals(chain(self._errors(), _refused_pages(made)))
        return made

    def _errors(self) -> Iterator[Raised]:
        """Give everything that this call may answer besides success."""
        if self.described.body:
            name = next(iter(self.described.body.example))
            yield exceptions.ValidationError({name: ["This field is required."]})
            yield exceptions.ParseError("JSON parse error - Expecting value: line 1 column 1 (char 0)")
            yield exceptions.UnsupportedMediaType("text/plain")
        if self.described.query:
            parameter: str = next(iter(self.described.query().get_fields()))
            yield exceptions.ValidationError({parameter: ["This value is not valid."]})
        if self.view.get_authenticators():
            yield exceptions.NotAuthenticated()
        for permission in self.view.get_permissions():
            if hasattr(permission, "errors"):
                yield from permission.errors(self.view)
        yield from self.described.errors
        yield from getattr(self._method, "may_refuse", ())
        # Who is not logged in is counted by the throttles of the view alone.
        if self.view.get_authenticators() or len(self.view.get_throttles()) > len(self.view.throttle_classes):
            yield exceptions.Throttled(wait=RETRY_AFTER)
        yield from (TenantNotFound("acme.qualisys.example"), exceptions.NotAcceptable(), Unforeseen, Unavailable)


class ApiTokenScheme(OpenApiAuthenticationExtension):
    """How a machine shows on whose behalf it asks."""

    target_class = "qualisys.api_tokens.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The `token` of `POST /api/v1/tokens`, on the same host.",
        }


class TokenScheme(OpenApiAuthenticationExtension):
    """How a person shows who she is."""

    target_class = "qualisys.tenancy.authentication.TenantJWTAuthentication"
    name = "accessToken"
    priority = 1  # above the library's own for its class

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `access` of `POST /api/v1/auth/token`, on the same host.",
        }


def _refused_pages(made: dict[str, Any]) -> Iterator[Raised]:
    if any(parameter["name"] == "limit" for parameter in made.get("parameters", ())):
        yield no_number("limit", 1)


def _response(answer: Answer) -> OpenApiResponse:
    examples = [] if answer.example is None else [OpenApiExample("Example", value=answer.example)]
    return OpenApiResponse(answer.serializer, description=answer.says, examples=examples)


def _headers(answer: Answer) -> dict[str, Any]:
    described = {name: {"description": says, "schema": {"type": "string"}} for name, says in answer.headers.items()}
    return {"headers": described} if described else {}


def _refusals(errors: Iterator[Raised]) -> dict[str, Any]:
    """Return a response for each status, with an example of each error."""
    bodies: dict[int, list[dict[str, Any]]] = {}
    for error in errors:
        answer = handle(error() if isinstance(error, type) else error, {})
        if answer is None:
            raise TypeError(error)
        if answer.data not in bodies.setdefault(answer.status_code, []):
            bodies[answer.status_code].append(answer.data)
    return {str(status): _refusal(status, bodies[status]) for status in sorted(bodies)}


def _refusal(status: int, bodies: list[dict[str, Any]]) -> dict[str, Any]:
    examples = {_name(body, bodies[:number]): {"value": body} for number, body in enumerate(bodies)}
    lines = [f"- `{body['error']}`: {body['message']}" for body in bodies]
    schema = {"$ref": "#/components/schemas/Error"}
    response: dict[str, Any] = {
        "description": "\n".join([HTTPStatus(status).phrase, "", *lines]),
        "content": {"application/json": {"schema": schema, "examples": examples}},
    }
    says_when = status == HTTPStatus.SERVICE_UNAVAILABLE and any("retry_after" in body["details"] for body in bodies)
    if says_when or status == HTTPStatus.TOO_MANY_REQUESTS:
        response["headers"] = {
            "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 0}}
        }
    return response


def _name(body: dict[str, Any], before: list[dict[str, Any]]) -> str:
    """Return a name for an example: its code, with the reason or a number where the code alone is not enough."""
    code = str(body["error"])
    if "reason" in body["details"]:
        return f"{code}.{body['details']['reason']}"
    times = sum(other["error"] == code for other in before)
    return f"{code}.{times + 1}" if times else code


def without_trailing_slashes(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Write addresses as they are meant: the slash at the end, which may be there, is left out."""
    return {**result, "paths": {path.rstrip("/"): operations for path, operations in result["paths"].items()}}
