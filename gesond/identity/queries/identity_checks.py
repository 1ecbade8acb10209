"""How far an identity check is, and what it compares: for the applicant who holds its link, and for the desk."""

from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gesond.identity.identity_checks.kinds import differences_in, stated_in
from gesond.identity.identity_checks.mail import TOKEN_PURPOSE
from gesond.identity.models import IdentityCheck, IdentityCheckLink, IdentityEvidence, Person
from gesond.identity.registry.name_matching import Attribute, Identity
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes
from gesond.web.dates import day

CHECK_KEY = "identity_check"  # the check whose link this browser opened

ATTRIBUTES: dict[Attribute, str | Promise] = {
    Attribute.FAMILY_NAME: _("Family name"),
    Attribute.GIVEN_NAMES: _("Given names"),
    Attribute.BIRTH_DATE: _("Date of birth"),
}


@dataclass(frozen=True)
class Compared:
    """One attribute, as each says it; empty where one does not."""

    label: str | Promise
    declared: str
    proved: str
    registry: str
    differs: bool
    spelling: bool


def check_by_token(token: str) -> IdentityCheck | None:
    """The check whose link it is, while the link is good."""
    hashes = keyed_hashes(token, purpose=TOKEN_PURPOSE)
    links = IdentityCheckLink.objects.select_related("check_shown")
    found = links.filter(token_hash__in=hashes, expires_at__gt=now()).first()
    return found.check_shown if found else None


def hold_check(session: SessionBase, check: IdentityCheck) -> None:
    """Let this browser see the check at `identity:identity_check`: it proved itself or opened the link."""
    session[CHECK_KEY] = str(check.pk)


def check_of(session: SessionBase) -> IdentityCheck | None:
    """The check this browser holds. One query."""
    held = session.get(CHECK_KEY)
    return IdentityCheck.objects.filter(pk=held).first() if held else None


def evidence_of(check: IdentityCheck) -> list[IdentityEvidence]:
    """What was added and is still kept, oldest first."""
    return list(check.evidence.filter(deleted_at__isnull=True).order_by("added_at", "pk"))


def compared(check: IdentityCheck, person: Person | None = None) -> list[Compared]:
    """Each attribute as declared, as proved, and as the registry has it of `person`; in the active language."""
    found = {difference.attribute: difference for difference in differences_in(check)}
    declared, proved = _texts(stated_in(check.declared)), _texts(stated_in(check.proved))
    registry = _registry_texts(person)
    return [
        Compared(
            label=label,
            declared=declared[attribute],
            proved=proved[attribute],
            registry=registry[attribute],
            differs=attribute in found,
            spelling=attribute in found and found[attribute].spelling,
        )
        for attribute, label in ATTRIBUTES.items()
    ]


def is_unknown_to_registry(check: IdentityCheck) -> bool:
    """Whether the registry was found to know nobody of that matricule."""
    return any(one.attribute is Attribute.NOT_IN_REGISTRY for one in differences_in(check))


def _texts(identity: Identity) -> dict[Attribute, str]:
    return {
        Attribute.FAMILY_NAME: identity.family_name,
        Attribute.GIVEN_NAMES: identity.given_names,
        Attribute.BIRTH_DATE: day(identity.birth_date) if identity.birth_date else "",
    }


def _registry_texts(person: Person | None) -> dict[Attribute, str]:
    if person is None:
        return dict.fromkeys(ATTRIBUTES, "")
    return {
        Attribute.FAMILY_NAME: person.family_name,
        Attribute.GIVEN_NAMES: person.given_names,
        Attribute.BIRTH_DATE: _birth(person),
    }


def _birth(person: Person) -> str:
    """Month and day may be unknown."""
    if person.birth_month and person.birth_day:
        return day(date(person.birth_year, person.birth_month, person.birth_day))
    return gettext("%(year)d, day unknown") % {"year": person.birth_year}
