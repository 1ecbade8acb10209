"""What the public may ask of the directory."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gesond.directory import languages, search_words
from gesond.directory.models import Kind, Profession, Speciality
from gesond.directory.queries.search import Sought
from gesond.web.forms import Form

LONGEST_NAME, LONGEST_PLACE = 80, 60
BETWEEN = "/"


class _WordsField(forms.CharField):
    """A text that is searched by its words: it needs one."""

    default_error_messages = {"no_words": _("Write at least one letter or digit.")}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and not search_words.query(text):
            raise ValidationError(self.error_messages["no_words"], code="no_words")
        return text


class _SearchForm(Form):
    name = _WordsField(label=_("Name"), max_length=LONGEST_NAME, required=False)
    place = _WordsField(
        label=_("Town or postal code"),
        help_text=_("For example: Esch or 4011"),
        max_length=LONGEST_PLACE,
        required=False,
    )

    @property
    def asks(self) -> bool:
        """Whether anything was filled in and can be searched."""
        return self.is_bound and self.is_valid() and any(self.cleaned_data.values())


class ProfessionalSearchForm(_SearchForm):
    what = forms.ChoiceField(label=_("Profession or speciality"), required=False)
    language = forms.ChoiceField(label=_("Language spoken"), required=False)
    field_order = ("name", "what", "place", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("what", [("", _("All professions")), *_professions()])
        self._offer("language", [("", _("All languages")), *languages.choices()])

    def sought(self) -> Sought:
        """Call when `asks`."""
        data = self.cleaned_data
        profession, _between, speciality = data["what"].partition(BETWEEN)
        return Sought(
            name=data["name"],
            place=data["place"],
            profession=profession,
            speciality=speciality,
            language=data["language"],
        )

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices


class EstablishmentSearchForm(_SearchForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *Kind.choices], required=False)
    field_order = ("name", "kind", "place")


def _professions() -> list[tuple[str, str]]:
    """Each profession, and after it its specialities: « Médecin spécialiste – Cardiologie »."""
    specialities: dict[str, list[Speciality]] = {}
    for one in Speciality.objects.all():
        if one.holds_on():
            specialities.setdefault(one.profession_id, []).append(one)
    found: list[tuple[str, str]] = []
    for profession in Profession.objects.all():
        if not profession.holds_on():
            continue
        found.append((profession.code, profession.label))
        of_it = sorted(specialities.get(profession.code, []), key=lambda one: one.label.casefold())
        found += [(f"{profession.code}{BETWEEN}{one.code}", f"{profession.label} – {one.label}") for one in of_it]
    return found
