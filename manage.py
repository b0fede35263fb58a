#!/usr/bin/env python
"""Django's command line."""

import os
import sys
from pathlib import Path

import environ
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qualisys.settings")
    # script/server says here where its servers are, for as long as it runs.
    environ.Env.read_env(Path(__file__).resolve().parent / "var" / "server.env")
    execute_from_command_line(sys.argv)
