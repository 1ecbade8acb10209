"""What the simulator's page offers, and what is made of what is chosen."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.demo.luxtrust.grants import Outcome
from gesond.demo.models import DemoPerson

DEVICES: dict[str, Promise | str] = {
    "token": "Token",
    "smartcard": "Smartcard",
    "mobile": "Mobile",
    "identity_card": _("Electronic identity card"),
}
FAULTS: dict[str, Promise | str] = {
    Outcome.TIMEOUT: _("No answer in time"),
    Outcome.UNAVAILABLE: _("Service unavailable"),
    Outcome.AUDIENCE: _("Token for another client"),
    Outcome.EXPIRED: _("Token expired"),
    Outcome.REPLAYED: _("Code used twice"),
    Outcome.SIGNATURE: _("Wrong signature"),
    Outcome.NONCE: _("Answer to another question"),
    Outcome.ISSUER: _("Answer of another provider"),
    Outcome.ASSURANCE: _("Level of assurance too low"),
}


@dataclass(frozen=True)
class Holder:
    """One of the demo's people with a LuxTrust product. `subject`: a serial number, and never a matricule."""

    key: str
    family_name: str
    given_names: str
    birth_date: str
    subject: str
    role: str

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}"


def holders() -> list[Holder]:
    """Those of the cast who have a product, in its order."""
    rows = DemoPerson.objects.exclude(luxtrust_subject="").select_related("person").order_by("pk")
    return [_holder(row) for row in rows]


def identity_of(chosen: QueryDict) -> dict[str, Any]:
    """The claims about the person who was chosen, as changed on the page. Raises KeyError for an unknown choice."""
    holder = {holder.key: holder for holder in holders()}[chosen.get("person", "")]
    device = chosen.get("device", "")
    return {
        "sub": chosen.get("subject", "").strip() or subject_on(holder, device),
        "family_name": chosen.get("family_name", "").strip() or holder.family_name,
        "given_name": chosen.get("given_names", "").strip() or holder.given_names,
        "birthdate": chosen.get("birth_date", "").strip() or holder.birth_date,
        "device": device,
    }


def subject_on(holder: Holder, device: str) -> str:
    """Each product has a serial number of its own: the person's own is the Token's. Raises KeyError."""
    number = {name: str(index) for index, name in enumerate(DEVICES)}[device]
    return holder.subject if number == "0" else holder.subject[:-1] + number


def _holder(row: DemoPerson) -> Holder:
    person = row.person
    born = date(person.birth_year, person.birth_month or 1, person.birth_day or 1)
    return Holder(
        key=row.key,
        family_name=person.family_name,
        given_names=person.given_names,
        birth_date=born.isoformat(),
        subject=row.luxtrust_subject,
        role=row.role,
    )
