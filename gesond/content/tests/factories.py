"""Contents for tests. By default published an hour ago, in French, German and English."""

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from gesond.content.models import Event, FaqEntry, Guide, NewsItem, Poll, PollOption, State
from gesond.identity.models import Account, StaffMember
from gesond.identity.tests.factories import AccountFactory
from gesond.kernel.clock import now


def texts(title: str = "Titre", **more: str) -> dict[str, dict[str, str]]:
    """In three languages, each telling which one it is."""
    return {
        language: {
            "title": f"{title} {language}",
            "summary": f"Résumé {language}",
            "body": f"Texte **{language}**",
            **more,
        }
        for language in ("fr", "de", "en")
    }


class ContentFactory(DjangoModelFactory):
    """`title="…"` names it."""

    class Meta:
        abstract = True

    class Params:
        title = factory.Sequence(lambda n: f"Titre {n}")

    texts = factory.LazyAttribute(lambda item: texts(item.title))
    state = State.RELEASED
    publish_at = factory.LazyFunction(lambda: now() - timedelta(hours=1))


class NewsItemFactory(ContentFactory):
    class Meta:
        model = NewsItem


class EventFactory(ContentFactory):
    class Meta:
        model = Event

    texts = factory.LazyAttribute(lambda item: texts(item.title, place="Belval"))
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=10))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=2))


class PollFactory(ContentFactory):
    """With three options, unless it asks for a text."""

    class Meta:
        model = Poll
        skip_postgeneration_save = True

    asks = "single"
    closes_at = factory.LazyFunction(lambda: now() + timedelta(days=10))

    options = factory.PostGeneration(lambda poll, create, asked, **given: _give_options(poll))


class GuideFactory(ContentFactory):
    class Meta:
        model = Guide

    slug = factory.Sequence(lambda n: f"guide-{n}")
    number = "1.0"
    dated = factory.LazyFunction(lambda: now().date())


class FaqEntryFactory(ContentFactory):
    class Meta:
        model = FaqEntry

    topic = "activation"


def editor() -> Account:
    """A member of staff who writes contents."""
    account = AccountFactory(doors=["patient", "staff"])
    StaffMember.objects.create(account=account, roles=["content"])
    return account


def reader(number: int = 1, **fields: object) -> Account:
    """An account with a confirmed e-mail address, its boxes ticked."""
    return AccountFactory(email=f"reader{number}@example.org", **fields)


def _give_options(poll: Poll) -> None:
    if poll.asks != "text":
        PollOption.objects.bulk_create(
            PollOption(poll=poll, position=n, labels={"fr": f"Choix {n}", "de": f"Wahl {n}", "en": f"Choice {n}"})
            for n in (1, 2, 3)
        )
