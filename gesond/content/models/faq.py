"""Questions often asked, and their answers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gesond.content.models.content import Content


class Topic(models.TextChoices):
    """What the page groups the questions by, in this order."""

    ACTIVATION = "activation", _("Opening the account")
    SIGN_IN = "sign-in", _("Signing in")
    ACCOUNT = "account", _("Looking after the account")
    CHILDREN = "children", _("Children")
    PROFESSIONALS = "professionals", _("Health professionals and their secretaries")
    PRIVACY = "privacy", _("Your data")


class FaqEntry(Content):
    """The title is the question, the body the answer."""

    kind: ClassVar[str] = "faq"
    text_names: ClassVar[tuple[str, ...]] = ("title", "body")

    topic = models.CharField(max_length=20, choices=Topic)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta(Content.Meta):
        constraints = [
            *Content.Meta.constraints,
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="faq_entry_has_a_known_topic"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"
