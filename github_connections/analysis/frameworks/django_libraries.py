"""What the urlconfs of libraries add that many projects include: routes below the prefix, with their verbs."""

from __future__ import annotations

URLCONFS: dict[str, dict[str, tuple[str, ...]]] = {
    "django.contrib.auth.urls": {
        "login/": ("GET", "POST"),
        "logout/": ("POST",),
        "password_change/": ("GET", "POST"),
        "password_change/done/": ("GET",),
        "password_reset/": ("GET", "POST"),
        "password_reset/done/": ("GET",),
        "reset/<uidb64>/<token>/": ("GET", "POST"),
        "reset/done/": ("GET",),
    },
    "rest_framework.urls": {"login/": ("GET", "POST"), "logout/": ("POST",)},
    "dj_rest_auth.urls": {
        "password/reset/": ("POST",),
        "password/reset/confirm/": ("POST",),
        "login/": ("POST",),
        "logout/": ("POST",),
        "user/": ("GET", "PUT", "PATCH"),
        "password/change/": ("POST",),
    },
    "dj_rest_auth.registration.urls": {"": ("POST",), "verify-email/": ("POST",), "resend-email/": ("POST",)},
    "djoser.urls": {
        "users/": ("GET", "POST"),
        "users/<id>/": ("GET", "PUT", "PATCH", "DELETE"),
        "users/me/": ("GET", "PUT", "PATCH", "DELETE"),
        **dict.fromkeys(
            (
                "users/activation/",
                "users/resend_activation/",
                "users/set_password/",
                "users/reset_password/",
                "users/reset_password_confirm/",
                "users/set_username/",
                "users/reset_username/",
                "users/reset_username_confirm/",
            ),
            ("POST",),
        ),
    },
    "djoser.urls.authtoken": {"token/login/": ("POST",), "token/logout/": ("POST",)},
    "djoser.urls.jwt": dict.fromkeys(("jwt/create/", "jwt/refresh/", "jwt/verify/"), ("POST",)),
    "health_check.urls": {"": ("GET",), "<subset>/": ("GET",)},
    "django.conf.urls.i18n": {"setlang/": ("POST",)},
    # Tools for those who write the program: nothing of what it offers.
    "debug_toolbar.urls": {},
    "django_browser_reload.urls": {},
    "silk.urls": {},
}
