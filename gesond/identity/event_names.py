"""What journal events are called on the page that shows a person their own activity."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENT_NAMES: dict[str, Promise | str] = {
    "account.opened": _("Account opened"),
    "channel.change_started": _("Change of telephone number or e-mail address asked for"),
    "channel.change_abandoned": _("Change of telephone number or e-mail address given up"),
    "channel.changed": _("Telephone number or e-mail address changed"),
    "channel.removed": _("Telephone number or e-mail address removed"),
    "channel.objected": _("Objection to a change: it was undone"),
    "channel.code_channel_chosen": _("Other channel chosen for one-time codes"),
    "code.wrong": _("Wrong code typed"),
    "data_export.asked": _("Copy of your data asked for"),
    "data_export.made": _("Copy of your data made"),
    "data_export.downloaded": _("Copy of your data downloaded"),
    "data_export.deleted": _("Copy of your data deleted"),
    "device.signed_out": _("Device signed out"),
    "device.others_signed_out": _("Other devices signed out"),
    "language.chosen": _("Language changed"),
    "notifications.chosen": _("Notifications changed"),
    "passkey.added": _("Passkey added"),
    "passkey.renamed": _("Passkey renamed"),
    "passkey.removed": _("Passkey removed"),
    "passkey.used": _("Passkey used"),
    "passkey.copy_suspected": _("Passkey refused: it may have been copied"),
    "password.set": _("Password chosen"),
    "password.changed": _("Password changed"),
    "proof.given": _("Identity confirmed again"),
    "proof.wrong": _("Identity not confirmed: wrong answer"),
    "recovery.made": _("Recovery codes made"),
    "recovery.used": _("Recovery code used"),
    "password.reset": _("Forgotten password replaced"),
    "password_reset.asked": _("Forgotten password: link asked for"),
    "password_reset.wrong_matricule": _("Forgotten password: wrong matricule typed"),
    "sign_in.succeeded": _("Signed in"),
    "sign_in.ended": _("Signed out"),
    "sign_in.failed": _("Wrong password typed"),
    "sign_in.refused": _("Sign-in refused: the account is not open"),
    "terms.accepted": _("Terms of use accepted"),
    "totp.added": _("Authenticator app added"),
    "totp.removed": _("Authenticator app removed"),
}


def event_name(event: str) -> Promise | str:
    """In words; an event that has none keeps its technical name."""
    return EVENT_NAMES.get(event, event)
