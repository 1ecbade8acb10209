"""What the directory holds about a person, for « Télécharger mes données »."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gesond.directory.models import Declaration, MandateFunction, ProfessionalRecord
from gesond.directory.queries.mandates import MandateFacts, Standing, mandates_given, mandates_held
from gesond.directory.secretary_mail import professional_name
from gesond.identity.models import Account
from gesond.identity.queries.personal_data import Row, register_section
from gesond.kernel.hashing import keyed_hashes

NAMES = {
    "languages": _("Languages"),
    "listed": _("Shown to the public"),
    "profession": _("Profession"),
    "professional": _("Professional"),
    "provider_code": _("Provider code"),
    "specialities": _("Specialities"),
    "title": _("Title"),
    "valid_from": _("First day"),
    "valid_to": _("Last day"),
    "who": _("Who"),
    "functions": _("Functions"),
    "places": _("Practices"),
    "confirmed_until": _("Confirmed until"),
    "standing": _("State today"),
    "end_reason": _("Why it ended"),
}

STANDINGS = {
    Standing.UNCONFIRMED: _("Interrupted"),
    Standing.RUNNING: _("In force"),
    Standing.LATER: _("Not begun yet"),
    Standing.NOT_LISTED: _("Interrupted"),
    Standing.ACCOUNT_SHUT: _("Interrupted"),
    Standing.SUSPENDED: _("Interrupted"),
    Standing.ENDED: _("Ended"),
}


def register_sections() -> None:
    """From `AppConfig.ready`."""
    register_section("directory_records", title=_("My data in the directory"), rows=_records, names=NAMES)
    register_section("declarations_made", title=_("Secretaries you declared"), rows=_declarations_made, names=NAMES)
    register_section("mandates_given", title=_("Mandates you gave"), rows=_mandates_given, names=NAMES)
    register_section("declarations_of_you", title=_("Declarations of you"), rows=_declarations_of_you, names=NAMES)
    register_section("mandates_held", title=_("My mandates"), rows=_mandates_held, names=NAMES)


def _records(account: Account) -> Sequence[Row]:
    rows = ProfessionalRecord.objects.filter(professional__person=account.person_id).select_related("professional")
    return [
        {
            "provider_code": row.professional.provider_code,
            "title": row.title,
            "profession": row.profession_id,
            "specialities": ", ".join(row.specialities),
            "languages": ", ".join(row.languages),
            "listed": row.listed,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }
        for row in rows.order_by("valid_from")
    ]


def _declarations_made(account: Account) -> Sequence[Row]:
    """Neither matricule nor address: those are the secretary's, and any door asks for a copy (GDPR art. 15, par. 4)."""
    made = Declaration.objects.filter(professional__person=account.person_id)
    return [_declaration(row) for row in made.order_by("created_at")]


def _declarations_of_you(account: Account) -> Sequence[Row]:
    hashes = keyed_hashes(str(account.person.matricule), purpose="declaration.matricule")
    found = Declaration.objects.filter(Q(matricule_hash__in=hashes) | Q(account=account))
    return [
        {"professional": professional_name(row.professional_id), "email": row.email, **_declaration(row)}
        for row in found.order_by("created_at")
    ]


def _declaration(row: Declaration) -> Row:
    return {
        "family_name": row.family_name,
        "given_names": row.given_names,
        "functions": ", ".join(str(MandateFunction(one).label) for one in row.functions),
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "state": str(row.get_state_display()),
        "created_at": row.created_at,
        "ended_at": row.ended_at,
    }


def _mandates_given(account: Account) -> Sequence[Row]:
    professional = ProfessionalRecord.objects.filter(professional__person=account.person_id).first()
    return [] if professional is None else [_mandate(one) for one in mandates_given(professional.professional_id)]


def _mandates_held(account: Account) -> Sequence[Row]:
    return [_mandate(one) for one in mandates_held(account)]


def _mandate(one: MandateFacts) -> Row:
    return {
        "who": one.who,
        "places": ", ".join(one.places),
        "functions": ", ".join(one.functions),
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "confirmed_until": one.confirmed_until,
        "standing": str(STANDINGS[one.standing]),
        "end_reason": one.end_reason,
    }
