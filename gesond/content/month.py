"""A month as a heading: « Juillet 2024 »."""

from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst


def month(day: date) -> str:
    """In the active language, with a capital."""
    return str(capfirst(date_format(day, "F Y")))
