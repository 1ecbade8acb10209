"""What the activation letter says, in one language, at one door. The same for every letter of a batch."""

import io
from typing import Any

import segno
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from gesond.identity.models.account import Door

# The agency's own name and address (S1-30): names are not translated.
SENDER = "Agence eSanté G.I.E."
SENDER_SHORT = "Agence eSanté"
RETURN_ADDRESS = "Agence eSanté G.I.E. · B.P. 2511 · L-1025 Luxembourg"
IMPRINT = "Agence eSanté G.I.E., B.P. 2511 L-1025 Luxembourg · www.esante.lu"
QR_COLOUR = "#0b4a59"
# Below the language's own path.
PAGES = {Door.PATIENT.value: "activation/", Door.PROFESSIONAL.value: "professional/activation/"}


def letter_words(language: str, door: str = Door.PATIENT) -> dict[str, Any]:
    """Everything but what is the recipient's own: `words`, `steps`, `qr`, `address_shown`, `language`."""
    address = activation_address(language, door)
    professional = door == Door.PROFESSIONAL
    with translation.override(language):
        return {
            "language": language,
            "words": {**_words(), **(_professional_words() if professional else _patient_words())},
            "steps": _professional_steps() if professional else _patient_steps(),
            "address_shown": address.removeprefix("https://"),
            "qr": _qr(address),
        }


def activation_address(language: str, door: str = Door.PATIENT) -> str:
    """Where the letter sends its reader. The code is not in it: an address ends in histories and logs."""
    return f"{settings.ENVIRONMENT.base_url}/{language}/{PAGES[door]}"


def _words() -> dict[str, str]:
    phone, email = settings.ENVIRONMENT.helpdesk_phone, settings.ENVIRONMENT.helpdesk_email
    return {
        "sender": SENDER,
        "sender_short": SENDER_SHORT,
        "sender_claim": _("National agency for shared information in health"),
        "return_address": RETURN_ADDRESS,
        "imprint": IMPRINT,
        "help": f"{phone} · {email}",
        "greeting": _("Dear Sir or Madam,"),
        "code_label": _("Your activation code"),
        "qr_alt": _("QR code that opens the activation page"),
        "steps_title": _("Open your account in five steps"),
        "steps_introduction": _("Scan the QR code with your telephone, or go to this address:"),
        "warning_title": _("Never give this code to anybody."),
        "warning": _(
            "Neither the Agence eSanté nor your doctor nor a bank will ever ask you for it, be it by telephone, "
            "e-mail or SMS."
        ),
        "lost": _(
            "The code can be used once only. If it has expired, or if you have lost this letter or need help, contact "
            "our helpdesk: %(phone)s or %(email)s."
        )
        % {"phone": phone, "email": email},
        "closing": _("Your Agence eSanté"),
    }


def _patient_words() -> dict[str, str]:
    return {
        "subject": _("Your code to activate your eSanté account"),
        "introduction": _(
            "With the code below you can open your eSanté account. It gives you access to your shared care record "
            "(DSP) and to the other online health services."
        ),
    }


def _professional_words() -> dict[str, str]:
    return {
        "subject": _("Your code to activate your professional eSanté account"),
        "introduction": _(
            "With the code below, and a LuxTrust product of your own, you can open your eSanté account as a health "
            "professional. It gives you access to the eSanté services, the DSP of your patients in particular."
        ),
    }


def _professional_steps() -> list[tuple[str, str]]:
    """S1-04: the five names, as the stepper on the screen shows them."""
    return [
        (_("Associate a LuxTrust product"), _("sign in with your Token, Smartcard, LuxTrust Mobile or identity card.")),
        (_("Activation code"), _("enter your matricule (11 or 13 digits) and the code above.")),
        (_("Personal information"), _("check what the directory of health professionals says of you.")),
        (_("Securing the account"), _("choose your mobile or your e-mail, and enter the code you receive there.")),
        (_("Confirmation"), _("your account is open.")),
    ]


def _patient_steps() -> list[tuple[str, str]]:
    """S2-13: the five names, as the stepper on the screen shows them."""
    return [
        (_("Activation code"), _("enter your matricule (11 or 13 digits) and the code above.")),
        (_("Password"), _("choose one of at least 8 characters, with a letter and a digit.")),
        (_("Securing your account"), _("choose your mobile or your e-mail, and enter the code you receive there.")),
        (_("Other means of authentication"), _("add a LuxTrust product if you wish; it is optional.")),
        (_("Confirmation"), _("your account is open.")),
    ]


def _qr(address: str) -> str:
    drawing = io.BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", border=0, dark=QR_COLOUR, xmldecl=False)
    return drawing.getvalue().decode()
