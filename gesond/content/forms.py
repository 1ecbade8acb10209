"""What people answer in a poll, what staff write at the desk."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gesond.content.models import LANGUAGES, Content, Event, FaqEntry, Guide, NewsItem, Poll, PollKind, Topic
from gesond.identity.queries.terms import NUMBER
from gesond.web.forms import DateField, Form

Text = Any
TITLE_MAX, SUMMARY_MAX, BODY_MAX, PLACE_MAX = 150, 400, 100_000, 200
ANSWER_MAX = 2000
OPTIONS_MIN, OPTIONS_MAX, OPTION_LENGTH = 2, 12, 200
CLOCK = "%H:%M"


def _give_fields(form: Form, fields: Mapping[str, forms.Field]) -> None:
    """Fields of this one form, before it copies what its class declares."""
    form.base_fields = {**form.base_fields, **fields}  # type: ignore[misc] # the instance's own


class AnswerForm(Form):
    """One poll's question. What was chosen or written is shown again on an error."""

    required_messages = {"options": _("Choose an answer."), "text": _("Write your answer.")}

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        _give_fields(self, {"text" if poll.asks == PollKind.TEXT else "options": _answer_field(poll)})
        super().__init__(*args, **kwargs)

    def chosen(self) -> list[int]:
        """The ids of the options."""
        given = self.cleaned_data.get("options", [])
        return [int(pk) for pk in ([given] if isinstance(given, str) else given)]


def _answer_field(poll: Poll) -> forms.Field:
    if poll.asks == PollKind.TEXT:
        return forms.CharField(
            label=poll.title,
            max_length=ANSWER_MAX,
            widget=forms.Textarea,
            help_text=_("Write nothing that tells who you are: nobody should know whose answer it is."),
        )
    choices = [(str(option.pk), option.label()) for option in poll.options.all()]
    if poll.asks == PollKind.MULTIPLE:
        return forms.MultipleChoiceField(
            label=poll.title,
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("You can choose several answers."),
        )
    return forms.ChoiceField(label=poll.title, choices=choices, widget=forms.RadioSelect)


