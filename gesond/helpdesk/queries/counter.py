"""What the counter's pages show of guided activations: never a link, a code or anything that was typed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from gesond.identity.actions.assisted_ending import UNDER_WAY
from gesond.identity.assisted_steps import WALKED, AssistedStep, step_of
from gesond.identity.models import Account, Activation, AssistedActivation, Person
from gesond.kernel.clock import now

SHOWN_FOR = timedelta(days=1)
MOST_SHOWN = 50


@dataclass(frozen=True)
class Guided:
    """One guided activation, and the step the person is at."""

    assisted: AssistedActivation
    step: AssistedStep

    @property
    def under_way(self) -> bool:
        """Whether a link can still be given and the activation cancelled."""
        return self.assisted.state in UNDER_WAY

    @property
    def place(self) -> int:
        """Which of the steps it is, counted from 1; 0 where it ended otherwise."""
        return WALKED.index(self.step) + 1 if self.step in WALKED else 0


def guided(clerk: Account, assisted_id: UUID) -> Guided | None:
    """One that `clerk` guides; None for anybody else's. Two queries."""
    found = _of(clerk).filter(pk=assisted_id).first()
    return None if found is None else _with_step(found)


def guided_today(clerk: Account) -> list[Guided]:
    """Those `clerk` began in the last day, the latest first. Two queries."""
    rows = _of(clerk).filter(started_at__gt=now() - SHOWN_FOR).order_by("-started_at", "pk")
    return [_with_step(one) for one in rows[:MOST_SHOWN]]


def birth_of(person: Person) -> date | str:
    """To compare with the document; the year alone where the registry knows no more."""
    if person.birth_month and person.birth_day:
        return date(person.birth_year, person.birth_month, person.birth_day)
    return str(person.birth_year)


def _of(clerk: Account) -> Any:
    steps = Activation.objects.only("pk", "step", "assisted_id")
    return (
        AssistedActivation.objects.filter(clerk=clerk)
        .select_related("person")
        .prefetch_related(Prefetch("activations", queryset=steps, to_attr="walks"))
    )


def _with_step(assisted: Any) -> Guided:
    return Guided(assisted, step_of(assisted, assisted.walks[0] if assisted.walks else None))
