"""Answers ready made, for what is asked every day: a beginning that staff read through and complete.

Their texts are translated; `ready_text` gives one in the language of the request.
"""

from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ReadyAnswer:
    slug: str
    title: str | Promise
    text: str | Promise


READY_ANSWERS = (
    ReadyAnswer(
        "new-letter",
        _("A new activation letter is on its way"),
        _(
            "Hello,\n\nWe are sending you a new letter with an activation code. It reaches you by post, at the "
            "address of the national registry, within a few working days. The code of an earlier letter no longer "
            "works.\n\nKind regards\nThe eSanté helpdesk"
        ),
    ),
    ReadyAnswer(
        "address",
        _("The address in the registry has to be corrected"),
        _(
            "Hello,\n\nOur letters go to the address of the national registry. If it is not yours any more, "
            "please declare your new one at your municipality; then tell us here, and we send a new letter."
            "\n\nKind regards\nThe eSanté helpdesk"
        ),
    ),
    ReadyAnswer(
        "password",
        _("Choosing a new password"),
        _(
            "Hello,\n\nYou can choose a new password yourself: on the sign-in page, choose “Forgotten password?”, "
            "then follow the link that you receive. We can neither see nor set your password."
            "\n\nKind regards\nThe eSanté helpdesk"
        ),
    ),
    ReadyAnswer(
        "code-not-received",
        _("The one-time code does not arrive"),
        _(
            "Hello,\n\nPlease check that your telephone has a signal, or look into the folder of unwanted e-mails. "
            "You can ask for another code on the same page, or choose the other channel. If your number or your "
            "address has changed and you cannot sign in any more, tell us here.\n\nKind regards\nThe eSanté helpdesk"
        ),
    ),
    ReadyAnswer(
        "luxtrust",
        _("Questions about the LuxTrust product itself"),
        _(
            "Hello,\n\nBlocking, replacing or renewing a LuxTrust product is done by LuxTrust itself. Once your "
            "product works again, you can sign in with it; until then your password and a one-time code remain."
            "\n\nKind regards\nThe eSanté helpdesk"
        ),
    ),
    ReadyAnswer(
        "more-details",
        _("We need more details"),
        _(
            "Hello,\n\nTo help you, we need to know a little more: what did you want to do, on which page, and "
            "which message did you see? Please send us no password, no code and no medical detail."
            "\n\nKind regards\nThe eSanté helpdesk"
        ),
    ),
)


def ready_text(slug: str, language: str) -> str:
    """The text of an answer in `language`; empty when there is none of that name."""
    with translation.override(language):
        return next((str(one.text) for one in READY_ANSWERS if one.slug == slug), "")
