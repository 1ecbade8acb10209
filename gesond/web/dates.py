"""Dates and times as people read them: « 25 mars 2020 », « 25 mars 2020 à 14:05 »."""

from datetime import date, datetime
from functools import cache

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext


def day(value: date | datetime) -> str:
    """`25 mars 2020`; a moment's day is the one it has in Luxembourg."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    language = str(get_language())
    return f"{_number(value.day, language)} {_month_name(value.month, language)} {value.year}"


def moment(value: datetime) -> str:
    """`25 mars 2020 à 14:05`, in Luxembourg's time; say so once on a page that shows it."""
    return gettext("%(day)s at %(time)s") % {"day": day(value), "time": f"{timezone.localtime(value):%H:%M}"}


def _number(number: int, language: str) -> str:
    # Only the first of a month is an ordinal in French: « 1er juillet 2024 ». English as in Europe: the day first.
    if language == "fr" and number == 1:
        return "1er"
    return f"{number}." if language == "de" else str(number)


@cache
def _month_name(number: int, language: str) -> str:
    """In `language`, the current one. Django's formats read it and the whole pattern again for each date of a list."""
    return str(MONTHS[number])


def clock(value: datetime) -> str:
    """`14:05`, in Luxembourg's time."""
    return f"{timezone.localtime(value):%H:%M}"


def month(value: date) -> str:
    """`Juillet 2024`: a heading, or the date of a guide (S2-46)."""
    return str(capfirst(date_format(value, "F Y")))
