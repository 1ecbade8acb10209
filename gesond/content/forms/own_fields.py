"""Fields that one form has and its class does not: a poll's question, a text in each language."""

from collections.abc import Mapping

from django import forms

from gesond.web.forms import Form


def give_fields(form: Form, fields: Mapping[str, forms.Field]) -> None:
    """Fields of this one form, before it copies what its class declares."""
    form.base_fields = {**form.base_fields, **fields}  # type: ignore[misc] # the instance's own
