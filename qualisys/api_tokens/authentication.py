"""Letting a machine in by its API token."""

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework_simplejwt.models import TokenUser
from rest_framework_simplejwt.settings import api_settings

from qualisys.api_tokens.models import PREFIX, ApiToken
from qualisys.api_tokens.services import find_token


class ApiTokenAuthentication(BaseAuthentication):
    """Takes `Authorization: Bearer qat_…` for the person to whom the token belongs; anything else is left to others."""

    def authenticate(self, request: Request) -> tuple[TokenUser, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.startswith(PREFIX):
            return None
        token = find_token(secret)
        if token is None:
            raise exceptions.AuthenticationFailed(
                "This API token is not good here: it was revoked, has expired, or belongs to another address."
            )
        # The same as for who has logged in: what the person may do is asked with the object itself.
        return TokenUser({api_settings.USER_ID_CLAIM: str(token.user_id)}), token  # type: ignore[arg-type]  # it reads one claim

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'
