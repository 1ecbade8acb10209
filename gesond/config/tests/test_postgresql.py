"""A connection of the pool that works is not asked; one that does not is never handed out."""

from collections.abc import Iterator
from copy import deepcopy
from unittest.mock import patch

import pytest
from django.db import connection
from psycopg_pool import ConnectionPool

from gesond.config.postgresql.base import DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def pooled() -> Iterator[DatabaseWrapper]:
    settings = deepcopy(connection.settings_dict)
    settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1, "timeout": 10}
    wrapper = DatabaseWrapper(settings, "pooled")
    yield wrapper
    wrapper.close()
    wrapper.close_pool()


def served_by(wrapper: DatabaseWrapper) -> int:
    """The server's process behind the next request, which ends as requests do."""
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (process,) = cursor.fetchone()
    wrapper.close()
    return int(process)


def end(process: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
        assert cursor.fetchone() == (True,)


def test_one_that_worked_a_moment_ago_is_not_asked(pooled: DatabaseWrapper) -> None:
    first = served_by(pooled)
    with patch.object(ConnectionPool, "check_connection") as asked:
        assert served_by(pooled) == first
    asked.assert_not_called()


def test_one_that_has_rested_is_asked(pooled: DatabaseWrapper) -> None:
    first = served_by(pooled)
    with (
        patch("gesond.config.postgresql.base.RESTED_SECONDS", 0.0),
        patch.object(ConnectionPool, "check_connection") as asked,
    ):
        assert served_by(pooled) == first
    asked.assert_called_once()


def test_one_that_the_server_ended_is_replaced_at_once(pooled: DatabaseWrapper) -> None:
    first = served_by(pooled)
    end(first)
    second = served_by(pooled)
    assert second != first
    end(second)
    assert served_by(pooled) not in {first, second}
