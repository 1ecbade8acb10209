"""Until when the helpdesk owes an answer: two working days."""

from datetime import datetime, timedelta

from django.utils.timezone import localtime

WORKING_DAYS = 2
SATURDAY = 5


def due_after(moment: datetime) -> datetime:
    """The same hour two working days later, in Luxembourg's time; Saturdays and Sundays do not count."""
    due, left = localtime(moment), WORKING_DAYS
    while left:
        due += timedelta(days=1)
        left -= due.weekday() < SATURDAY
    return due
