"""Counters that slow down guessing."""

from django.db import models

from gesond.kernel.fields import KeyedHashField


class Throttle(models.Model):
    """How often something was tried from one source within a window. The source is kept only as a keyed hash."""

    source_hash = KeyedHashField(source="", purpose="throttle", primary_key=True)
    count = models.PositiveIntegerField()
    window_ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.window_ends_at}"
