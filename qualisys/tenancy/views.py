"""Logging in and staying logged in."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import ViewSet

from qualisys.openapi import Answer, Body, operation
from qualisys.tenancy.authentication import InvalidCredentials, InvalidRefreshToken, log_in, refresh_access
from qualisys.tenancy.serializers import AccessAnswer, LogInSerializer, RefreshSerializer, TokensAnswer
from qualisys.throttling import LogInAttempts

_JWT = "eyJhbGciOiJIUzI1NiIs…"


class TokenViewSet(ViewSet):
    """Tokens for the members of the tenant whose host was asked."""

    tag = "Log in"
    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_throttles(self) -> list[BaseThrottle]:
        """Count the passwords that are tried beside the requests."""
        passwords = [LogInAttempts()] if self.action == "create" else []
        return [*super().get_throttles(), *passwords]

    @operation(
        "log_in",
        Answer(200, "An access token and a refresh token.", TokensAnswer, {"access": _JWT, "refresh": _JWT}),
        body=Body(LogInSerializer, {"email": "ann@acme.example", "password": "correct horse battery staple"}),
        errors=(InvalidCredentials,),
    )
    def create(self, request: Request) -> Response:
        """Log in.

        The tokens are good on this host alone. Send the access token with every other call.
        """
        form = LogInSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(log_in(**form.validated_data))

    @operation(
        "refresh_access",
        Answer(200, "A new access token.", AccessAnswer, {"access": _JWT}),
        body=Body(RefreshSerializer, {"refresh": _JWT}),
        errors=(InvalidRefreshToken,),
    )
    def refresh(self, request: Request) -> Response:
        """Get a new access token.

        A refresh token ends after seven days, when its owner leaves the tenant, and when the password is changed.
        """
        form = RefreshSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(refresh_access(form.validated_data["refresh"]))
