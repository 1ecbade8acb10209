"""Who works where, from when to when."""

from django.db import models
from django.db.models import Q

from gesond.directory.models.establishment import Establishment
from gesond.directory.models.periods import Period, never_twice
from gesond.directory.models.professional import Professional


class Practice(Period):
    """A professional works at an establishment during one period.

    A change of what it says (its telephone) ends the row and begins another: whoever means « this professional's
    practice at this place » for longer refers to the establishment.
    """

    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="practices")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="practices")
    phone = models.CharField(max_length=20, blank=True)  # E.164; empty: the establishment's
    is_main = models.BooleanField(default=False)

    class Meta(Period.Meta):
        constraints = [
            *Period.Meta.constraints,
            never_twice("practice_never_twice", "professional_id", "establishment_id"),
            # At the end of the transaction: an import may move the flag from one row to another.
            never_twice("practice_one_main", "professional_id", condition=Q(is_main=True), deferred=True),
        ]

    def __str__(self) -> str:
        return f"practice {self.pk} of professional {self.professional_id}"
