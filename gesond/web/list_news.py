"""A list that says it is no longer the newest: « 2 nouvelles demandes – Afficher ».

The page carries what it shows as a mark; when its topic is announced, its place for news asks how the list differs from
that mark by now. Rows are never moved under the eyes of who reads them, nor is the focus: who wants the new list asks
for it, by a link that works without script. Drawn by `web/list_news.jinja`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

# Parameters of the address of the news, beside the list's own.
AT, SHOWN = "at", "shown"


@dataclass(frozen=True)
class Mark:
    """What a list showed: when, and a digest of its rows, which tells nobody what they are."""

    at: str
    shown: str


@dataclass(frozen=True)
class ListNews:
    """`new`: how many rows came since; `changed`: whether the page shows anything otherwise than it would now."""

    new: int = 0
    changed: bool = False


def mark_of(page: "Page", states: Iterable[object]) -> Mark:  # type: ignore[type-arg] # rows of any list
    """Of a page just made. `states`: what its rows show that may change, in their order."""
    told = repr((page.paginator.count, page.number, [str(one) for one in states]))
    digest = hashlib.blake2b(told.encode(), digest_size=12).hexdigest()
    return Mark(f"{timezone.now().timestamp():.6f}", digest)


def news_of(request: HttpRequest, rows: "QuerySet", *, came: str, now: Mark) -> ListNews:  # type: ignore[type-arg] # of any model
    """Against the mark in the address. `rows`: the whole list, `came`: its field that says when a row came into it.

    One query, none when nothing changed or the address bears no mark of ours.
    """
    since = _moment(request.GET.get(AT, ""))
    if since is None or request.GET.get(SHOWN) == now.shown:
        return ListNews()
    return ListNews(rows.filter(**{f"{came}__gt": since}).count(), changed=True)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
