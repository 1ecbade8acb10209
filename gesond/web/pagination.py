"""Long lists, page by page: by number where the whole is counted, by key where it is too long to count."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 25


def page_of(request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", *, per_page: int = PER_PAGE) -> "Page[Any]":
    """The page `?page=` names; the first or last one when it names none. Two queries: the count and the rows.

    Drawn by `web/components/pagination.jinja`: `{{ pagination(page, request) }}`.
    """
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


@dataclass(frozen=True)
class KeysetPage:
    """Rows of a list read by key: as fast on its millionth page as on its first. `older`: the key of the next page."""

    rows: list[Any]
    older: str
    is_first: bool


def keyset_page(
    rows: "QuerySet[Any]", *, before: str, key: Callable[[Any], str], per_page: int = PER_PAGE
) -> KeysetPage:
    """The first `per_page` rows of an ordered query already narrowed to what comes after `before`. One query."""
    found = list(rows[: per_page + 1])
    older = key(found[per_page - 1]) if len(found) > per_page else ""
    return KeysetPage(found[:per_page], older, is_first=not before)


def address_with(request: HttpRequest, **changes: object) -> str:
    """`?…` of this page with some parameters otherwise; one given as "" is left out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value != "":
            query[name] = str(value)
    return f"?{query.urlencode()}"
