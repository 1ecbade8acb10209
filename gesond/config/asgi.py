"""Sockets only: the ASGI application that Granian serves beside the WSGI one. Outside `/ws/` nothing is found."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gesond.config.settings")
get_asgi_application()  # sets Django up; its pages are served by WSGI

from gesond.web.asgi import sockets  # noqa: E402 - needs Django set up

application = sockets()
