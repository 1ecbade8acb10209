"""Long lists, page by page: by number where the whole is counted, by key where it is too long to count."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

PER_PAGE = 25
FAR = 500  # rows
LAST_PAGE = 1_000_000  # no list has so many; of more, the database's numbers would have no room


def page_of(request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", *, per_page: int = PER_PAGE) -> "Page[Any]":
    """The page `?page=` names; the first or last one when it names none. Two queries: the count and the rows.

    Drawn by `web/components/pagination.jinja`: `{{ pagination(page, request) }}`.
    """
    paginator = _FromNearerEnd if isinstance(rows, QuerySet) else Paginator
    return paginator(rows, per_page).get_page(request.GET.get("page"))


class _FromNearerEnd(AnyPaginator):
    """Of a long ordered query: its last page is read as fast as its first, and no row is put together to be skipped."""

    def page(self, number: int | str) -> "Page[Any]":
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        return Page(self._rows(first, last), number, self)

    def _rows(self, first: int, last: int) -> list[Any]:
        rows: Any = self.object_list
        if first <= self.count - last:
            return list(_slice(rows, first, last))
        return list(_slice(rows.reverse(), self.count - last, self.count - first))[::-1]


def _slice(rows: "QuerySet[Any]", first: int, last: int) -> "QuerySet[Any]":
    """Far from the beginning, keys are counted off, which an index does alone; only the page's rows are joined."""
    return rows[first:last] if first < FAR else rows.filter(pk__in=rows.values("pk")[first:last])


class _Counted(AnyPaginator):
    """Of a list whose length came with its rows."""

    def __init__(self, count: int, per_page: int) -> None:
        super().__init__((), per_page)
        self.count = count


def counted_page(rows: list[Any], *, number: int, count: int, per_page: int) -> "Page[Any]":
    """A page whose rows and count were read at once; `number` beyond the last one is the last one."""
    paginator = _Counted(count, per_page)
    return Page(rows, min(number, paginator.num_pages), paginator)


def page_number(request: HttpRequest) -> int:
    """The page `?page=` names, from 1 on; the first one when it names none, the last one when none has its number."""
    try:
        number = int(request.GET.get("page", "1"))
    except ValueError:
        return 1
    return number if 0 < number < LAST_PAGE else LAST_PAGE


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
