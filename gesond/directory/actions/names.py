"""Names as one searches them, kept as the registry has them."""

from typing import Any

from django.db import transaction

from gesond.directory.models import ProfessionalRecord
from gesond.directory.search_words import name_words
from gesond.kernel import journal
from gesond.kernel.journal import SYSTEM, Actor

BATCH = 1000


def renew_names(*, actor: Actor) -> int:
    """Bring the searched names of all professionals up to those of the registry; how many had changed."""
    with transaction.atomic():
        renamed = [record for record in _records() if _renew(record)]
        if renamed:
            ProfessionalRecord.objects.bulk_update(renamed, ["name_words"], batch_size=BATCH)
            details = {"records": len(renamed)}
            journal.record(actor=actor, event="directory.names_renewed", chain="platform", details=details)
    return len(renamed)


def renew_names_after_import(**_: Any) -> None:
    """Listens to `registry_imported`."""
    renew_names(actor=SYSTEM)


def _records() -> Any:
    names = ("name_words", "professional__person__family_name", "professional__person__given_names")
    return ProfessionalRecord.objects.select_related("professional__person").only(*names)


def _renew(record: ProfessionalRecord) -> bool:
    """Whether there was anything to renew."""
    person = record.professional.person
    before, record.name_words = record.name_words, name_words(person.family_name, person.given_names)
    return before != record.name_words
