"""What the macros of `web/forms.jinja` need to know of a Django form: kinds, attributes, ids, messages."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from markupsafe import escape

from gesond.web.captcha import new_image
from gesond.web.forms import DateInput

# The first kind that fits wins: a checkbox list is also a radio list to Django, a radio list also a select.
KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Textarea, "textarea"),
    (forms.PasswordInput, "password"),
    (DateInput, "date"),
    (forms.FileInput, "file"),
    (forms.HiddenInput, "hidden"),
)


def kind(bound: forms.BoundField) -> str:
    """Which macro draws the field: a name of `KINDS`, what its widget calls itself, or "input"."""
    widget = bound.field.widget
    named: str | None = getattr(widget, "drawn_as", None)
    return named or next((name for widget_class, name in KINDS if isinstance(widget, widget_class)), "input")


def described_by(bound: forms.BoundField, hint: object) -> str:
    """The ids of hint and error, for `aria-describedby`."""
    id_ = bound.auto_id
    return " ".join([f"{id_}-hint"] * bool(hint) + [f"{id_}-error"] * bool(bound.errors))


def control_attributes(bound: forms.BoundField, hint: object, **given: Any) -> SafeString:
    """Attributes of an input, select or textarea beside its class: id, name, what the widget says, what is given."""
    widget = bound.field.widget
    attributes = {"id": bound.auto_id, "name": bound.html_name, **widget.attrs, **given}
    if bound.field.disabled:
        attributes["disabled"] = True
    if bound.field.required:
        attributes["aria-required"] = "true"
    if describing := described_by(bound, hint):
        attributes["aria-describedby"] = describing
    return _written(attributes)


def _written(attributes: dict[str, Any]) -> SafeString:
    """As they stand in a tag: Django's `flatatt`, three times as fast."""
    parts = [
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    ]
    return mark_safe("".join(parts))  # noqa: S308 - each value was escaped


def input_type(bound: forms.BoundField) -> str:
    """`text`, `email`, `tel`... A number stays text: arrows and scrolling change numbers unseen."""
    declared = getattr(bound.field.widget, "input_type", "text")
    return "text" if declared in {"number", "date"} else str(declared)


def shown_value(bound: forms.BoundField) -> str:
    """What an input shows: what was typed; nothing for a secret."""
    shown = bound.field.widget.format_value(bound.value())
    return "" if shown is None else str(shown)


def options(bound: forms.BoundField) -> Iterator[dict[str, Any]]:
    """The choices of radios, checkboxes or a flat select: id, value, label, whether chosen."""
    value = bound.value()
    chosen = {str(item) for item in value} if isinstance(value, list | tuple | set) else {str(_or_empty(value))}
    choices: Any = cast(forms.ChoiceField, bound.field).choices
    for number, (choice, label) in enumerate(choices):
        id_ = bound.auto_id if number == 0 else f"{bound.auto_id}_{number}"
        yield {"id": id_, "value": str(_or_empty(choice)), "label": label, "chosen": str(_or_empty(choice)) in chosen}


def option_tags(bound: forms.BoundField) -> SafeString:
    """The options of a flat select as they stand in it: some have a hundred, and a loop of a template is slow."""
    tags = (
        f'<option value="{escape(one["value"])}"{" selected" * one["chosen"]}>{escape(one["label"])}</option>'
        for one in options(bound)
    )
    return mark_safe("\n".join(tags))  # noqa: S308 - each value was escaped


def date_parts(bound: forms.BoundField) -> list[dict[str, Any]]:
    """The three inputs of a date: part, name, id, value."""
    widget: Any = bound.field.widget
    value = bound.value()
    values = value if isinstance(value, list) else widget.decompress(value)
    return [
        {
            "part": part,
            "name": f"{bound.html_name}_{part}",
            "id": bound.auto_id if number == 0 else f"{bound.auto_id}_{part}",
            "value": "" if values[number] is None else str(values[number]),
        }
        for number, part in enumerate(widget.parts)
    ]


def captcha(bound: forms.BoundField) -> dict[str, str]:
    """What is already solved, or a fresh image: `solved`, or `key` and `address`."""
    solved = bound.field.widget.solved
    return {"solved": solved} if solved else new_image()


def error_list(*given: forms.BaseForm) -> list[tuple[str, str]]:
    """Every error of the forms in the order of the page: (id of the field or "", message)."""
    found: list[tuple[str, str]] = []
    for form in given:
        if not form.is_bound and not form.errors:
            continue
        found += [("", str(message)) for message in form.non_field_errors()]
        found += [(bound.auto_id, str(message)) for bound in form for message in bound.errors]
    return found


def error_prefix(*given: forms.BaseForm) -> str:
    """« Erreur : » before the title of a page whose forms have errors: the first thing a screen reader says."""
    return gettext("Error:") + " " if any(form.errors for form in given) else ""


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


GLOBALS = {
    "field_kind": kind,
    "described_by": described_by,
    "control_attributes": control_attributes,
    "input_type": input_type,
    "shown_value": shown_value,
    "field_options": options,
    "option_tags": option_tags,
    "date_parts": date_parts,
    "captcha_state": captcha,
    "error_list": error_list,
    "error_prefix": error_prefix,
}
