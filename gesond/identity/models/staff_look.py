"""A member of staff reads a person's data: why, and for how long."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gesond.identity.models.account import Account
from gesond.identity.models.person import Person


class LookReason(models.TextChoices):
    """Why the agency reads somebody's data; the person sees it in their activity."""

    PERSON_ASKED = "person_asked", _("The person contacted us")
    LETTER = "letter", _("A letter is issued or did not arrive")
    IDENTITY_CHECK = "identity_check", _("An identity is checked")
    REGISTRY_ERROR = "registry_error", _("An error in the registry is put right")
    SECURITY = "security", _("A security incident is examined")
    # Stated by the page of guided activations, never chosen from a list.
    COUNTER = "counter", _("Help with the activation, at the counter or on the telephone")


class StaffLook(models.Model):
    """Good for one member of staff and one person, until it ends. Told in the person's own chain of the journal."""

    staff = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="looks")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="looked_at")
    reason = models.CharField(max_length=20, choices=LookReason)
    reference = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("began_at")), name="staff_look_ends_later"),
            models.CheckConstraint(condition=Q(reason__in=LookReason.values), name="staff_look_says_why"),
        ]
        indexes = [models.Index(fields=["staff", "person", "-ends_at"], name="staff_look_held")]

    def __str__(self) -> str:
        return f"look {self.pk} of staff {self.staff_id}"
