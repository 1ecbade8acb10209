"""All that the platform holds about a person, for « Télécharger mes données » (GDPR article 15).

An app that holds more registers its section, from `AppConfig.ready`:

    register_section("mandates_held", title=_("My mandates"), rows=mandate_rows, names={"who": _("Who")})
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.functional import Promise

from gesond.identity.identity_checks.kinds import label_of
from gesond.identity.models import (
    Account,
    ChannelChange,
    IdentityCheck,
    IdentityEvidence,
    LetterRequest,
    LuxTrustProduct,
    StaffLook,
    StaffMember,
    TotpDevice,
)
from gesond.kernel.journal import VISITOR
from gesond.kernel.models import JournalEntry

Row = Mapping[str, object]
JOURNAL_COLUMNS = ("at", "event", "actor", "on_behalf_of", "address", "details")


@dataclass(frozen=True, kw_only=True)
class Section:
    """What another app holds: its rows for an account, and what those of their columns are called that are new."""

    title: Promise | str
    rows: Callable[[Account], Sequence[Row]]
    names: Mapping[str, Promise | str]


_sections: dict[str, Section] = {}


def register_section(
    slug: str,
    *,
    title: Promise | str,
    rows: Callable[[Account], Sequence[Row]],
    names: Mapping[str, Promise | str],
) -> None:
    """Add what an app holds about a person. No hash, key or code among it."""
    _sections[slug] = Section(title=title, rows=rows, names=names)


def registered_sections() -> Mapping[str, Section]:
    """What the apps above hold, by slug."""
    return _sections


def personal_data(account: Account) -> dict[str, Sequence[Row]]:
    """Rows by section; moments are aware. No secret is among them: no hash, no key, no code."""
    return {
        "person": [_person(account)],
        "account": [_account(account)],
        "terms": list(
            account.terms_acceptances.order_by("accepted_at").values("accepted_at", number=F("version__number"))
        ),
        "passkeys": list(account.passkeys.order_by("created_at").values("name", "created_at", "last_used_at")),
        "luxtrust_products": [_product(product) for product in account.luxtrust_products.order_by("added_at")],
        "authenticator_apps": list(TotpDevice.objects.filter(account=account).values("created_at", "confirmed_at")),
        "devices": list(account.sessions.order_by("-seen_at").values("device", "created_at", "seen_at")),
        "channel_changes": [_change(change) for change in account.channel_changes.order_by("started_at")],
        "data_exports": list(account.data_exports.order_by("asked_at").values("asked_at", "ready_at", "state")),
        "letters": list(
            account.person.activation_codes.order_by("issued_at").values("issued_at", "door", "expires_at", "state")
        ),
        "letter_requests": _letter_requests(account),
        "notices": list(
            account.person.posted_notices.order_by("happened_at").values("happened_at", "printed_at", about=F("kind"))
        ),
        "identity_checks": [_check(check) for check in account.person.identity_checks.order_by("opened_at")],
        "evidence": _evidence(account),
        "looks": [_look(look) for look in account.person.looked_at.order_by("began_at")],
        "desk": list(StaffMember.objects.filter(account=account).values("roles", "named_at", "ended_at")),
        **{slug: section.rows(account) for slug, section in _sections.items()},
        "journal": _journal(account),
    }


def _journal(account: Account) -> list[Row]:
    """Who did what, the person's own addresses and those of visitors; not from where staff, or a doctor, did it."""
    entries = JournalEntry.objects.filter(chain=f"person:{account.person_id}").order_by("sequence")
    shown = {f"account:{account.pk}", f"staff:{account.pk}", VISITOR.name}
    rows = entries.values(*JOURNAL_COLUMNS)
    return [row if row["actor"] in shown else {**row, "address": ""} for row in rows]


def _person(account: Account) -> Row:
    person = account.person
    return {
        "matricule": person.matricule,
        "family_name": person.family_name,
        "given_names": person.given_names,
        "birth_year": person.birth_year,
        "birth_month": person.birth_month,
        "birth_day": person.birth_day,
        "language": person.language,
        "address": person.address,
        "updated_at": person.updated_at,
    }


def _account(account: Account) -> Row:
    return {
        "state": account.state,
        "doors": ", ".join(account.doors),
        "opened_at": account.opened_at,
        "last_login": account.last_login,
        "language": account.language,
        "phone": account.phone,
        "email": account.email,
        "email_is_declared": account.email_is_declared,
        "code_channel": account.code_channel,
        "has_password": account.has_password(),
        "notify_events": account.notify_events,
        "notify_polls": account.notify_polls,
    }


def _product(product: LuxTrustProduct) -> Row:
    return {
        "name": product.name,
        "device": product.device,
        "serial_number": product.subject,
        "assurance": product.assurance,
        "created_at": product.added_at,
        "last_used_at": product.last_used_at,
    }


def _change(change: ChannelChange) -> Row:
    return {
        "channel": change.channel,
        "from": change.old_destination,
        "to": change.destination,
        "state": change.state,
        "started_at": change.started_at,
        "ended_at": change.ended_at,
    }


def _letter_requests(account: Account) -> Sequence[Row]:
    rows = LetterRequest.objects.filter(person=account.person_id).order_by("created_at")
    return list(rows.values("door", "state", asked_at=F("created_at")))


def _evidence(account: Account) -> Sequence[Row]:
    """The documents themselves are shown by nobody again: deleted some days after the last word."""
    rows = IdentityEvidence.objects.filter(check_proved__person=account.person_id).select_related("check_proved")
    return [
        {
            "number": row.check_proved.number,
            "document": str(row.get_document_display()),
            "file_name": row.file_name,
            "added_at": row.added_at,
            "deleted_at": row.deleted_at,
        }
        for row in rows.order_by("added_at")
    ]


def _look(look: StaffLook) -> Row:
    """Why and when the agency read the person's data; who did is the agency's to answer for."""
    return {"reason": str(look.get_reason_display()), "began_at": look.began_at, "ended_at": look.ends_at}


def _check(check: IdentityCheck) -> Row:
    return {
        "number": check.number,
        "about": str(label_of(check.kind)),
        "state": check.state,
        "opened_at": check.opened_at,
        "declared": check.declared,
        "proved": check.proved,
        "email": check.email,
        "decided_at": check.decided_at,
        "reason": check.reason,
        "appeal_reasons": check.appeal_reasons,
    }
