"""Making a person known to the platform."""

from typing import Any

from django.contrib.auth.password_validation import validate_password

from qualisys.accounts.models import User


def register(email: str, password: str, **fields: Any) -> User:
    """Return the new person; ValidationError for an address or a password that will not do."""
    person = User(email=email.strip().lower(), **fields)
    person.full_clean(exclude=["password"])
    validate_password(password, person)
    return User.objects.create_user(email, password, **fields)
