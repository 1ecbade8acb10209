"""What somebody answers in a poll."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gesond.content.forms.own_fields import give_fields
from gesond.content.models import Poll, PollKind
from gesond.web.forms import Form

ANSWER_MAX = 2000


class AnswerForm(Form):
    """One poll's question. What was chosen or written is shown again on an error."""

    required_messages = {"options": _("Choose an answer."), "text": _("Write your answer.")}

    def __init__(self, *args: Any, poll: Poll, **kwargs: Any) -> None:
        give_fields(self, {"text" if poll.asks == PollKind.TEXT else "options": _answer_field(poll)})
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
