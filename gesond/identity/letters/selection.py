"""Whom a batch of letters is for."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gesond.identity.entitlement import entitled_persons
from gesond.identity.models import Account, ActivationCode, Door, LetterBatch, LetterRequest, Person
from gesond.kernel.clock import now

MISSING, REISSUE, REQUESTED, CHOSEN = "missing", "reissue", "requested", "chosen"


@dataclass(frozen=True, kw_only=True)
class LetterSelection:
    """Living persons with an address whose `door` it is (`entitlement`): of professionals, those in force.

    Without an account that enters by it, unless they were chosen one by one. `kind`: `missing` (who has no code that
    still works), `requested` (who asked for a letter), `reissue` (everybody), `chosen` (`person_ids`). `born_before`
    and `born_after` are years, themselves left out.
    """

    kind: str = MISSING
    door: str = Door.PATIENT.value
    person_ids: tuple[int, ...] = ()
    born_before: int | None = None
    born_after: int | None = None
    limit: int | None = None

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "LetterSelection":
        return cls(**{**stored, "person_ids": tuple(stored.get("person_ids", ()))})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def persons(self, batch: LetterBatch | None = None) -> QuerySet[Person]:
        """In the registry's order. Of `batch`, those too whose requests were granted with it."""
        return Person.objects.filter(self._condition(batch)).order_by("pk")

    def chosen(self) -> QuerySet[Person]:
        """As many of them as the limit lets through."""
        return self.persons() if self.limit is None else self.persons()[: self.limit]

    def _condition(self, batch: LetterBatch | None) -> Q:
        condition = Q(deceased=False, address__isnull=False)
        if self.door != Door.PATIENT:
            condition &= Q(pk__in=entitled_persons(self.door))
        if self.born_before is not None:
            condition &= Q(birth_year__lt=self.born_before)
        if self.born_after is not None:
            condition &= Q(birth_year__gt=self.born_after)
        return condition & self._kind_condition(batch)

    def _kind_condition(self, batch: LetterBatch | None) -> Q:
        if self.kind == CHOSEN:
            return Q(pk__in=self.person_ids)
        entering = Account.objects.filter(person=OuterRef("pk"), doors__contains=[self.door])
        without_account = ~Q(Exists(entering))
        if self.kind == REISSUE:
            return without_account
        if self.kind == REQUESTED:
            waits = Q(state=LetterRequest.State.OPEN) | Q(state=LetterRequest.State.GRANTED, batch=batch)
            asked = LetterRequest.objects.filter(waits, person=OuterRef("pk"), door=self.door)
            return without_account & Q(Exists(asked))
        working = ActivationCode.objects.filter(
            person=OuterRef("pk"), door=self.door, state=ActivationCode.State.LIVE, expires_at__gt=now()
        )
        return without_account & ~Q(Exists(working))
