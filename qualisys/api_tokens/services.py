"""Making, finding and revoking API tokens."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from qualisys.api_tokens.models import SHOWN_CHARACTERS, ApiToken, digest_of, new_secret
from qualisys.errors import Conflict, NotFound
from qualisys.tenancy.context import current_tenant

MOST_TOKENS = 50  # of one person in one tenant
# How exactly the last use is known: a statement a minute for a busy token, and not one a request.
USE_IS_WRITTEN_EVERY = timedelta(minutes=1)


class ApiTokenNotFound(NotFound):
    code = "API_TOKEN_NOT_FOUND"
    message = "You have no such API token. It may have been revoked already."


class TooManyApiTokens(Conflict):
    code = "TOO_MANY_API_TOKENS"

    def __init__(self) -> None:
        super().__init__(
            f"You have {MOST_TOKENS} API tokens, which is as many as may be. Revoke one that is not used any more.",
            details={"limit": MOST_TOKENS},
        )


def tokens_of(user_id: str | uuid.UUID) -> QuerySet[ApiToken]:
    """Return a person's tokens, those that have expired among them."""
    return ApiToken.objects.filter(user_id=user_id)


def make_token(user_id: str | uuid.UUID, *, name: str, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """Return a new token and its text, which cannot be had again. TooManyApiTokens."""
    if tokens_of(user_id).count() >= MOST_TOKENS:
        raise TooManyApiTokens
    secret = new_secret()
    made = ApiToken.objects.create(
        user_id=user_id, name=name, prefix=secret[:SHOWN_CHARACTERS], digest=digest_of(secret), expires_at=expires_at
    )
    return made, secret


def revoke_token(user_id: str | uuid.UUID, token_id: str) -> None:
    """End a person's token at once. ApiTokenNotFound also for somebody else's."""
    try:
        key = uuid.UUID(token_id)
    except ValueError as error:
        raise ApiTokenNotFound from error
    deleted, _ = tokens_of(user_id).filter(pk=key).delete()
    if not deleted:
        raise ApiTokenNotFound


def find_token(secret: str) -> ApiToken | None:
    """Return the token with this text if it is good in the present tenant, and note its use."""
    token = ApiToken.objects.good_in(current_tenant().pk).filter(digest=digest_of(secret)).first()
    if token is not None:
        _note_use(token)
    return token


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at <= now - USE_IS_WRITTEN_EVERY:
        # Of requests at the same time one writes it, and none waits for another's transaction to say the same.
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_IS_WRITTEN_EVERY)
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)
