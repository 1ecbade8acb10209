"""One page of the public search by one statement: who answers, how many there are, and all that the page draws.

Written out: a visitor's search is the page asked for most, and putting together four statements of models costs more
than answering them.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.paginator import Page
from django.db import connection

from gesond.directory.models import today
from gesond.web.pagination import counted_page

PER_PAGE = 20

# Those who answer are found once; of them the page is cut, and how many there are is counted.
STATEMENT = """
WITH found AS MATERIALIZED ({found}),
     counted AS (SELECT count(*) AS number FROM found),
     page AS (SELECT id FROM found ORDER BY name_words, id LIMIT {per_page}
              OFFSET least(%(offset)s, (SELECT greatest(number - 1, 0) / {per_page} * {per_page} FROM counted)))
SELECT (SELECT number FROM counted), {shown}
  FROM page JOIN {table} AS record ON record.id = page.id {joined}
 ORDER BY record.name_words, record.id
"""


class Listing(NamedTuple):
    """What is listed: its table, what is shown of each, and what that is joined from. Our own SQL, nobody's words."""

    table: str
    shown: str
    joined: str
    conditions: tuple[str, ...]


def result_page(listing: Listing, conditions: Iterable[str], sought: dict[str, str], number: int) -> "Page[Any]":
    """Rows of a page, by name; the last page where `number` is beyond it. One statement.

    `conditions` are SQL on `record` with the names of `sought`, whose values are bound.
    """
    where = " AND ".join([*listing.conditions, *conditions])
    found = f"SELECT record.id, record.name_words FROM {listing.table} AS record WHERE {where}"  # noqa: S608 - our own SQL
    parts = {"table": listing.table, "shown": listing.shown, "joined": listing.joined}
    statement = STATEMENT.format(found=found, per_page=PER_PAGE, **parts)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**sought, "day": today(), "offset": (number - 1) * PER_PAGE})
        rows = cursor.fetchall()
    count = rows[0][0] if rows else 0
    return counted_page([row[1:] for row in rows], number=number, count=count, per_page=PER_PAGE)


def holds(table: str) -> str:
    """The condition that a row of `table` is in force on the day."""
    return f"{table}.valid_from <= %(day)s AND ({table}.valid_to IS NULL OR {table}.valid_to > %(day)s)"
