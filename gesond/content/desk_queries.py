"""What the desk lists: all kinds together, the latest changed first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, QuerySet, Value
from django.db.models.fields.json import KT
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.content.models import Content, Event, FaqEntry, Guide, NewsItem, Poll, Stage, TermsDraft
from gesond.content.models.content import in_stage, stage_of
from gesond.identity.models import TermsVersion
from gesond.kernel.clock import now

PER_PAGE = 25
COLUMNS = ("kind", "pk", "french", "german", "english", "state", "publish_at", "unpublish_at", "updated_at")


@dataclass(frozen=True)
class Kind:
    """What the desk calls it: one, and many."""

    model: type[Content]
    name: str | Promise
    plural: str | Promise
    new: str | Promise


KINDS: dict[str, Kind] = {
    "news": Kind(NewsItem, _("News item"), _("News"), _("New news item")),
    "event": Kind(Event, _("Event"), _("Events"), _("New event")),
    "poll": Kind(Poll, _("Poll"), _("Polls"), _("New poll")),
    "guide": Kind(Guide, _("Guide"), _("Guides"), _("New guide or version")),
    "faq": Kind(FaqEntry, _("Question and answer"), _("Questions and answers"), _("New question")),
}


@dataclass(frozen=True)
class Row:
    """One content in the list."""

    kind: str
    pk: int
    title: str
    languages: str
    stage: Stage
    publish_at: datetime | None
    updated_at: datetime

    @property
    def kind_name(self) -> str | Promise:
        return KINDS[self.kind].name


def contents_page(*, kind: str, stage: str, number: str | int) -> "Page[Row]":
    """Two queries, whatever the number of contents."""
    models = [KINDS[kind].model] if kind else [one.model for one in KINDS.values()]
    first, *others = (_rows(model, stage) for model in models)
    everything = first.union(*others, all=True) if others else first
    page = Paginator(everything.order_by("-updated_at", "kind", "pk"), PER_PAGE).get_page(number)
    page.object_list = [_row(values) for values in page.object_list]
    return page


def terms_list() -> tuple[list[TermsVersion], list[TermsDraft]]:
    """The versions, the newest first, without their texts; and the drafts."""
    versions = TermsVersion.objects.order_by("-published_at").only("pk", "number", "published_at")
    return list(versions), list(TermsDraft.objects.order_by("number").only("pk", "number", "updated_at"))


def _rows(model: type[Content], stage: str) -> "QuerySet[Any, Any]":
    rows = model.objects.filter(in_stage(stage, now())) if stage else model.objects.all()  # type: ignore[attr-defined]
    named: QuerySet[Any, Any] = rows.annotate(
        kind=Value(model.kind, output_field=CharField()),
        french=KT("texts__fr__title"),
        german=KT("texts__de__title"),
        english=KT("texts__en__title"),
    ).values_list(*COLUMNS)
    return named


def _row(values: tuple[Any, ...]) -> Row:
    kind, pk, french, german, english, state, publish_at, unpublish_at, updated_at = values
    written = [code for code, title in (("FR", french), ("DE", german), ("EN", english)) if title]
    stage = stage_of(state, publish_at, unpublish_at, now())
    return Row(kind, pk, french, ", ".join(written), stage, publish_at, updated_at)
