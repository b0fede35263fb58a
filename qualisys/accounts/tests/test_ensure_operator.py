"""manage.py ensure_operator."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from conftest import PASSWORD, World
from qualisys.accounts.management.commands import ensure_operator
from qualisys.accounts.models import User

EMAIL = "New.Operator@qualisys.example"
pytestmark = pytest.mark.usefixtures("quick_passwords")


def ensure(email: str) -> str:
    output = StringIO()
    call_command("ensure_operator", email, stdout=output)
    return output.getvalue()


def test_a_new_operator_may_enter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command makes a superuser whose password is the one in the environment."""
    monkeypatch.setenv("OPERATOR_PASSWORD", PASSWORD)

    assert "may enter every admin" in ensure(EMAIL)

    made = User.objects.get(email=EMAIL.lower())
    assert made.is_superuser
    assert made.is_staff
    assert made.check_password(PASSWORD)


def test_the_password_is_asked_for_where_none_is_set(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable the password is typed, unseen."""
    monkeypatch.delenv("OPERATOR_PASSWORD", raising=False)
    monkeypatch.setattr(ensure_operator.getpass, "getpass", lambda _prompt: PASSWORD)
    ensure(EMAIL)
    assert User.objects.get(email=EMAIL.lower()).check_password(PASSWORD)


def test_a_known_address_is_left_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Running it twice changes neither password nor rights, in whatever case the address is written."""
    monkeypatch.setenv("OPERATOR_PASSWORD", "another long password")
    before = User.objects.values().get(pk=world.teammate.pk)

    assert "exists" in ensure(world.teammate.email.upper())

    assert User.objects.values().get(pk=world.teammate.pk) == before


@pytest.mark.parametrize(
    ("email", "password", "complaint"),
    [
        ("no address", PASSWORD, "valid email address"),
        ("", PASSWORD, "cannot be blank"),
        (f"{'x' * 250}@example.com", PASSWORD, "at most 254 characters"),
        (EMAIL, "short", "too short"),
        (EMAIL, "password1234", "too common"),
        (EMAIL, EMAIL, "too similar"),
    ],
)
def test_bad_input_makes_nobody(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    email: str,
    password: str,
    complaint: str,
) -> None:
    """A malformed address or a weak password is refused with a sentence, and no user is made."""
    monkeypatch.setenv("OPERATOR_PASSWORD", password)
    before = User.objects.count()

    with pytest.raises(CommandError, match=complaint):
        ensure(email)

    assert User.objects.count() == before
