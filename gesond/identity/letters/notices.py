"""The letter that tells of an account opened with the helpdesk: its words, its data, its printing. No database."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gesond.identity.letters.recipient import address_lines, fit_in_window
from gesond.identity.letters.words import IMPRINT, RETURN_ADDRESS, SENDER, SENDER_SHORT
from gesond.identity.models.person import Person
from gesond.kernel.pdf import PdfError, PdfRenderer
from gesond.web.dates import day, moment

SOURCE = Path(__file__).with_name("notice.typ")


class NoticeError(ValueError):
    """It cannot be printed: no address, or a name without glyphs. The message says which and names nobody."""


def notice_pdf(person: Person, *, reference: str, happened_at: datetime, made_at: datetime) -> bytes:
    """The letter to `person`, in their language. Raises NoticeError."""
    if not person.address:
        raise NoticeError("no address")
    try:
        data = notice_data(person, reference=reference, happened_at=happened_at)
        return PdfRenderer(SOURCE).render(data, timestamp=made_at)
    except PdfError as error:
        raise NoticeError("a name that cannot be printed") from error


def notice_data(person: Person, *, reference: str, happened_at: datetime) -> dict[str, Any]:
    """What `notice.typ` reads."""
    today = timezone.localdate(happened_at)
    with translation.override(person.language):
        address, size = fit_in_window(address_lines(person, today))
        return {
            "language": person.language,
            "address": address,
            "address_size": size,
            "facts": [(_("Date"), day(today)), (_("Our reference"), reference)],
            "words": _words(),
            "paragraphs": _paragraphs(person, happened_at),
        }


def _paragraphs(person: Person, happened_at: datetime) -> list[str]:
    opened = _("On %(moment)s an eSanté account was opened for %(name)s, with the help of our helpdesk.")
    return [
        opened % {"moment": moment(timezone.localtime(happened_at)), "name": person.full_name},
        _(
            "A member of our staff checked an identity and gave a link in place of the code of a letter. They saw "
            "neither the password nor the one-time codes. Each step is written in the activity of the account."
        ),
    ]


def _words() -> dict[str, str]:
    phone, email = settings.ENVIRONMENT.helpdesk_phone, settings.ENVIRONMENT.helpdesk_email
    return {
        "sender": SENDER,
        "sender_short": SENDER_SHORT,
        "sender_claim": _("National agency for shared information in health"),
        "return_address": RETURN_ADDRESS,
        "imprint": IMPRINT,
        "help": f"{phone} · {email}",
        "subject": _("Your eSanté account was opened with our help"),
        "greeting": _("Dear Sir or Madam,"),
        "was_you_title": _("Was it you?"),
        "was_you": _("Then you need not do anything. Keep this letter if you wish; there is no code in it."),
        "not_you_title": _("Was it not you?"),
        "not_you": _(
            "Call us at once, even if in doubt: we close the account, look into what happened, and tell you who opened "
            "it and when."
        ),
        "warning": _("Nobody of the Agence eSanté will ever ask you for your password or for a code."),
        "closing": _("Your Agence eSanté"),
    }
