"""All that the platform holds about a person, for « Télécharger mes données »."""

from typing import Any

from gesond.identity.models import Account, Session, TermsAcceptance
from gesond.kernel.models import JournalEntry

JOURNAL_COLUMNS = ("at", "event", "actor", "on_behalf_of", "address", "details")


def personal_data(account: Account) -> dict[str, Any]:
    """Sections of plain values and of rows; dates are aware. No secret is among them: no hash, no key, no code."""
    return {
        "person": _person(account),
        "account": _account(account),
        "terms": list(
            TermsAcceptance.objects.filter(account=account)
            .order_by("accepted_at")
            .values("accepted_at", number=_version_number())
        ),
        "passkeys": list(account.passkeys.order_by("created_at").values("name", "created_at", "last_used_at")),
        "authenticator_app": list(
            account_totp.values("created_at", "confirmed_at") if (account_totp := _totp(account)) else []
        ),
        "devices": list(
            Session.objects.filter(account=account).order_by("-seen_at").values("device", "created_at", "seen_at")
        ),
        "channel_changes": _channel_changes(account),
        "journal": list(
            JournalEntry.objects.filter(chain=f"person:{account.person_id}")
            .order_by("sequence")
            .values(*JOURNAL_COLUMNS)
        ),
    }
