"""Fields for what people copy from a letter, a card or a telephone; each says how to put a slip right."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gesond.identity.actions.one_time_codes import DIGITS
from gesond.identity.credentials.activation_codes import ActivationCodeError, ActivationCodeText
from gesond.kernel.identifiers import IdentifierError, Matricule, ShortMatricule, parse_matricule
from gesond.web.forms import DigitsInput, OneTimeCodeInput

LONGEST = 60


class MatriculeField(forms.CharField):
    """11 or 13 digits (S2-09, X3); cleans to a `Matricule` or a `ShortMatricule`."""

    def __init__(self, **options: Any) -> None:
        defaults = {
            "label": _("Matricule"),
            "help_text": _("11 or 13 digits, on your social security card"),
            "max_length": LONGEST,
            "widget": DigitsInput(),
        }
        super().__init__(**{**defaults, **options})

    def clean(self, value: Any) -> Matricule | ShortMatricule:
        text = super().clean(value)
        try:
            return parse_matricule(text, accept_short=True)
        except IdentifierError as error:
            raise ValidationError(error.message, code=error.code) from error


class ActivationCodeField(forms.CharField):
    """The code of the letter (S2-16); cleans to an `ActivationCodeText`."""

    def __init__(self, **options: Any) -> None:
        hints = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        defaults = {
            "label": _("Activation code"),
            "help_text": _("15 letters and digits, in the letter you received by post"),
            "max_length": LONGEST,
            "widget": forms.TextInput(hints),
        }
        super().__init__(**{**defaults, **options})

    def clean(self, value: Any) -> ActivationCodeText:
        text = super().clean(value)
        try:
            return ActivationCodeText.parse(text)
        except ActivationCodeError as error:
            raise ValidationError(str(error.message), code="invalid") from error


class OneTimeCodeField(forms.CharField):
    """The digits received by SMS or e-mail (S2-25). Too few or too many of them cost no try."""

    def __init__(self, **options: Any) -> None:
        defaults = {
            "label": _("Code received by SMS or e-mail"),
            "max_length": LONGEST,
            "widget": OneTimeCodeInput(),
        }
        super().__init__(**{**defaults, **options})

    def clean(self, value: Any) -> str:
        digits = "".join(str(unicodedata.decimal(c)) for c in super().clean(value) if c.isdecimal())
        if len(digits) != DIGITS:
            raise ValidationError(
                _("The code has %(expected)d digits: you typed %(typed)d."),
                code="length",
                params={"expected": DIGITS, "typed": len(digits)},
            )
        return digits
