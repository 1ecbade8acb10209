"""Dates and times as people read them: « 25 mars 2020 », « 25 mars 2020 à 14:05 »."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

# English as in Europe; Django's own English puts the month first.
DAY_FORMATS = {"fr": "j F Y", "de": "j. F Y", "en": "j F Y"}


def day(value: date | datetime) -> str:
    """`25 mars 2020`; a moment's day is the one it has in Luxembourg."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    written = date_format(value, DAY_FORMATS.get(get_language() or "", "j F Y"))
    # Only the first of a month is an ordinal in French: « 1er juillet 2024 ».
    return f"1er{written[1:]}" if get_language() == "fr" and value.day == 1 else written


def moment(value: datetime) -> str:
    """`25 mars 2020 à 14:05`, in Luxembourg's time; say so once on a page that shows it."""
    return gettext("%(day)s at %(time)s") % {"day": day(value), "time": f"{timezone.localtime(value):%H:%M}"}


def clock(value: datetime) -> str:
    """`14:05`, in Luxembourg's time."""
    return f"{timezone.localtime(value):%H:%M}"


def month(value: date) -> str:
    """`Juillet 2024`: a heading, or the date of a guide (S2-46)."""
    return str(capfirst(date_format(value, "F Y")))
