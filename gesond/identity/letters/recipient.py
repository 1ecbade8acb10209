"""What is the recipient's own in a letter: the address in the window, the code, the dates."""

import textwrap
from datetime import date, datetime
from typing import Any

from babel import Locale
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gesond.identity.credentials.activation_codes import ActivationCodeText
from gesond.identity.models.person import Person
from gesond.web.dates import day

HOME_COUNTRY = "LU"
# Type size in points, the characters of a line and the lines that the window then holds.
WINDOW_SIZES = ((11.0, 40, 6), (9.5, 46, 7), (8.0, 56, 9), (6.5, 62, 12))
MAJORITY = 18


def letter_data(
    person: Person, *, code: ActivationCodeText, reference: str, issued_at: datetime, expires_at: datetime
) -> dict[str, Any]:
    """What `activation.typ` needs beside `letter_words`."""
    today = timezone.localdate(issued_at)
    with translation.override(person.language):
        address, size = fit_in_window(address_lines(person, today))
        until = _("Valid until %(date)s") % {"date": day(expires_at)}
        facts = [(_("Date"), day(today)), (_("Our reference"), reference)]
    return {"code": code.formatted, "address": address, "address_size": size, "facts": facts, "valid_until": until}


def address_lines(person: Person, today: date) -> list[str]:
    """The postal address in the active language, as the post wants it: the country in French capitals, abroad only."""
    where: dict[str, Any] = person.address or {}
    place = f"{where['postal_code']} {where['city']}".strip()
    lines = [person.full_name, *where["lines"], place]
    if is_minor(person, today):
        lines.insert(0, _("To the legal representatives of"))
    if where["country"] != HOME_COUNTRY:
        lines.append(str(Locale("fr").territories[where["country"]]).upper())
    return lines


def fit_in_window(lines: list[str]) -> tuple[list[str], float]:
    """The lines folded, and the largest type size at which all fit. Beyond that the middle goes, not the town."""
    for size, width, most in WINDOW_SIZES:
        folded = [part for line in lines for part in textwrap.wrap(line, width)]
        if len(folded) <= most:
            return folded, size
    return folded[: most - 2] + folded[-2:], size


def is_minor(person: Person, today: date) -> bool:
    """Under 18 on that day. An unknown month or day counts as the year's last: who may be a minor is taken for one."""
    birthday = (person.birth_month or 12, person.birth_day or 31)
    age = today.year - person.birth_year - ((today.month, today.day) < birthday)
    return age < MAJORITY
