"""Pages and API: the WSGI application that Granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gesond.config.settings")
application = get_wsgi_application()
