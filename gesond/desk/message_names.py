"""What a message is, in words: the outbox knows its template, a clerk does not."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MESSAGE_NAMES: dict[str, Promise] = {
    "content/event_published": _("News of an event"),
    "content/poll_published": _("News of a poll"),
    "directory/declaration_outcome": _("Outcome of a secretary's declaration"),
    "directory/mandate_notice": _("News of a secretary's mandate"),
    "directory/secretary_account_open": _("Secretary's account opened"),
    "directory/secretary_identity_confirmed": _("A secretary's identity was confirmed"),
    "directory/secretary_link": _("Link for a declared secretary"),
    "directory/secretary_withdrawn": _("Declaration of a secretary withdrawn"),
    "helpdesk/answered": _("Answer to a request for help"),
    "helpdesk/closed": _("Request for help closed"),
    "helpdesk/link": _("New link to a request for help"),
    "helpdesk/received": _("Receipt of a request for help"),
    "identity/account_notice": _("Change in an account"),
    "identity/account_opened": _("Account opened"),
    "identity/assisted_link": _("Link for an activation at the counter"),
    "identity/channel_announcement": _("Change of a telephone number or an address"),
    "identity/data_export_ready": _("Copy of one's data ready"),
    "identity/identity_check_appeal_received": _("Receipt of an appeal"),
    "identity/identity_check_evidence_asked": _("Document asked for"),
    "identity/identity_check_opened": _("Identity check begun"),
    "identity/identity_check_refused": _("Identity check refused"),
    "identity/new_sign_in": _("Sign-in with a new device"),
    "identity/objection_helpdesk": _("Objection to a change, for the helpdesk"),
    "identity/one_time_code": _("One-time code"),
    "identity/password_reset": _("Link for a forgotten password"),
    "notify/test_message": _("Test message"),
}


def message_name(template: str) -> str | Promise:
    """In words; a template that has none keeps its technical name."""
    return MESSAGE_NAMES.get(template, template)
