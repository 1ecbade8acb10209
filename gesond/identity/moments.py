"""Instants as people read them."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _


def day_and_time(at: datetime) -> str:
    """« 25 mars 2020 à 17:10 », Luxembourg time, in the current language."""
    local = localtime(at)
    return _("%(day)s at %(time)s") % {"day": date_format(local, "j F Y"), "time": local.strftime("%H:%M")}
