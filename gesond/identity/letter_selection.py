"""Whom a batch of letters is for."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gesond.identity.models import Account, ActivationCode, Door, LetterRequest, Person
from gesond.kernel.clock import now

MISSING, REISSUE, REQUESTED, LISTED, CHOSEN = "missing", "reissue", "requested", "listed", "chosen"


@dataclass(frozen=True, kw_only=True)
class LetterSelection:
    """Living persons with an address, whose account does not enter by `door` yet unless they were chosen one by one.

    `kind`: `missing` (who has no code that still works), `requested` (who asked for a letter), `reissue` (everybody),
    `listed` (those of `person_ids` who have none by then), `chosen` (`person_ids`, even who has an account). Whom a
    professional's letter is due to only the directory knows: it lists them. `born_before` and `born_after` are years,
    themselves left out.
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

    def persons(self) -> QuerySet[Person]:
        """In the registry's order."""
        return Person.objects.filter(self._condition()).order_by("pk")

    def _condition(self) -> Q:
        condition = Q(deceased=False, address__isnull=False)
        if self.born_before is not None:
            condition &= Q(birth_year__lt=self.born_before)
        if self.born_after is not None:
            condition &= Q(birth_year__gt=self.born_after)
        return condition & self._kind_condition()

    def _kind_condition(self) -> Q:
        if self.kind == CHOSEN:
            return Q(pk__in=self.person_ids)
        entering = Account.objects.filter(person=OuterRef("pk"), doors__contains=[self.door])
        without_account = ~Q(Exists(entering))
        if self.kind == LISTED:
            return without_account & Q(pk__in=self.person_ids)
        if self.kind == REISSUE:
            return without_account
        if self.kind == REQUESTED:
            asked = LetterRequest.objects.filter(
                person=OuterRef("pk"), door=self.door, state=LetterRequest.State.OPEN
            )
            return without_account & Q(Exists(asked))
        working = ActivationCode.objects.filter(
            person=OuterRef("pk"), door=self.door, state=ActivationCode.State.LIVE, expires_at__gt=now()
        )
        return without_account & ~Q(Exists(working))
