"""What a secretary may do for a professional, where, and from when to when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gesond.directory.models.declaration import Declaration, MandateFunction
from gesond.directory.models.establishment import Establishment
from gesond.directory.models.professional import Professional
from gesond.identity.models import Account


class Mandate(models.Model):
    """A secretary serves a professional. All days are included; whether it is in force is asked of its days
    and of its professional (`rules.in_force_today`), so that no job has to run for a right to end.
    """

    class EndReason(models.TextChoices):
        BY_PROFESSIONAL = "by_professional", _("Ended by the professional")
        GIVEN_UP = "given_up", _("Given up by the secretary")
        ITS_DAY = "its_day", _("Its last day has passed")
        REPLACED = "replaced", _("Replaced by a new declaration")
        DECEASED = "deceased", _("One of the two has died")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="mandates")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="mandates")
    declaration = models.OneToOneField(Declaration, on_delete=models.PROTECT, related_name="mandate")
    establishments = models.ManyToManyField(Establishment, related_name="+")
    functions = ArrayField(models.CharField(max_length=12, choices=MandateFunction))
    valid_from = models.DateField()
    valid_to = models.DateField()
    # The professional says every three months that it still stands; the day after, it is suspended by itself.
    confirmed_until = models.DateField()
    # When the job told of that.
    lapse_told_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=16, choices=EndReason, blank=True)
    ended_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "professional"], condition=Q(ended_at__isnull=True), name="mandate_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="mandate_ends_later"),
            models.CheckConstraint(
                condition=Q(functions__len__gt=0, functions__contained_by=MandateFunction.values),
                name="mandate_has_known_functions",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="mandate_ended_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["valid_to"], condition=Q(ended_at__isnull=True), name="mandate_to_end"),
            models.Index(fields=["confirmed_until"], condition=Q(ended_at__isnull=True), name="mandate_to_confirm"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}"
