"""What the urlconfs of libraries add that many projects include: routes below the prefix, with their verbs."""

from __future__ import annotations

BOTH = ("GET", "POST")
# What django-allauth has had in all its releases, without the providers of social accounts.
ALLAUTH = {
    "login/": BOTH,
    "logout/": BOTH,
    "inactive/": ("GET",),
    "signup/": BOTH,
    "reauthenticate/": BOTH,
    "email/": BOTH,
    "confirm-email/": ("GET",),
    "confirm-email/<key>/": BOTH,
    "password/change/": BOTH,
    "password/set/": BOTH,
    "password/reset/": BOTH,
    "password/reset/done/": ("GET",),
    "password/reset/key/<uidb36>-<key>/": BOTH,
    "password/reset/key/done/": ("GET",),
}
DJ_REST_AUTH = {
    "password/reset/": ("POST",),
    "password/reset/confirm/": ("POST",),
    "login/": ("POST",),
    "logout/": ("POST",),
    "user/": ("GET", "PUT", "PATCH"),
    "password/change/": ("POST",),
}
# Those of them that are APIs.
APIS = ("dj_rest_auth.", "rest_auth.", "djoser.", "knox.", "health_check.", "django_prometheus.")
URLCONFS: dict[str, dict[str, tuple[str, ...]]] = {
    "allauth.urls": ALLAUTH,
    "allauth.account.urls": ALLAUTH,
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
    "dj_rest_auth.urls": DJ_REST_AUTH,
    "rest_auth.urls": DJ_REST_AUTH,
    "rest_auth.registration.urls": {"": ("POST",), "verify-email/": ("POST",)},
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
    "knox.urls": dict.fromkeys(("login/", "logout/", "logoutall/"), ("POST",)),
    "oauth2_provider.urls": {
        "authorize/": BOTH,
        "token/": ("POST",),
        "revoke_token/": ("POST",),
        "introspect/": BOTH,
        "applications/": ("GET",),
        "applications/register/": BOTH,
        "applications/<pk>/": ("GET",),
        "applications/<pk>/delete/": BOTH,
        "applications/<pk>/update/": BOTH,
        "authorized_tokens/": ("GET",),
        "authorized_tokens/<pk>/delete/": BOTH,
    },
    "social_django.urls": {
        "login/<backend>/": BOTH,
        "complete/<backend>/": BOTH,
        "disconnect/<backend>/": ("POST",),
        "disconnect/<backend>/<association_id>/": ("POST",),
    },
    "django_prometheus.urls": {"metrics": ("GET",)},
    "hijack.urls": {"acquire/": ("POST",), "release/": ("POST",)},
    "health_check.urls": {"": ("GET",), "<subset>/": ("GET",)},
    "django.conf.urls.i18n": {"setlang/": ("POST",)},
    # Tools for those who write the program: nothing of what it offers.
    "debug_toolbar.urls": {},
    "django_browser_reload.urls": {},
    "silk.urls": {},
}
