"""Who may have an account at a door: everybody at the patients'; elsewhere the app that knows tells, deny by default.

register_entitlement(Door.PROFESSIONAL, persons_in_force)   # from AppConfig.ready
"""

from collections.abc import Callable

from django.db.models import QuerySet

from gesond.identity.models.account import Door
from gesond.identity.models.person import Person

Entitled = Callable[[], QuerySet[Person]]

_entitled: dict[str, Entitled] = {Door.PATIENT.value: Person.objects.all}


def register_entitlement(door: Door, persons: Entitled) -> None:
    """Let `persons` say whose that door is today."""
    _entitled[door.value] = persons


def entitled_persons(door: str) -> QuerySet[Person]:
    """Whose that door is today."""
    persons = _entitled.get(door, Person.objects.none)
    return persons()


def is_entitled(person: Person, door: str) -> bool:
    """Whether that door is this person's today. No query at the patients'."""
    return door == Door.PATIENT or entitled_persons(door).filter(pk=person.pk).exists()
