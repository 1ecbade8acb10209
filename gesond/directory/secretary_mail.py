"""What is written to secretaries and to the professionals who declare them. Called in the transaction of the change.

No message holds a matricule; none but the professional's own holds a name that was typed into a form.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from gesond.directory.models import Declaration, Mandate, ProfessionalRecord, in_force
from gesond.identity.models import Account
from gesond.notify.actions import queue_message
from gesond.web.dates import day


def professional_name(professional_id: int) -> str:
    """« Dr Anna Muster », as the directory has them today or had them last."""
    records = ProfessionalRecord.objects.select_related("professional__person").filter(professional=professional_id)
    record = records.filter(in_force()).first() or records.order_by("valid_from").last()
    return "" if record is None else f"{record.title} {record.professional.person.full_name}".strip()


def address(language: str, url_name: str, *args: Any) -> str:
    """An absolute address of a page; the site's own is the settings', never a header's."""
    with translation.override(language):
        return settings.ENVIRONMENT.base_url + reverse(url_name, args=args)


def write_link(declaration: Declaration, token: str) -> None:
    """The secretary's link (S3-03)."""
    with translation.override(declaration.language):
        context = {
            "professional": professional_name(declaration.professional_id),
            "link": address(declaration.language, "directory:secretary_link", token),
            "until": day(declaration.expires_at),
        }
    _to_secretary(declaration, "directory/secretary_link", context, expires_at=declaration.expires_at)


def write_withdrawn(declaration: Declaration) -> None:
    """To a secretary who had begun."""
    context = {"professional": professional_name(declaration.professional_id)}
    _to_secretary(declaration, "directory/secretary_withdrawn", context)


def write_account_open(declaration: Declaration, *, new: bool) -> None:
    """S3-14, S3-15: she can sign in with LuxTrust."""
    with translation.override(declaration.language):
        context = {
            "new": new,
            "professional": professional_name(declaration.professional_id),
            "first_day": day(declaration.valid_from),
            "last_day": day(declaration.valid_to),
            "sign_in": address(declaration.language, "identity:sign_in_professional"),
        }
    _to_secretary(declaration, "directory/secretary_account_open", context)


def write_identity_confirmed(declaration: Declaration, *, go_on: str) -> None:
    """To who won an appeal where the declaration itself opens nothing any more.

    `go_on`: `link` (another declaration's), `in_check` (that one is looked at), `account_open` (by that one), `over`.
    """
    context = {"professional": professional_name(declaration.professional_id), "go_on": go_on}
    _to_secretary(declaration, "directory/secretary_identity_confirmed", context)


def write_outcome(declaration: Declaration, outcome: str) -> None:
    """To the professional: `accepted`, `in_check`, `refused`, `exhausted`, `given_up`, `expired`, `joined`."""
    account = declaration.declared_by
    context = {
        "outcome": outcome,
        "name": declaration.name,  # to the one who typed it
        "page": address(account.language, "directory:secretaries"),
    }
    tell(account, "directory/declaration_outcome", context, reference=declaration.chain)


def write_mandate(
    mandate: Mandate, account: Account, event: str, *, dedupe_key: str | None = None, page: str = "directory:mandates"
) -> None:
    """To one of the two of a mandate: `event` names the sentence of `messages/mandate_notice/_what.jinja`."""
    with translation.override(account.language):
        context = {
            "event": event,
            "professional": professional_name(mandate.professional_id),
            "secretary": mandate.account.person.full_name,
            "last_day": day(mandate.valid_to),
            "confirm_by": day(mandate.confirmed_until),
            "page": address(account.language, page),
        }
    tell(account, "directory/mandate_notice", context, reference=f"mandate:{mandate.pk}", dedupe_key=dedupe_key)


def tell(
    account: Account, template: str, context: dict[str, Any], *, reference: str, dedupe_key: str | None = None
) -> None:
    """By e-mail, which has room for it; by SMS to who has no address."""
    channel, recipient = ("email", account.email) if account.email else ("sms", account.phone)
    queue_message(
        channel=channel,
        recipient=str(recipient),
        template=template,
        context=context,
        language=account.language,
        reference=reference,
        dedupe_key=dedupe_key,
    )


def _to_secretary(
    declaration: Declaration, template: str, context: dict[str, Any], *, expires_at: datetime | None = None
) -> None:
    queue_message(
        channel="email",
        recipient=str(declaration.email),
        template=template,
        context=context,
        language=declaration.language,
        reference=declaration.chain,
        expires_at=expires_at,
    )
