"""« Télécharger mes données »: what was asked for, made, kept for a week and deleted."""

import uuid

from django.db import models
from django.db.models import Q

from gesond.identity.models.account import Account


class DataExport(models.Model):
    """One copy of a person's data, stored encrypted under `stored_as` while it is READY."""

    class State(models.TextChoices):
        ASKED = "asked"
        READY = "ready"
        FAILED = "failed"
        DELETED = "deleted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="data_exports")
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)
    kept_until = models.DateTimeField(null=True)
    stored_as = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="asked"), name="data_export_one_at_a_time"),
            models.CheckConstraint(
                condition=(Q(state="ready") & ~Q(stored_as="") & Q(ready_at__isnull=False, kept_until__isnull=False))
                | (~Q(state="ready") & Q(stored_as="")),
                name="data_export_ready_is_stored",
            ),
        ]
        indexes = [models.Index(fields=["state", "kept_until"], name="data_export_due")]

    def __str__(self) -> str:
        return f"data of account {self.account_id} ({self.state})"
