"""The helpdesk's own forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gesond.helpdesk.actions.desk_requests import Answer
from gesond.helpdesk.forms.requests import MessageField
from gesond.helpdesk.models import Category
from gesond.helpdesk.numbers import key_of
from gesond.helpdesk.queries.desk_requests import QUEUE_NAMES, Queue
from gesond.identity.forms.fields import MatriculeField
from gesond.identity.models import Account
from gesond.kernel.identifiers import (
    EmailAddress,
    IdentifierError,
    parse_matricule,
)
from gesond.web.forms import Form


class AnswerForm(Form):
    text = MessageField(label=_("Answer"))
    closes = forms.BooleanField(label=_("Close the request with this answer"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput())

    required_messages = {"text": _("Write the answer.")}

    @property
    def answer(self) -> Answer:
        given = self.cleaned_data
        return Answer(text=given["text"], seen=given["seen"], closes=given["closes"])

    def tell_moved_on(self, last: int) -> None:
        """Show what was typed again, under the message that came meanwhile."""
        self.data = {**{name: self.data[name] for name in self.data}, "seen": str(last)}
        self.add_error("text", _("A message came meanwhile: read it above, then send your answer."))


class NoteForm(Form):
    text = MessageField(label=_("Internal note"), help_text=_("Never shown to the person."))
    required_messages = {"text": _("Write the note.")}


class CategoryForm(Form):
    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)


class AssignForm(Form):
    to = forms.ChoiceField(label=_("Handled by"))

    def __init__(self, *args: Any, colleagues: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(account.pk): account for account in colleagues}
        choices = [(key, account.person.full_name) for key, account in self.colleagues.items()]
        self.fields["to"].choices = choices  # type: ignore[attr-defined] # a ChoiceField

    @property
    def colleague(self) -> Account:
        return self.colleagues[self.cleaned_data["to"]]


class PersonForm(Form):
    matricule = MatriculeField(help_text=_("11 or 13 digits. The look-up is written in the person's journal."))
    required_messages = {"matricule": _("Enter the matricule.")}

    def tell_nobody(self) -> None:
        self.add_error("matricule", _("Nobody, or more than one person, has this matricule: enter the 13 digits."))


class QueueForm(Form):
    """The filters. What is no filter shows what is new."""

    queue = forms.ChoiceField(label=_("Show"), choices=list(QUEUE_NAMES.items()), required=False)
    category = forms.ChoiceField(
        label=_("Category"), choices=[("", _("All categories")), *Category.choices], required=False
    )

    def chosen(self) -> tuple[Queue, str]:
        """Which queue, of which category."""
        self.full_clean()
        found = self.cleaned_data
        return Queue(found.get("queue") or Queue.NEW), found.get("category", "")


class SearchForm(Form):
    """One field: a request's number, an e-mail address or a whole matricule."""

    text = forms.CharField(
        label=_("Number, e-mail or matricule"),
        help_text=_("A look-up by matricule is written in the person's journal."),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    required_messages = {"text": _("Enter a number, an e-mail address or a matricule.")}

    def clean_text(self) -> Any:
        """The key of a request (int), an `EmailAddress`, or a matricule."""
        typed: str = self.cleaned_data["text"]
        if (key := key_of(typed)) is not None:
            return key
        try:
            return EmailAddress.parse(typed) if "@" in typed else parse_matricule(typed, accept_short=True)
        except IdentifierError as error:
            raise ValidationError(
                _("This is no number of 8 digits, no e-mail address and no matricule."), code="invalid"
            ) from error
