"""JSON Web Tokens that are good on the host of one tenant alone."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.models import TokenUser
from rest_framework_simplejwt.tokens import RefreshToken, Token

from qualisys.accounts.models import User
from qualisys.errors import Unauthorised
from qualisys.tenancy.context import current_tenant
from qualisys.tenancy.models import TenantMember

TENANT_CLAIM = "tenant"


class InvalidCredentials(Unauthorised):
    code = "INVALID_CREDENTIALS"
    message = "No member of this tenant has this e-mail address and password."


class InvalidRefreshToken(Unauthorised):
    code = "INVALID_REFRESH_TOKEN"
    message = "This refresh token is not valid here, or has expired. Log in again: POST /api/v1/auth/token."


class TenantJWTAuthentication(JWTStatelessUserAuthentication):
    """Takes the person from the token, without a query: what she may do is asked with the object itself.

    That question covers a person who was deactivated or left the tenant after the token was issued.
    """

    def get_user(self, validated_token: Token) -> Any:
        if not _belongs_here(validated_token):
            raise InvalidToken("This token was issued for another tenant. Log in at this address.")
        return super().get_user(validated_token)

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        try:
            return super().authenticate(request)
        except InvalidToken as error:
            raise exceptions.AuthenticationFailed(_sentence(error)) from error


def _sentence(error: InvalidToken) -> str:
    detail = error.detail
    text = str(detail.get("detail", "")) if isinstance(detail, dict) else str(detail)
    if text.startswith("This token"):
        return text
    return "The access token is not valid or has expired. Refresh it, or log in again."


def _belongs_here(token: Token) -> bool:
    return bool(token.get(TENANT_CLAIM) == str(current_tenant().pk))


def _is_member(user_id: str) -> bool:
    return TenantMember.objects.filter(tenant_id=current_tenant().pk, user_id=user_id, user__is_active=True).exists()


def log_in(email: str, password: str) -> dict[str, str]:
    """Return a pair of tokens for a member of this tenant; InvalidCredentials for anybody else."""
    user = authenticate(username=email, password=password)
    if not isinstance(user, User) or not _is_member(str(user.pk)):
        raise InvalidCredentials
    update_last_login(User, user)
    refresh = RefreshToken.for_user(user)
    refresh[TENANT_CLAIM] = str(current_tenant().pk)
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def refresh_access(token: str) -> dict[str, str]:
    """Return a new access token; InvalidRefreshToken for a bad or foreign one, or for one who is no member any more."""
    try:
        refresh = RefreshToken(token)  # type: ignore[arg-type]  # the library's annotation says Token
    except TokenError as error:
        raise InvalidRefreshToken from error
    if not _belongs_here(refresh) or not _is_member(refresh["user_id"]):
        raise InvalidRefreshToken
    return {"access": str(refresh.access_token)}


def user_id_of(request: Request) -> Any:
    """Return the id of the person who asks."""
    user = request.user
    if not isinstance(user, TokenUser):
        raise exceptions.NotAuthenticated
    return user.id
