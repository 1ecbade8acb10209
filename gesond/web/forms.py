"""The base of every form, and the widgets that tell a browser what it may fill in.

A field's messages say how to put it right: `required_messages` names the one for an empty field, the others have plain
defaults. What was typed is shown again on an error, but never a password or a one-time code.
Templates draw the fields with the macros of `web/forms.jinja`; `gesond.web.drawing` prepares what those draw.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from gesond.web.captcha import CaptchaField

Text = Any  # a str, or a translation still to be made

PLAIN_MESSAGES: dict[type[forms.Field], dict[str, Text]] = {
    forms.Field: {
        "required": _("Fill in this field."),
        "max_length": _("Use at most %(limit_value)d characters: there are %(show_value)d."),
        "min_length": _("Use at least %(limit_value)d characters: there are %(show_value)d."),
    },
    forms.EmailField: {"invalid": _("Enter an e-mail address with an @, such as name@example.lu.")},
    forms.IntegerField: {"invalid": _("Enter a whole number, in digits only.")},
    forms.DateField: {"invalid": _("Enter a date that exists, such as 25 3 2020.")},
    forms.ChoiceField: {
        "required": _("Choose one of the answers."),
        "invalid_choice": _("Choose one of the answers in the list."),
    },
    forms.MultipleChoiceField: {"required": _("Choose at least one of the answers.")},
    forms.BooleanField: {"required": _("Tick the box to go on.")},
    forms.FileField: {
        "required": _("Choose a file."),
        "empty": _("This file is empty: choose another one."),
    },
}


class Form(forms.Form):
    """Every form of the site. `required_messages` maps a field's name to what is said when it is left empty."""

    required_messages: Mapping[str, Text] = {}
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            required = {"required": self.required_messages[name]} if name in self.required_messages else {}
            field.error_messages = {**_plain_messages(field), **required}

    @property
    def asks_new_image(self) -> bool:
        """Whether « Changer le texte » was pressed, without script: the form is shown again and nothing is checked."""
        return self.is_bound and self.add_prefix("new_image") in self.data

    def is_valid(self) -> bool:
        return not self.asks_new_image and super().is_valid()

    def full_clean(self) -> None:
        if self.asks_new_image:
            self._errors, self.cleaned_data = ErrorDict(), {}
            return
        super().full_clean()
        if self.is_bound and not self._errors:
            self._spend_captcha()

    def _spend_captcha(self) -> None:
        for name, field in self.fields.items():
            if isinstance(field, CaptchaField) and not field.spend():
                self.add_error(name, ValidationError(field.error_messages["stale"], code="stale"))


def _plain_messages(field: forms.Field) -> dict[str, Any]:
    """The field's messages: Django's in plain words, but for those that its class or its author wrote."""
    defaults: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        of_kind = kind.__dict__.get("default_error_messages", {})
        defaults.update(of_kind)
        plain.update({**of_kind, **PLAIN_MESSAGES.get(kind, {})})
    written = {code: text for code, text in field.error_messages.items() if text is not defaults.get(code)}
    return {**plain, **written}


class CurrentPasswordInput(forms.PasswordInput):
    """A password already chosen: never shown again, and the browser's keeper may fill it in."""

    autocomplete = "current-password"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": self.autocomplete, **(attrs or {})}, render_value=False)


class NewPasswordInput(CurrentPasswordInput):
    """A password being chosen: the browser's keeper may propose and keep it."""

    autocomplete = "new-password"


class OneTimeCodeInput(forms.TextInput):
    """A code received by SMS or e-mail: telephones fill it in by themselves; never shown again."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        hints = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        super().__init__({**hints, **(attrs or {})})

    def format_value(self, value: Any) -> None:
        return None


class DigitsInput(forms.TextInput):
    """A number that is a name, such as a matricule: digits on the telephone's keyboard, no arrows, no correction."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "spellcheck": "false", "autocomplete": "off", **(attrs or {})})


class PhoneInput(forms.TextInput):
    """A telephone number."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "tel", **(attrs or {})})


class DateInput(forms.MultiWidget):
    """A date in three fields, day month year: nothing to open, nothing to scroll."""

    parts = ("day", "month", "year")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: DigitsInput() for part in self.parts}, attrs)

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DateField(forms.DateField):
    """A date typed as day, month, year; cleans to a `datetime.date`."""

    widget = DateInput

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, list):
            return super().to_python(value)
        parts = [str(part or "").strip() for part in value]
        if not any(parts):
            return None
        try:
            day, month, year = (int(part) for part in parts)
            return date(year, month, day)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
