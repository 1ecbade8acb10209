"""The guides: S2-11, S2-46."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from gesond.content.models.content import Content


class Guide(Content):
    """One version of a guide: « Version 4.1 / Juillet 2024 ». The newest that is published is the one shown."""

    kind: ClassVar[str] = "guide"

    slug = models.SlugField(max_length=60)
    number = models.CharField(max_length=10)
    dated = models.DateField()
    position = models.PositiveSmallIntegerField(default=100)

    class Meta(Content.Meta):
        constraints = [
            *Content.Meta.constraints,
            models.UniqueConstraint(fields=["slug", "number"], name="guide_has_each_version_once"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]+(\.[0-9]+)*$"), name="guide_is_numbered_with_digits_and_points"
            ),
        ]

    def __str__(self) -> str:
        return f"guide {self.slug} {self.number}"
