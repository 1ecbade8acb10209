"""Why a check is refused or accepted, in words: the list a member of staff chooses from."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

OTHER = "other"

# Read by the applicant, followed by what the member of staff adds.
REFUSED: dict[str, str | Promise] = {
    "names_differ": _("According to what we have, the two names are not those of one person."),
    "birth_date_differs": _("The two dates of birth are not the same."),
    "not_own_device": _("The LuxTrust device appears to be another person's: use your own."),
    "declaration_wrong": _("The declaration holds an error: ask the professional who made it for a new one."),
    "documents_missing": _("We did not receive the document that we asked for."),
    "documents_unreadable": _("We could not read the document that you sent."),
    "documents_do_not_prove": _("The document that you sent does not explain the difference."),
    OTHER: _("For another reason:"),
}
# Kept for colleagues and auditors; the applicant's account is open, and needs no reason.
ACCEPTED: dict[str, str | Promise] = {
    "spelling": _("The same name in another spelling"),
    "married_name": _("A name by marriage"),
    "documents_prove": _("The documents explain the difference"),
    "registry_confirms": _("The registry confirms it"),
    OTHER: _("Another reason, in the note"),
}


def reason_text(code: str, words: str, *, language: str) -> str:
    """What the applicant reads of a refusal, in their language."""
    with override(language):
        listed = str(REFUSED[code])
    return f"{listed} {words}".strip()


def reason_label(code: str, *, accepted: bool) -> str | Promise:
    """A reason as the desk shows it."""
    return (ACCEPTED if accepted else REFUSED).get(code, code)
