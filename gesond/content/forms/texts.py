"""Texts in three languages, as every kind of content has them: a translation needs its title, French needs all."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gesond.content.forms.moments import MomentsForm, moment_initial
from gesond.content.forms.own_fields import give_fields
from gesond.content.models import LANGUAGES, Content, FaqEntry, Poll

Text = Any
TITLE_MAX, SUMMARY_MAX, BODY_MAX, PLACE_MAX = 150, 400, 100_000, 200
LABELS: dict[str, Text] = {
    "title": _("Title"),
    "summary": _("Summary"),
    "body": _("Text"),
    "place": _("Place"),
}
QUESTION_LABELS: dict[str, Text] = {"title": _("Question"), "body": _("Answer"), "summary": _("Explanation")}
# Only the French is required, and only these of it.
TEXT_REQUIRED: dict[str, Text] = {"title_fr": _("Enter the title."), "body_fr": _("Enter the text.")}
QUESTION_REQUIRED: dict[str, Text] = {"title_fr": _("Enter the question."), "body_fr": _("Enter the answer.")}
NAMES: dict[str, str] = dict(settings.LANGUAGES)


class RevisedForm(MomentsForm):
    """Says which revision of the text was read when it was opened."""

    revision = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    def go_on_from(self, revision: int) -> None:
        """Show what was typed again, to be kept in the place of this revision."""
        data = cast(QueryDict, self.data).copy()
        data["revision"] = str(revision)
        self.data = data


class ContentForm(RevisedForm):
    """Texts in three languages: a translation needs its title, and French needs all."""

    model: type[Content]
    own_fields: Sequence[str] = ()

    def __init__(self, *args: Any, item: Content | None = None, **kwargs: Any) -> None:
        self.item = item
        give_fields(self, _text_fields(self.model))
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for language in LANGUAGES[1:]:
            self._check_translation(language)
        return cleaned

    def values(self) -> dict[str, Any]:
        """For the action: the model's own fields and `texts`."""
        own = {name: self.cleaned_data[name] for name in self.own_fields}
        return {**own, "texts": self.texts()}

    def texts(self) -> dict[str, dict[str, str]]:
        found = {language: self._texts_in(language) for language in LANGUAGES}
        return {language: texts for language, texts in found.items() if texts["title"]}

    def options(self) -> list[dict[str, str]]:
        """Of a poll."""
        return []

    def fields_in(self, language: str) -> list[forms.BoundField]:
        """The text fields of a language, in order."""
        return [self[f"{name}_{language}"] for name in self.names_in()]

    def names_in(self) -> tuple[str, ...]:
        return self.model.text_names

    def is_open(self, language: str) -> bool:
        """Whether the page shows this language's fields opened: French, what is written, what is wrong."""
        fields = self.fields_in(language)
        return language == LANGUAGES[0] or any(bound.value() or bound.errors for bound in fields)

    @classmethod
    def initial_of(cls, item: Content) -> dict[str, Any]:
        texts = {
            f"{name}_{language}": item.texts.get(language, {}).get(name, "")
            for language in LANGUAGES
            for name in item.text_names
        }
        own = {name: getattr(item, name) for name in cls.own_fields}
        moments: dict[str, Any] = {}
        for name in cls.moments:
            moments |= moment_initial(name, getattr(item, name))
        return {"revision": item.revision, **own, **texts, **moments}

    def _texts_in(self, language: str) -> dict[str, str]:
        return {name: self.cleaned_data.get(f"{name}_{language}", "").strip() for name in self.model.text_names}

    def _check_translation(self, language: str) -> None:
        written = {name: self.cleaned_data.get(f"{name}_{language}", "") for name in self.names_in()}
        french = {name: self.cleaned_data.get(f"{name}_fr", "") for name in self.names_in()}
        if not any(written.values()):
            return
        for name, text in written.items():
            if not text and french[name] and f"{name}_{language}" not in self.errors:
                self.add_error(
                    f"{name}_{language}", _("A translation is complete or left out: write this too, or clear the rest.")
                )


def _text_fields(model: type[Content]) -> dict[str, forms.Field]:
    return {
        f"{name}_{language}": _text_field(model, name, language) for language in LANGUAGES for name in model.text_names
    }


def _text_field(model: type[Content], name: str, language: str) -> forms.Field:
    asked = model in (Poll, FaqEntry)
    label = (QUESTION_LABELS if asked else LABELS)[name] if not (model is Poll and name == "body") else LABELS["body"]
    required = language == LANGUAGES[0] and (name == "title" or (name == "body" and model is not Poll))
    longest = {"title": TITLE_MAX, "summary": SUMMARY_MAX, "place": PLACE_MAX}.get(name, BODY_MAX)
    hints: dict[str, Text] = {
        "summary": _("One or two sentences: what lists and e-mails show."),
        "body": _("Markdown: ## heading, **bold**, - list, [words](https://address)."),
    }
    return forms.CharField(
        label=label,
        required=required,
        max_length=longest,
        help_text=hints.get(name, ""),
        widget=forms.Textarea(attrs={"lang": language})
        if name not in {"title", "place"}
        else forms.TextInput(attrs={"lang": language}),
    )
