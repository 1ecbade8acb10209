"""Writing, publishing and putting away contents. Every kind by the same actions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from gesond.content.models import Content, Event, Poll, PollOption, State
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.web.home import forget_home

Item = TypeVar("Item", bound=Content)
Labels = Mapping[str, str]


class StaleEditError(ValueError):
    """Somebody else has changed it since it was read: `present` is what it is now."""

    def __init__(self, present: Content) -> None:
        super().__init__(f"{present} is at revision {present.revision}")
        self.present = present


class OptionsFixedError(ValueError):
    """What people have answered to cannot be changed under their answers."""


class NotYetError(ValueError):
    """It cannot be published so: its times contradict each other."""


@transaction.atomic
def create_content(
    *, actor: Actor, model: type[Item], values: Mapping[str, Any], options: Sequence[Labels] = ()
) -> Item:
    """A new draft. `values`: the model's own fields, `texts` among them; `options`: of a poll, in order."""
    item = model(**values)
    item.save(force_insert=True)
    if isinstance(item, Poll):
        _set_options(item, options)
    _tell(actor, item, "content.created")
    return item


@transaction.atomic
def edit_content(
    *, actor: Actor, item: Item, revision: int, values: Mapping[str, Any], options: Sequence[Labels] = ()
) -> Item:
    """Change what it says, whatever its state. `revision`: the one that was read.

    Raises StaleEditError, OptionsFixedError for a poll that has answers, NotYetError when its times contradict.
    """
    locked = _locked(item)
    if locked.revision != revision:
        raise StaleEditError(locked)
    if isinstance(locked, Poll):
        _change_poll(locked, values, options)
    if isinstance(locked, Event) and locked.state == State.RELEASED:
        locked.sequence += 1
    for name, value in values.items():
        setattr(locked, name, value)
    if locked.publish_at is not None:
        _refuse_impossible(locked, locked.publish_at, locked.unpublish_at)
    return _saved(actor, locked, "content.edited")


@transaction.atomic
def release_content(
    *, actor: Actor, item: Item, publish_at: datetime | None = None, unpublish_at: datetime | None = None
) -> Item:
    """Let the public see it from `publish_at` (now) to `unpublish_at` (for ever). Raises NotYetError."""
    locked = _locked(item)
    begins = publish_at or now()
    _refuse_impossible(locked, begins, unpublish_at)
    locked.state, locked.publish_at, locked.unpublish_at = State.RELEASED, begins, unpublish_at
    return _saved(actor, locked, "content.released", publish_at=begins.isoformat(timespec="minutes"))


def withdraw_content(*, actor: Actor, item: Item) -> Item:
    """Back to a draft: nobody sees it any more."""
    return _put(actor, item, State.DRAFT, "content.withdrawn")


def archive_content(*, actor: Actor, item: Item) -> Item:
    """Put it away for good; it can be found at the desk and released again."""
    return _put(actor, item, State.ARCHIVED, "content.archived")


@transaction.atomic
def close_poll(*, actor: Actor, poll: Poll) -> Poll:
    """Take no more answers, before the day that was announced; the results are shown from now on."""
    locked = _locked(poll)
    if locked.state != State.RELEASED or locked.is_closed() or (locked.publish_at or now()) >= now():
        return locked
    locked.closes_at = now()
    return _saved(actor, locked, "content.poll_closed")


@transaction.atomic
def _put(actor: Actor, item: Item, state: State, event: str) -> Item:
    locked = _locked(item)
    if locked.state == state:
        return locked
    locked.state = state
    return _saved(actor, locked, event)


def _locked(item: Item) -> Item:
    found: Item = type(item).objects.select_for_update().get(pk=item.pk)  # type: ignore[attr-defined]
    return found


def _saved(actor: Actor, item: Item, event: str, **details: Any) -> Item:
    item.revision += 1
    item.save()
    _tell(actor, item, event, **details)
    return item


def _tell(actor: Actor, item: Content, event: str, **details: Any) -> None:
    journal.record(actor=actor, event=event, chain=item.chain, details={"revision": item.revision, **details})
    forgets: Callable[[], None] = forget_home
    transaction.on_commit(forgets)


def _refuse_impossible(item: Content, begins: datetime, ends: datetime | None) -> None:
    if ends is not None and ends <= begins:
        raise NotYetError("it would end before it begins")
    if isinstance(item, Poll) and item.closes_at <= begins:
        raise NotYetError("the poll would close before it opens")


def _change_poll(poll: Poll, values: Mapping[str, Any], options: Sequence[Labels]) -> None:
    if values.get("closes_at", poll.closes_at) > now():
        poll.mixed_at = None  # closed before, it takes answers again: these are put out of their order, too
    present = [option.labels for option in poll.options.all()]
    if list(options) == present and values.get("asks", poll.asks) == poll.asks:
        return
    if poll.participations.exists():
        raise OptionsFixedError("people have answered it already")
    poll.options.all().delete()
    _set_options(poll, options)


def _set_options(poll: Poll, options: Sequence[Labels]) -> None:
    PollOption.objects.bulk_create(
        PollOption(poll=poll, position=number, labels=dict(labels)) for number, labels in enumerate(options, start=1)
    )
