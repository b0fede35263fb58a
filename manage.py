#!/usr/bin/env python
"""Django's command line."""

import os
import secrets
import sys
from pathlib import Path

import environ
from cryptography.fernet import Fernet
from django.core.management import execute_from_command_line

# Commands that read a directory and touch neither a server nor a secret.
WITHOUT_A_DEPLOYMENT = ("analyze_path",)


def settings_for_no_deployment() -> dict[str, str]:
    """Return what the settings ask for, with addresses that lead nowhere and keys that nothing is kept under."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "GITHUB_TOKEN_ENCRYPTION_KEY": Fernet.generate_key().decode(),
        "DATABASE_URL": "postgres://nobody@localhost:1/none",
        "REDIS_URL": "redis://localhost:1/0",
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qualisys.settings")
    # script/server says here where its servers are, for as long as it runs.
    environ.Env.read_env(Path(__file__).resolve().parent / "var" / "server.env")
    if sys.argv[1:2] and sys.argv[1] in WITHOUT_A_DEPLOYMENT:
        os.environ.update(settings_for_no_deployment() | os.environ)
    execute_from_command_line(sys.argv)
