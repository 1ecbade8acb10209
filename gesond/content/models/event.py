"""The calendar of events: S1-25, S1-28."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from gesond.content.models.content import Content
from gesond.kernel.clock import now


class Event(Content):
    """What takes place somewhere, from a moment to a moment. What was announced and is off stays, and says so."""

    kind: ClassVar[str] = "event"
    text_names: ClassVar[tuple[str, ...]] = ("title", "summary", "body", "place")

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    called_off = models.BooleanField(default=False)
    # Whether those who left their box ticked are told (S1-25).
    announced = models.BooleanField(default=True)
    # What calendars know it by, for ever; and how often it changed since (RFC 5545 3.8.4.7, 3.8.7.4).
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)

    class Meta(Content.Meta):
        constraints = [
            *Content.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="event_ends_after_it_starts"),
        ]
        indexes = [*Content.Meta.indexes, models.Index(fields=["starts_at"], name="event_by_start")]

    def __str__(self) -> str:
        return f"event {self.pk}"

    @property
    def place(self) -> str:
        return self.text("place")

    def is_over(self, at: datetime | None = None) -> bool:
        return self.ends_at <= (at or now())
