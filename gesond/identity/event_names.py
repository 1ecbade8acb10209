"""What journal events are called on the page that shows a person their own activity."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from gesond.identity.models import LookReason
from gesond.kernel.models import JournalEntry

LOOKED_AT = "person.looked_at"
# How looks at the counter were called once; the journal keeps them.
LOOKED_UP = "person.looked_up"

EVENT_NAMES: dict[str, Promise | str] = {
    "account.closed": _("Account closed by the agency"),
    "account.door_opened": _("Further access opened in the account"),
    "account.opened": _("Account opened"),
    "account.reopened": _("Account opened again by the agency"),
    "account.signed_out": _("All devices signed out by the agency"),
    "account.suspended": _("Account suspended by the agency"),
    "activation.begun": _("Activation begun with the letter's code"),
    "activation.data_confirmed": _("Data of the directory checked"),
    "activation.finished": _("Activation finished"),
    "activation.password_chosen": _("Password chosen"),
    "activation.refused": _("Activation code refused"),
    "activation.resumed": _("Activation resumed with the letter's code"),
    "assisted_activation.begun": _("Activation with the helpdesk: link opened"),
    "assisted_activation.cancelled": _("Activation with the helpdesk ended without an account"),
    "assisted_activation.link_sent": _("Activation with the helpdesk: link sent or shown"),
    "assisted_activation.offered": _("Activation with the helpdesk begun"),
    "assisted_activation.opened": _("Account opened with the helpdesk"),
    "assisted_activation.wrong_try": _("Activation with the helpdesk: wrong matricule typed"),
    "channel.change_abandoned": _("Change of telephone number or e-mail address given up"),
    "channel.change_started": _("Change of telephone number or e-mail address asked for"),
    "channel.changed": _("Telephone number or e-mail address changed"),
    "channel.code_channel_chosen": _("Other channel chosen for one-time codes"),
    "channel.objected": _("Objection to a change: it was undone"),
    "channel.removed": _("Telephone number or e-mail address removed"),
    "code.confirmed": _("One-time code confirmed"),
    "code.sent": _("One-time code sent"),
    "code.wrong": _("Wrong code typed"),
    "data_export.asked": _("Copy of your data asked for"),
    "data_export.deleted": _("Copy of your data deleted"),
    "data_export.downloaded": _("Copy of your data downloaded"),
    "data_export.failed": _("Copy of your data could not be made"),
    "data_export.made": _("Copy of your data made"),
    "declaration.exhausted": _("Declaration of a secretary ended by wrong matricules"),
    "declaration.expired": _("Declaration of a secretary expired"),
    "declaration.link_sent": _("Another link sent to a declared secretary"),
    "declaration.made": _("Secretary declared"),
    "declaration.withdrawn": _("Declaration of a secretary withdrawn"),
    "device.others_signed_out": _("Other devices signed out"),
    "device.signed_out": _("Device signed out"),
    "identity_check.accepted": _("Identity check: accepted"),
    "identity_check.appealed": _("Identity check: appeal"),
    "identity_check.evidence_added": _("Identity check: document added"),
    "identity_check.evidence_asked": _("Identity check: document asked for"),
    "identity_check.evidence_deleted": _("Identity check: documents deleted"),
    "identity_check.evidence_seen": _("Identity check: document opened by our identity team"),
    "identity_check.opened": _("Identity check begun"),
    "identity_check.opinion_given": _("Identity check: first opinion given"),
    "identity_check.refused": _("Identity check: refused"),
    "identity_check.released": _("Identity check: handed back"),
    "identity_check.searched": _("Identity check: looked for by our identity team"),
    "identity_check.seen": _("Identity check: opened by our identity team"),
    "identity_check.taken": _("Identity check: taken up"),
    "identity_check.withdrawn": _("Identity check: withdrawn"),
    "language.chosen": _("Language changed"),
    "letter.issued": _("Letter with an activation code issued"),
    "luxtrust.associated": _("LuxTrust product associated"),
    "luxtrust.refused": _("LuxTrust product refused: it is another person's"),
    "luxtrust.removed": _("LuxTrust product deleted"),
    "luxtrust.renamed": _("LuxTrust product renamed"),
    "luxtrust.used": _("LuxTrust product used"),
    "mandate.begun": _("Secretary's mandate begun"),
    "mandate.changed": _("Secretary's mandate changed"),
    "mandate.confirmed": _("Secretary's mandate confirmed"),
    "mandate.ended": _("Secretary's mandate ended"),
    "mandate.given_up": _("Secretary's mandate given up"),
    "mandate.lapsed": _("Secretary's mandate suspended: not confirmed"),
    "mandate.resumed": _("Secretary's mandate resumed"),
    "mandate.suspended": _("Secretary's mandate suspended"),
    "notice.printed": _("Letter about your account printed"),
    "notifications.chosen": _("Notifications changed"),
    "passkey.added": _("Passkey added"),
    "passkey.copy_suspected": _("Passkey refused: it may have been copied"),
    "passkey.removed": _("Passkey removed"),
    "passkey.renamed": _("Passkey renamed"),
    "passkey.used": _("Passkey used"),
    "password.changed": _("Password changed"),
    "password.reset": _("Forgotten password replaced"),
    "password.set": _("Password chosen"),
    "password_reset.asked": _("Forgotten password: link asked for"),
    "password_reset.wrong_matricule": _("Forgotten password: wrong matricule typed"),
    "poll.answered": _("Poll answered"),
    LOOKED_AT: _("Your data were read by the agency"),
    LOOKED_UP: _("Your data were read by the agency"),
    "person.added_by_check": _("Entered in the registry after an identity check"),
    "proof.given": _("Identity confirmed again"),
    "proof.wrong": _("Identity not confirmed: wrong answer"),
    "recovery.made": _("Recovery codes made"),
    "recovery.used": _("Recovery code used"),
    "sign_in.ended": _("Signed out"),
    "sign_in.failed": _("Wrong password typed"),
    "sign_in.refused": _("Sign-in refused: the account is not open"),
    "sign_in.succeeded": _("Signed in"),
    "staff.ended": _("Access to the agency's desk ended"),
    "staff.named": _("Access to the agency's desk given"),
    "staff.roles_changed": _("Roles at the agency's desk changed"),
    "terms.accepted": _("Terms of use accepted"),
    "totp.added": _("Authenticator app added"),
    "totp.removed": _("Authenticator app removed"),
}

# Said by what follows it: a sign-in, a change. Left out where only the latest is shown.
REPEATING = {"code.confirmed", "activation.resumed"}


def event_name(event: str) -> Promise | str:
    """In words; an event that has none keeps its technical name."""
    return EVENT_NAMES.get(event, event)


def entry_name(entry: JournalEntry) -> Promise | str:
    """As `event_name`; of a look at the person's data, with the reason stated: it is theirs to know."""
    if entry.event not in (LOOKED_AT, LOOKED_UP):
        return event_name(entry.event)
    reason = dict(LookReason.choices).get(entry.details.get("reason", ""), "")
    return format_lazy(_("Your data were read by the agency; reason: {reason}"), reason=reason)
