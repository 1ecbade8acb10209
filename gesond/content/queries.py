"""What the public reads. Each a constant number of queries; nothing that is not visible now is ever found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from gesond.content.models import Event, FaqEntry, Guide, NewsItem, Participation, Poll, PollKind, PollOption, Topic
from gesond.content.models.content import visible
from gesond.identity.models import Account
from gesond.identity.queries.terms import NUMBER
from gesond.kernel.clock import now

ON_HOME_PAGE = 3
PER_PAGE = 20
# What a feed holds besides all that is to come.
PAST_IN_FEED = 50


def home_news() -> list[NewsItem]:
    """The newest three: S2-05."""
    return list(_news()[:ON_HOME_PAGE])


def news_page(number: str | int) -> "Page[NewsItem]":
    """The newest first."""
    return Paginator(_news(), PER_PAGE).get_page(number)


def news_item(pk: int) -> NewsItem:
    """Raises NewsItem.DoesNotExist."""
    return _news().get(pk=pk)


@dataclass(frozen=True)
class Month:
    """The events of a month, in order. `first`: its first day."""

    first: date
    events: list[Event]


def coming_events() -> list[Event]:
    """What is not over, the next one first."""
    return list(_events().filter(ends_at__gt=now()).order_by("starts_at", "pk"))


def past_events_page(number: str | int) -> "Page[Event]":
    """What is over, the latest first."""
    return Paginator(_events().filter(ends_at__lte=now()).order_by("-starts_at", "-pk"), PER_PAGE).get_page(number)


def by_month(events: Iterable[Event]) -> list[Month]:
    """Events in order, month by month, each in the month it begins in, in Luxembourg."""
    return [Month(first, list(group)) for first, group in groupby(events, key=lambda one: _month(one.starts_at))]


def event(pk: int) -> Event:
    """Raises Event.DoesNotExist."""
    return _events().get(pk=pk)


def feed_events() -> list[Event]:
    """For calendars: what is to come, what was called off too, and the latest of what is over."""
    past = _events().filter(ends_at__lte=now()).order_by("-starts_at")[:PAST_IN_FEED]
    return [*coming_events(), *past]


@dataclass(frozen=True)
class PollLists:
    open: list[Poll]
    closed: "Page[Poll]"


def poll_lists(page: str | int) -> PollLists:
    """Those one can answer, the first to close first; and those whose results are there, the latest first."""
    at = now()
    visible_now = Poll.objects.filter(visible(at))
    closed = visible_now.filter(closes_at__lte=at).order_by("-closes_at", "-pk")
    still_open = visible_now.filter(closes_at__gt=at).order_by("closes_at", "pk")
    return PollLists(list(still_open), Paginator(closed, PER_PAGE).get_page(page))


def poll(pk: int) -> Poll:
    """With its options. Raises Poll.DoesNotExist."""
    return Poll.objects.filter(visible(now())).prefetch_related("options").get(pk=pk)


def has_answered(poll: Poll, account: object) -> bool:
    """Whether this account has taken part; nobody has who is not signed in."""
    if not isinstance(account, Account):
        return False
    return Participation.objects.filter(poll=poll, account=account).exists()


@dataclass(frozen=True)
class OptionResult:
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """How many took part, and how many chose each option: none where people answered in their own words."""

    participants: int
    options: list[OptionResult]


def results(poll: Poll) -> Results:
    """Of a closed poll, for everybody; of an open one, for the desk. Two queries."""
    participants = poll.participations.count()
    counted = PollOption.objects.filter(poll=poll).annotate(number=Count("answers")).order_by("position")
    return Results(participants, [OptionResult(option.label(), option.number) for option in counted])


def free_answers(poll: Poll, page: str | int) -> "Page[str]":
    """What people wrote, for the desk alone, in the order of their random numbers."""
    texts = poll.answers.filter(option__isnull=True).order_by("pk").values_list("text", flat=True)
    return Paginator(texts, PER_PAGE).get_page(page)


def shows_results(poll: Poll) -> bool:
    """Whether the public sees them."""
    return poll.is_closed() and poll.asks != PollKind.TEXT


def guides() -> list[Guide]:
    """The newest published version of each."""
    newest = Guide.objects.filter(visible(now())).order_by("slug", "-dated", "-publish_at", "-pk").distinct("slug")
    return sorted(newest, key=lambda guide: (guide.position, guide.slug))


def guide(slug: str, number: str = "") -> Guide:
    """A version of a guide, the newest by default. Raises Guide.DoesNotExist."""
    published = Guide.objects.filter(visible(now()), slug=slug)
    if number and not NUMBER.fullmatch(number):  # it comes from an address, where anything may be written
        raise Guide.DoesNotExist(slug)
    if number:
        return published.get(number=number)
    found = published.order_by("-dated", "-publish_at", "-pk").first()
    if found is None:
        raise Guide.DoesNotExist(slug)
    return found


def guide_numbers(slug: str) -> list[str]:
    """All the published versions, the newest first."""
    published = Guide.objects.filter(visible(now()), slug=slug).order_by("-dated", "-publish_at", "-pk")
    return list(published.values_list("number", flat=True))


@dataclass(frozen=True)
class TopicQuestions:
    slug: str
    name: str | Promise
    entries: list[FaqEntry]


def faq() -> list[TopicQuestions]:
    """All questions by topic; a topic without any is left out."""
    entries = list(FaqEntry.objects.filter(visible(now())).order_by("position", "pk"))
    topics = [
        TopicQuestions(topic.value, topic.label, [one for one in entries if one.topic == topic]) for topic in Topic
    ]
    return [topic for topic in topics if topic.entries]


def _news() -> "QuerySet[NewsItem]":
    return NewsItem.objects.filter(visible(now())).order_by("-publish_at", "-pk")


def _events() -> "QuerySet[Event]":
    return Event.objects.filter(visible(now()))


def _month(moment: datetime) -> date:
    return timezone.localtime(moment).date().replace(day=1)
