"""JSON Web Tokens that are good on the host of one tenant alone."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from django.db.models import QuerySet
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.models import TokenUser
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken, Token
from rest_framework_simplejwt.utils import get_md5_hash_password

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


def _member(user_id: str) -> QuerySet[TenantMember]:
    return TenantMember.objects.filter(tenant_id=current_tenant().pk, user_id=user_id, user__is_active=True)


def _still_holds(token: Token) -> bool:
    """Whether the person belongs here still and has the password that the token was given for."""
    password = _member(token["user_id"]).values_list("user__password", flat=True).first()
    # The claim that CHECK_REVOKE_TOKEN has put in. The library looks at it where it loads the user, which is never
    # here.
    given_for = token.get(api_settings.REVOKE_TOKEN_CLAIM)
    return password is not None and given_for == get_md5_hash_password(password)


def log_in(email: str, password: str) -> dict[str, str]:
    """Return a pair of tokens for a member of this tenant; InvalidCredentials for anybody else."""
    user = authenticate(username=email, password=password)
    if not isinstance(user, User) or not _member(str(user.pk)).exists():
        raise InvalidCredentials
    update_last_login(User, user)
    refresh = RefreshToken.for_user(user)
    refresh[TENANT_CLAIM] = str(current_tenant().pk)
    return {"access": str(refresh.access_token), "refresh": str(refresh)}


def refresh_access(token: str) -> dict[str, str]:
    """Return a new access token; InvalidRefreshToken for a bad or foreign one.

    Also for one whose owner is no member any more, or has another password since.
    """
    try:
        refresh = RefreshToken(token)  # type: ignore[arg-type]  # the library's annotation says Token
    except TokenError as error:
        raise InvalidRefreshToken from error
    if not _belongs_here(refresh) or not _still_holds(refresh):
        raise InvalidRefreshToken
    return {"access": str(refresh.access_token)}


def user_id_of(request: Request) -> Any:
    """Return the id of the person who asks."""
    user = request.user
    if not isinstance(user, TokenUser):
        raise exceptions.NotAuthenticated
    return user.id
