"""Luxembourg's working days: Monday to Friday but for the eleven legal holidays (Code du travail, art. L. 232-2)."""

from datetime import date, datetime, timedelta

from django.utils import timezone

FIXED = {(1, 1), (5, 1), (5, 9), (6, 23), (8, 15), (11, 1), (12, 25), (12, 26)}
AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday
SATURDAY = 5


def working_days_after(moment: datetime, days: int) -> datetime:
    """The same time of day, `days` working days later (1 or more)."""
    local = timezone.localtime(moment)
    while days > 0:
        local += timedelta(days=1)
        days -= is_working_day(local.date())
    return local


def is_working_day(day: date) -> bool:
    """Whether the agency's desk is staffed."""
    if day.weekday() >= SATURDAY or (day.month, day.day) in FIXED:
        return False
    return (day - easter(day.year)).days not in AFTER_EASTER


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
