"""Logging in and staying logged in."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import ViewSet

from qualisys.tenancy.authentication import log_in, refresh_access
from qualisys.tenancy.serializers import LogInSerializer, RefreshSerializer
from qualisys.throttling import LogInAttempts


class TokenViewSet(ViewSet):
    """Tokens for the members of the tenant whose host was asked."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get_throttles(self) -> list[BaseThrottle]:
        """Count the passwords that are tried beside the requests."""
        passwords = [LogInAttempts()] if self.action == "create" else []
        return [*super().get_throttles(), *passwords]

    def create(self, request: Request) -> Response:
        form = LogInSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(log_in(**form.validated_data))

    def refresh(self, request: Request) -> Response:
        form = RefreshSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(refresh_access(form.validated_data["refresh"]))