class ClockField(forms.CharField):
    """A time of day such as 18:30, in Luxembourg."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=5, help_text=_("In Luxembourg's time, such as 18:30."), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return datetime.strptime(text.strip().replace("h", ":"), CLOCK).time()  # noqa: DTZ007 - a time alone
        except ValueError:
            raise ValidationError(_("Enter a time such as 18:30.")) from None


class MomentsForm(Form):
    """`moments`: names of pairs of fields `<name>_day` and `<name>_time` that make one moment."""

    moments: Sequence[str] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.moments:
            cleaned[name] = self._moment(name)
        return cleaned

    def _moment(self, name: str) -> datetime | None:
        day, clock = self.cleaned_data.get(f"{name}_day"), self.cleaned_data.get(f"{name}_time")
        if day is None and clock is None:
            return None
        if day is None or clock is None:
            missing = f"{name}_day" if day is None else f"{name}_time"
            if missing not in self.errors:
                self.add_error(missing, _("Enter both the day and the time."))
            return None
        local = datetime.combine(day, clock, tzinfo=ZoneInfo(settings.TIME_ZONE))
        # 02:30 on the night the clocks go forward is no time.
        if local.astimezone(UTC).astimezone(local.tzinfo).time() != clock:
            self.add_error(f"{name}_time", _("There is no such time that day: the clocks change."))
            return None
        return local


def moment_initial(name: str, moment: datetime | None) -> dict[str, Any]:
    """What the two fields show of a moment."""
    if moment is None:
        return {}
    local = timezone.localtime(moment)
    return {f"{name}_day": local.date(), f"{name}_time": f"{local:{CLOCK}}"}


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
        _give_fields(self, _text_fields(self.model))
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


class NewsForm(ContentForm):
    model = NewsItem
    required_messages = TEXT_REQUIRED


class EventForm(ContentForm):
    model = Event
    moments = ("starts_at", "ends_at")
    own_fields = ("starts_at", "ends_at", "called_off", "announced")
    required_messages = {
        **TEXT_REQUIRED,
        "starts_at_day": _("Enter the day the event begins."),
        "starts_at_time": _("Enter the time the event begins."),
        "ends_at_day": _("Enter the day the event ends."),
        "ends_at_time": _("Enter the time the event ends."),
    }

    starts_at_day = DateField(label=_("Begins on"))
    starts_at_time = ClockField(label=_("Begins at"))
    ends_at_day = DateField(label=_("Ends on"))
    ends_at_time = ClockField(label=_("Ends at"))
    announced = forms.BooleanField(label=_("Tell by e-mail those who asked for it"), required=False, initial=True)
    called_off = forms.BooleanField(label=_("The event is called off"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends < starts:
            self.add_error("ends_at_day", _("The event ends before it begins: correct one of the two."))
        return cleaned


class PollForm(ContentForm):
    model = Poll
    moments = ("closes_at",)
    own_fields = ("asks", "closes_at", "announced")
    required_messages = {
        **QUESTION_REQUIRED,
        "closes_at_day": _("Enter the last day on which people can answer."),
        "closes_at_time": _("Enter the time at which the poll closes."),
    }

    asks = forms.ChoiceField(label=_("Kind of answer"), choices=PollKind, widget=forms.RadioSelect, initial="single")
    closes_at_day = DateField(label=_("Closes on"))
    closes_at_time = ClockField(label=_("Closes at"))
    announced = forms.BooleanField(label=_("Tell by e-mail those who asked for it"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        options = {
            f"options_{language}": forms.CharField(
                label=_("Answers to choose from"),
                help_text=_("One a line, in the same order in each language."),
                required=False,
                widget=forms.Textarea(attrs={"lang": language}),
            )
            for language in LANGUAGES
        }
        _give_fields(self, options)
        super().__init__(*args, **kwargs)

    def names_in(self) -> tuple[str, ...]:
        return ("title", "options", "summary", "body")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("asks") != PollKind.TEXT:
            self._check_options()
        elif any(self._lines(language) for language in LANGUAGES):
            self.add_error("options_fr", _("People answer in their own words: clear the answers to choose from."))
        return cleaned

    def options(self) -> list[dict[str, str]]:
        by_language = {language: self._lines(language) for language in LANGUAGES}
        return [
            {language: lines[number] for language, lines in by_language.items() if lines}
            for number in range(len(by_language["fr"]))
        ]

    @classmethod
    def initial_of(cls, item: Content) -> dict[str, Any]:
        assert isinstance(item, Poll)  # noqa: S101 - the desk asks each model's own form
        rows = list(item.options.all())
        options = {f"options_{one}": "\n".join(row.labels.get(one, "") for row in rows).strip() for one in LANGUAGES}
        return {**super().initial_of(item), **options}

    def _lines(self, language: str) -> list[str]:
        text = self.cleaned_data.get(f"options_{language}", "")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def _check_options(self) -> None:
        french = self._lines("fr")
        if not OPTIONS_MIN <= len(french) <= OPTIONS_MAX:
            self.add_error("options_fr", _("Write between 2 and 12 answers, one a line."))
        for language in LANGUAGES:
            lines = self._lines(language)
            if lines and len(lines) != len(french):
                self.add_error(f"options_{language}", _("Write as many answers as in French, one a line."))
            if any(len(line) > OPTION_LENGTH for line in lines) or len(set(lines)) != len(lines):
                self.add_error(f"options_{language}", _("Each answer has at most 200 characters and is there once."))


class GuideForm(ContentForm):
    model = Guide
    own_fields = ("slug", "number", "dated", "position")
    required_messages = TEXT_REQUIRED

    slug = forms.SlugField(
        label=_("Name in the address"),
        max_length=60,
        help_text=_("Small letters and hyphens; the same for every version of a guide."),
        error_messages={"invalid": _("Use small letters, digits and hyphens only.")},
    )
    number = forms.RegexField(
        label=_("Version"),
        regex=NUMBER.pattern.join(["^", "$"]),
        max_length=10,
        help_text=_("Such as 4.1."),
        error_messages={"invalid": _("Enter digits and points, such as 4.1.")},
    )
    dated = DateField(label=_("Date"))
    position = forms.IntegerField(label=_("Place in the list"), min_value=1, max_value=999, initial=100)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        same = Guide.objects.filter(slug=cleaned.get("slug"), number=cleaned.get("number"))
        if self.item is not None:
            same = same.exclude(pk=self.item.pk)
        if same.exists():
            self.add_error("number", _("There is this version already: give the new one another number."))
        return cleaned


class FaqForm(ContentForm):
    model = FaqEntry
    own_fields = ("topic", "position")
    required_messages = QUESTION_REQUIRED

    topic = forms.ChoiceField(label=_("Topic"), choices=Topic)
    position = forms.IntegerField(label=_("Place in the list"), min_value=1, max_value=999, initial=100)


class ReleaseForm(MomentsForm):
    """From when to when the public sees it. Empty: from now, for ever."""

    moments = ("publish_at", "unpublish_at")

    publish_at_day = DateField(label=_("Published from"), required=False, help_text=_("Leave empty to publish now."))
    publish_at_time = ClockField(label=_("At"), required=False)
    unpublish_at_day = DateField(label=_("Until"), required=False, help_text=_("Leave empty when it has no end."))
    unpublish_at_time = ClockField(label=_("At"), required=False)


class TermsForm(RevisedForm):
    """A draft of the terms of use."""

    required_messages = {"number": _("Enter the number of the new version.")}

    number = forms.RegexField(
        label=_("Version"),
        regex=NUMBER.pattern.join(["^", "$"]),
        max_length=10,
        help_text=_("Such as 2.0."),
        error_messages={"invalid": _("Enter digits and points, such as 4.1.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _give_fields(self, dict(_terms_fields(LANGUAGES)))
        super().__init__(*args, **kwargs)

    def body(self) -> dict[str, str]:
        return self._by_language("body")

    def changes(self) -> dict[str, str]:
        return self._by_language("changes")

    def fields_in(self, language: str) -> list[forms.BoundField]:
        return [self[f"changes_{language}"], self[f"body_{language}"]]

    def _by_language(self, name: str) -> dict[str, str]:
        return {language: self.cleaned_data[f"{name}_{language}"] for language in LANGUAGES}


def _terms_fields(languages: Iterable[str]) -> Iterable[tuple[str, forms.Field]]:
    for language in languages:
        for name, label in (("changes", _("What has changed")), ("body", _("The whole text"))):
            yield (
                f"{name}_{language}",
                forms.CharField(
                    label=label,
                    required=False,
                    max_length=BODY_MAX,
                    widget=forms.Textarea(attrs={"lang": language}),
                ),
            )


FORMS: dict[str, type[ContentForm]] = {
    form.model.kind: form for form in (NewsForm, EventForm, PollForm, GuideForm, FaqForm)
}
