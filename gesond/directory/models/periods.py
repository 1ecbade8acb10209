"""Facts that hold from a day up to, and without, another: `[valid_from, valid_to)`. No end: null."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.utils import timezone

from gesond.kernel.clock import now


class Period(models.Model):
    """What every effective-dated table has."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="%(class)s_ends_later"
            )
        ]

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def today() -> date:
    """The day it is in the time zone of the site."""
    return timezone.localdate(now())


def in_force(on: date | None = None, prefix: str = "") -> Q:
    """What holds on a day (today without one). `prefix`: the way to the table, as in `establishment__records__`."""
    day = on or today()
    begun = Q(**{f"{prefix}valid_from__lte": day})
    return begun & (Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": day}))


def never_twice(name: str, *whose: str, condition: Q | None = None, deferred: bool = False) -> ExclusionConstraint:
    """No two rows of the same `whose` (names of number columns) hold on one day.

    A range of one number stands for equality, which needs no extension of PostgreSQL. `deferred`: looked at when the
    transaction ends.
    """
    same = [(Func(F(one), F(one), Value("[]"), function="int8range"), RangeOperators.OVERLAPS) for one in whose]
    days = Func(F("valid_from"), F("valid_to"), function="daterange")
    return ExclusionConstraint(
        name=name,
        expressions=[*same, (days, RangeOperators.OVERLAPS)],
        condition=condition,
        deferrable=Deferrable.DEFERRED if deferred else None,
    )
