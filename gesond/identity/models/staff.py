"""Who works at the agency's desk."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gesond.identity.models.account import Account


class Role(models.TextChoices):
    """What a member of staff may do; one person may have several."""

    REGISTRY = "registry", _("Registry")
    LETTERS = "letters", _("Letters")
    HELPDESK = "helpdesk", _("Helpdesk")
    IDENTITY_CHECKS = "identity_checks", _("Identity checks")
    CONTENT = "content", _("Contents")
    SECURITY = "security", _("Security")


class StaffMember(models.Model):
    """An account that may enter the desk. It ends, and is never deleted: the journal names it."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="staff_member")
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list)
    named_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(roles__contained_by=Role.values), name="staff_member_has_known_roles"),
        ]

    def __str__(self) -> str:
        return f"staff member {self.pk}"
