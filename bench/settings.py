"""The service as it is, plus one address that does nothing: what the server and the middleware cost by themselves."""

from gesond.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
