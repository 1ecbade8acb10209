"""The desk's form of each kind of content."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gesond.content.forms.moments import ClockField
from gesond.content.forms.own_fields import give_fields
from gesond.content.forms.texts import QUESTION_REQUIRED, TEXT_REQUIRED, ContentForm
from gesond.content.models import LANGUAGES, Content, Event, FaqEntry, Guide, NewsItem, Poll, PollKind, Topic
from gesond.identity.queries.terms import NUMBER
from gesond.web.forms import DateField

OPTIONS_MIN, OPTIONS_MAX, OPTION_LENGTH = 2, 12, 200


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
        give_fields(self, options)
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


FORMS: dict[str, type[ContentForm]] = {
    form.model.kind: form for form in (NewsForm, EventForm, PollForm, GuideForm, FaqForm)
}
