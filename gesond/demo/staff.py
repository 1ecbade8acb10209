"""The demo's agency: who works at its desk, and what lies on it."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

from gesond.desk.actions import today
from gesond.desk.models import DailyFigure, Measure
from gesond.identity.actions.staff import name_staff
from gesond.identity.models import Account, LetterRequest, Person
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import SYSTEM
from gesond.notify.models import Channel, OutboxMessage, State, comparable

# Who asks for a letter, and how many days ago.
ASKED = {"expired": 5, "exhausted": 1, "reissued": 0}
YEAR = 365
# The last days are counted from the journal by the job of every hour.
COUNTED_BY_THE_JOB = 3
# On a working day, of each hundred who begin: how many come so far.
BEGUN_A_DAY = 60
SHARES = {
    Measure.BEGUN: 100,
    Measure.PASSWORD: 91,
    Measure.CODE_SENT: 86,
    Measure.OPENED: 79,
    Measure.FINISHED: 74,
}
PER_BEGUN = {Measure.LETTERS: 2.1, Measure.SIGN_INS: 9.0, Measure.CODES_SENT: 10.4, Measure.CODES_USED: 9.6}
WEEKEND, WEEKEND_SHARE = 5, 0.25


def name_demo_staff(roles: Mapping[str, tuple[str, ...]], persons: Mapping[str, Person]) -> None:
    """Let these personas enter the desk."""
    for key, own in roles.items():
        account = Account.objects.get(person=persons[key])
        name_staff(actor=SYSTEM, account_id=account.pk, roles=own)


def load_desk_examples(persons: Mapping[str, Person]) -> None:
    """Requests to decide, a message that never arrived, and a year of figures: once, and the same each time."""
    if DailyFigure.objects.exists():
        return
    for key, days in ASKED.items():
        _ask_for_letter(persons[key], days)
    _fail_to_deliver()
    DailyFigure.objects.bulk_create(_year(random.Random(1)))  # noqa: S311 - synthetic figures, the same each time


def _ask_for_letter(person: Person, days: int) -> None:
    matricule = str(person.matricule)
    request = LetterRequest.objects.create(
        matricule=matricule,
        matricule_hash=keyed_hash(matricule, purpose="person.matricule"),
        language=person.language,
        person=person,
    )
    LetterRequest.objects.filter(pk=request.pk).update(created_at=now() - timedelta(days=days))


def _fail_to_deliver() -> None:
    recipient = "nobody@example.org"
    OutboxMessage.objects.create(
        channel=Channel.EMAIL,
        template="identity/account_notice",
        language="fr",
        recipient=recipient,
        recipient_hash=keyed_hash(comparable(recipient), purpose="outbox.recipient"),
        content={"subject": "Gesond", "text": "Votre mot de passe a été modifié.", "html": ""},
        state=State.FAILED,
        attempts=8,
        last_error="550 5.1.1 mailbox does not exist",
        next_attempt_at=now(),
    )


def _year(chance: random.Random) -> list[DailyFigure]:
    last = today() - timedelta(days=COUNTED_BY_THE_JOB)
    days = [last - timedelta(days=number) for number in range(YEAR)]
    return [figure for day in days for figure in _day(day, chance)]


def _day(day: date, chance: random.Random) -> list[DailyFigure]:
    begun = BEGUN_A_DAY * chance.uniform(0.7, 1.3) * (WEEKEND_SHARE if day.weekday() >= WEEKEND else 1)
    values = {measure: begun * share / 100 for measure, share in SHARES.items()}
    values |= {measure: begun * factor * chance.uniform(0.95, 1.05) for measure, factor in PER_BEGUN.items()}
    values[Measure.CODES_WRONG] = begun * chance.uniform(0.3, 0.6)
    values[Measure.FAILED_EMAIL] = chance.randint(0, 3)
    values[Measure.FAILED_SMS] = chance.randint(0, 2)
    return [DailyFigure(day=day, measure=measure, value=int(value)) for measure, value in values.items()]
