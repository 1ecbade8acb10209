"""Telling those who left their box ticked: S1-25 to S1-27."""

from django.db import models
from django.db.models import Q


class Announcement(models.Model):
    """One a published item, for ever: edited, withdrawn or published again, it is not announced a second time.

    `after_account` is how far the telling came, in the order of the accounts: one that was stopped goes on from there.
    """

    kind = models.CharField(max_length=10)
    item = models.BigIntegerField()
    after_account = models.BigIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "item"], name="announced_once"),
            models.CheckConstraint(condition=Q(kind__in=["event", "poll"]), name="announcement_of_event_or_poll"),
        ]

    def __str__(self) -> str:
        return f"announcement of {self.kind} {self.item}"
