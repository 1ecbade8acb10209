"""A connection taken from the pool is asked whether it still works where there is reason to doubt it, and then only.

Django asks each time: a round trip for every page, a tenth of a small one. A server that has gone, or has ended this
connection, says so on the socket: where nothing is to be read there, and the connection worked a moment ago, it works.
A peer that vanished without a word (power, network) is found by the question, once the connection has rested.
"""

import select
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

RESTED_SECONDS = 2.0


class DatabaseWrapper(base.DatabaseWrapper):
    """Set `CONN_HEALTH_CHECKS` to False with it: this is the check."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        while self.pool and not _is_sound(connection):
            self.pool.putconn(connection)  # which throws it away
            connection = super().get_new_connection(conn_params)
        return connection

    def _close(self) -> Any:
        if self.connection is not None and self.pool:
            self.connection.rests_since = time.monotonic()
        return super()._close()  # type: ignore[misc] # the stubs leave it out


def _is_sound(connection: "Connection[Any]") -> bool:
    """Whether it still works. A new one has not rested yet: it was made this moment."""
    rested = time.monotonic() - getattr(connection, "rests_since", time.monotonic())
    if rested < RESTED_SECONDS and not _has_news(connection):
        return True
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True


def _has_news(connection: "Connection[Any]") -> bool:
    """Whether the server said something unasked, or has gone."""
    if connection.closed:
        return True
    watched = select.poll()
    watched.register(connection.fileno(), select.POLLIN)
    return bool(watched.poll(0))
