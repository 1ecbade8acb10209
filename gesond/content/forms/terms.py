"""A draft of the terms of use."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gesond.content.forms.own_fields import give_fields
from gesond.content.forms.texts import BODY_MAX, RevisedForm
from gesond.content.models import LANGUAGES
from gesond.identity.queries.terms import NUMBER


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
        give_fields(self, dict(_terms_fields(LANGUAGES)))
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
