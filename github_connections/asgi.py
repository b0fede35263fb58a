"""The application that the server of events loads."""

import os
from importlib import import_module

import django

from qualisys.observability import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qualisys.settings")

# Before the middleware is read, which the traces add one to.
tracing.start()
django.setup(set_prefix=False)
application = import_module("github_connections.event_server").EventServer()
