"""Now. One place, so that a test can travel and a caller need not think about zones."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return timezone.now()
