"""What every kind of content has: texts in three languages, a state, a time to be seen."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gesond.kernel.clock import now

LANGUAGES = ("fr", "de", "en")
MAIN_LANGUAGE = "fr"
NO_TEXT = Value("", output_field=models.TextField())


class State(models.TextChoices):
    """What staff decided. Whether the public sees it follows from the clock: no job has to run for that."""

    DRAFT = "draft", _("Draft")
    RELEASED = "released", _("Released")  # to be seen from `publish_at` to `unpublish_at`
    ARCHIVED = "archived", _("Archived")


class Stage(models.TextChoices):
    """Where it stands now: the state and the clock together."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


def visible(at: datetime) -> Q:
    """Of those that the public may see at that moment."""
    return Q(state=State.RELEASED, publish_at__lte=at) & (Q(unpublish_at__isnull=True) | Q(unpublish_at__gt=at))


def in_stage(stage: str, at: datetime) -> Q:
    """Of those that stand there at that moment."""
    over = Q(state=State.RELEASED, unpublish_at__lte=at)
    return {
        Stage.DRAFT.value: Q(state=State.DRAFT),
        Stage.SCHEDULED.value: Q(state=State.RELEASED, publish_at__gt=at),
        Stage.PUBLISHED.value: visible(at),
        Stage.ARCHIVED.value: Q(state=State.ARCHIVED) | over,
    }[stage]


def stage_of(state: str, publish_at: datetime | None, unpublish_at: datetime | None, at: datetime) -> Stage:
    """Where a content with these values stands at that moment."""
    if state == State.DRAFT:
        return Stage.DRAFT
    if state == State.ARCHIVED or (unpublish_at and unpublish_at <= at):
        return Stage.ARCHIVED
    return Stage.PUBLISHED if publish_at and publish_at <= at else Stage.SCHEDULED


class Content(models.Model):
    """`texts`: language to `{"title", "summary", "body"}` and what a kind adds; French always, others if written."""

    kind: ClassVar[str]
    # What a translation holds; the French title alone is required.
    text_names: ClassVar[tuple[str, ...]] = ("title", "summary", "body")

    texts = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    publish_at = models.DateTimeField(null=True)
    unpublish_at = models.DateTimeField(null=True)
    # Counts the edits: who edits says which one they read.
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="released") | Q(publish_at__isnull=False), name="%(class)s_released_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(unpublish_at__isnull=True)
                | Q(publish_at__isnull=True)
                | Q(unpublish_at__gt=F("publish_at")),
                name="%(class)s_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=GreaterThan(Coalesce(KT("texts__fr__title"), NO_TEXT), NO_TEXT),
                name="%(class)s_has_a_french_title",
            ),
        ]
        indexes = [models.Index(fields=["state", "-publish_at"], name="%(class)s_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def chain(self) -> str:
        """Its chain in the journal: who wrote and published it."""
        return f"{self.kind}:{self.pk}"

    def stage(self, at: datetime | None = None) -> Stage:
        """Where it stands at that moment, now by default."""
        return stage_of(self.state, self.publish_at, self.unpublish_at, at or now())

    def language_shown(self, language: str | None = None) -> str:
        """The page's language where it was translated into it, else French."""
        language = language or get_language() or MAIN_LANGUAGE
        return language if self.texts.get(language, {}).get("title") else MAIN_LANGUAGE

    def text(self, name: str, language: str | None = None) -> str:
        """`title`, `summary`, `body`… as the page shows it: of one language, never a mixture."""
        found: str = self.texts.get(self.language_shown(language), {}).get(name, "")
        return found

    @property
    def title(self) -> str:
        return self.text("title")

    @property
    def summary(self) -> str:
        return self.text("summary")

    @property
    def body(self) -> str:
        return self.text("body")

    @property
    def only_in_french(self) -> bool:
        """Whether the page has to say so."""
        return self.language_shown() != (get_language() or MAIN_LANGUAGE)
