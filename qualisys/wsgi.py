"""The WSGI application that a web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from qualisys.observability import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qualisys.settings")

# Before the middleware is read, which the traces add one to.
tracing.start()
application = get_wsgi_application()
