"""A person's API tokens over HTTP."""

from django.db.models import QuerySet
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from qualisys.api_tokens import examples, services
from qualisys.api_tokens.models import ApiToken
from qualisys.api_tokens.serializers import ApiTokenSerializer, MadeApiTokenAnswer, NewApiTokenSerializer
from qualisys.errors import Forbidden
from qualisys.openapi import Answer, Body, operation
from qualisys.projects.access import NotAMember, tenant_role_of
from qualisys.tenancy.authentication import user_id_of


class LogInRequired(Forbidden):
    """Who holds a token that was stolen must not be able to outlive it."""

    code = "LOG_IN_REQUIRED"
    message = "An API token cannot make another one. Log in (POST /api/v1/auth/token) and ask with that access token."


class ApiTokenViewSet(mixins.ListModelMixin, GenericViewSet[ApiToken]):
    """The tokens of the one who asks."""

    tag = "API tokens"
    serializer_class = ApiTokenSerializer

    def get_queryset(self) -> QuerySet[ApiToken]:
        user_id = user_id_of(self.request)
        tenant_role_of(user_id)
        return services.tokens_of(user_id)

    @operation(
        "list_api_tokens",
        Answer(200, "One page of your tokens, the newest first.", ApiTokenSerializer, examples.TOKEN),
        errors=(NotAMember,),
    )
    def list(self, request: Request) -> Response:
        """List your API tokens.

        Those that have expired are among them until they are revoked. Their text is not shown again.
        """
        return super().list(request)

    @operation(
        "create_api_token",
        Answer(201, "The token; its text is shown this once.", MadeApiTokenAnswer, examples.MADE),
        body=Body(NewApiTokenSerializer, examples.NEW),
        errors=(NotAMember, LogInRequired, services.TooManyApiTokens()),
    )
    def create(self, request: Request) -> Response:
        """Make an API token.

        For a machine that asks on your behalf: it may do what you may, on this host alone, until it expires or is
        revoked, or you leave the tenant. Send it in the place of an access token. This takes a log-in: a token cannot
        make another one.
        """
        user_id = user_id_of(request)
        tenant_role_of(user_id)
        if isinstance(request.auth, ApiToken):
            raise LogInRequired
        form = NewApiTokenSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made, secret = services.make_token(user_id, **form.validated_data)
        answer = {**ApiTokenSerializer(made).data, "token": secret}
        return Response(answer, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @operation(
        "revoke_api_token",
        Answer(204, "The token opens nothing any more."),
        errors=(NotAMember, services.ApiTokenNotFound),
    )
    def destroy(self, request: Request, *, token_id: str) -> Response:
        """Revoke an API token.

        It ends at once. A token may revoke itself and your others.
        """
        user_id = user_id_of(request)
        tenant_role_of(user_id)
        services.revoke_token(user_id, token_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
