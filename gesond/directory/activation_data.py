"""What step 3 of a professional's activation shows, in words (S1-10), and what the helpdesk is told of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gesond.directory.languages import language_label
from gesond.directory.queries.professionals import PracticeFacts, ProfessionalFacts
from gesond.identity.models import Person
from gesond.identity.queries.account import birth_date
from gesond.identity.registry.name_matching import Attribute


@dataclass(frozen=True, kw_only=True)
class Line:
    """One fact: a name and one value or several."""

    label: str
    values: tuple[str, ...]


def shown_data(person: Person, facts: ProfessionalFacts) -> list[Line]:
    """What the registry and the directory say of a professional, in the current language."""
    lines = [
        Line(label=_("Family name"), values=(person.family_name,)),
        Line(label=_("Given names"), values=(person.given_names,)),
        Line(label=_("Date of birth"), values=(birth_date(person),)),
        Line(label=_("Profession"), values=(facts.profession_label,)),
        Line(label=_("Speciality"), values=facts.speciality_labels),
        Line(label=_("Provider code"), values=(facts.provider_code,)),
        Line(label=_("Practices"), values=tuple(_practice(practice) for practice in facts.practices)),
        Line(label=_("Languages"), values=tuple(language_label(code).capitalize() for code in facts.languages)),
    ]
    return [line for line in lines if line.values]


def help_facts(person: Person, facts: ProfessionalFacts) -> dict[str, str]:
    """What a request for help from this step says by itself: what the directory makes public anyway."""
    return {
        _("Step"): _("Personal information"),
        _("Name"): person.full_name,
        _("Profession"): facts.profession_label,
        _("Provider code"): facts.provider_code,
    }


def attribute_names(attributes: Iterable[Attribute]) -> list[str]:
    """What differs between two statements of who somebody is, without saying how."""
    names = {
        Attribute.FAMILY_NAME: _("the family name"),
        Attribute.GIVEN_NAMES: _("the given names"),
        Attribute.BIRTH_DATE: _("the date of birth"),
    }
    return [names[attribute] for attribute in attributes if attribute in names]


def _practice(practice: PracticeFacts) -> str:
    where = practice.address
    place = f"{where['postal_code']} {where['city']}".strip()
    return ", ".join(part for part in (practice.name, *where["lines"], place) if part)
