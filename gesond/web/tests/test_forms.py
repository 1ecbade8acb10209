"""Each kind of field as HTML: labels, hints, errors, and what a browser and a screen reader are told."""

from datetime import date

import pytest
from django import forms
from django.template import engines

from gesond.web.forms import (
    CurrentPasswordInput,
    DateField,
    DigitsInput,
    Form,
    NewPasswordInput,
    OneTimeCodeInput,
    PhoneInput,
)

YES_NO = [("yes", "Yes"), ("no", "No")]


class EveryKind(Form):
    required_messages = {"matricule": "Enter your matricule."}
    matricule = forms.CharField(label="Matricule", help_text="11 or 13 digits", widget=DigitsInput)
    mail = forms.EmailField(label="E-mail", required=False)
    phone = forms.CharField(label="Mobile", widget=PhoneInput, required=False)
    password = forms.CharField(label="Password", widget=CurrentPasswordInput, required=False)
    new_password = forms.CharField(label="New password", widget=NewPasswordInput, required=False)
    code = forms.CharField(label="Code", widget=OneTimeCodeInput, required=False)
    received = forms.ChoiceField(label="Received?", choices=YES_NO, widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        label="Topics", choices=YES_NO, widget=forms.CheckboxSelectMultiple, required=False
    )
    accepted = forms.BooleanField(label="I accept")
    language = forms.ChoiceField(label="Language", choices=[("fr", "Français"), ("de", "Deutsch")], required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    born = DateField(label="Born on", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


GOOD = {"matricule": "1918090138700", "received": "yes", "accepted": "1"}


def draw(source: str, **context: object) -> str:
    head = '{% from "web/forms.jinja" import error_summary, field, submit, csrf, form_open %}'
    return " ".join(engines["jinja2"].from_string(head + source).render(context).split())


def drawn(name: str, data: dict | None = None, options: str = "", **initial: object) -> str:
    form = EveryKind(data, initial=initial)
    return draw("{{ field(form[name]" + options + ") }}", form=form, name=name)


def tag(html: str, name: str) -> str:
    """The first tag called `name`, as text."""
    start = html.index(f"<{name}")
    return html[start : html.index(">", start) + 1]


def test_a_required_field_wears_the_star_of_the_guides_and_says_so_to_a_screen_reader():
    html = drawn("matricule")
    assert '<label class="nhsuk-label" for="id_matricule">Matricule *</label>' in html
    assert 'aria-required="true"' in tag(html, "input")


def test_an_optional_field_wears_no_star():
    html = drawn("mail")
    assert ">E-mail</label>" in html
    assert "aria-required" not in html


def test_the_hint_is_tied_to_the_control():
    html = drawn("matricule")
    assert '<div class="nhsuk-hint" id="id_matricule-hint">11 or 13 digits</div>' in html
    assert 'aria-describedby="id_matricule-hint"' in tag(html, "input")


def test_an_error_is_beside_the_field_and_tied_to_it():
    html = drawn("matricule", {})
    assert 'id="id_matricule-error"' in html
    assert "Enter your matricule." in html
    assert 'aria-describedby="id_matricule-hint id_matricule-error"' in tag(html, "input")
    assert "nhsuk-input--error" in tag(html, "input")
    assert "nhsuk-form-group--error" in tag(html, "div")


def test_what_was_typed_is_shown_again():
    html = drawn("matricule", {"matricule": "12 <b>"})
    assert 'value="12 &lt;b&gt;"' in tag(html, "input")


@pytest.mark.parametrize("name", ["password", "new_password", "code"])
def test_a_password_or_one_time_code_is_never_shown_again(name):
    html = drawn(name, {name: "s3cret-value"})
    assert "s3cret-value" not in html
    assert "value=" not in tag(html, "input")


@pytest.mark.parametrize(
    ("name", "hints"),
    [
        ("matricule", ['inputmode="numeric"', 'spellcheck="false"', 'type="text"']),
        ("mail", ['type="email"']),
        ("phone", ['type="tel"', 'autocomplete="tel"']),
        ("password", ['type="password"', 'autocomplete="current-password"', 'spellcheck="false"']),
        ("new_password", ['autocomplete="new-password"']),
        ("code", ['autocomplete="one-time-code"', 'inputmode="numeric"']),
    ],
)
def test_the_browser_is_told_what_it_may_fill_in(name, hints):
    control = tag(drawn(name), "input")
    for hint in hints:
        assert hint in control


def test_a_password_can_be_shown_by_a_button_that_only_script_reveals():
    html = drawn("password")
    button = tag(html, "button")
    assert 'aria-controls="id_password"' in button
    assert "hidden" in button
    assert 'data-module="nhsuk-password-input"' in html


def test_radios_are_a_group_named_by_its_question():
    html = drawn("received", {"received": "no"}, ", inline=True")
    assert '<legend class="nhsuk-fieldset__legend">Received?</legend>' in html
    assert "nhsuk-radios--inline" in html
    assert 'id="id_received" name="received" type="radio" value="yes">' in html
    assert 'id="id_received_1" name="received" type="radio" value="no" checked>' in html


def test_a_missing_answer_is_asked_for_in_plain_words():
    html = drawn("received", {})
    assert "Choisissez une des réponses." in html or "Choose one of the answers." in html
    assert 'aria-describedby="id_received-error"' in tag(html, "fieldset")


def test_an_answer_can_reveal_more():
    form = EveryKind({"received": "yes"})
    html = draw(
        '{% set more %}{{ field(form.mail) }}{% endset %}{{ field(form.received, conditional={"yes": more}) }}',
        form=form,
    )
    assert 'value="yes" checked data-aria-controls="id_received-more">' in html
    assert '<div class="nhsuk-radios__conditional" id="id_received-more">' in html
    assert 'id="id_mail"' in html


def test_a_list_of_boxes_keeps_what_was_ticked():
    html = drawn("topics", {"topics": ["no"]})
    assert 'name="topics" type="checkbox" value="no" checked>' in html
    assert 'name="topics" type="checkbox" value="yes">' in html


def test_a_single_box_carries_its_own_label_and_error():
    html = drawn("accepted", {})
    assert '<label class="nhsuk-label nhsuk-checkboxes__label" for="id_accepted">I accept</label>' in html
    assert 'aria-describedby="id_accepted-error"' in tag(html, "input")
    assert "checked" in tag(drawn("accepted", {"accepted": "1"}), "input")


def test_a_select_keeps_the_choice():
    assert '<option value="de" selected>Deutsch</option>' in drawn("language", {"language": "de"})


def test_a_textarea_keeps_the_text():
    assert "line &amp; more</textarea>" in drawn("note", {"note": "line & more"})


def test_a_date_is_three_fields_that_keep_what_was_typed():
    html = drawn("born", {"born_day": "31", "born_month": "2", "born_year": "2020"})
    assert 'id="id_born" name="born_day"' in html
    assert 'name="born_month" type="text" inputmode="numeric" value="2"' in html
    assert 'id="id_born-error"' in html
    assert 'value="25"' in drawn("born", born=date(2020, 3, 25))


def test_a_date_is_read_or_put_right():
    assert _born("25", "3", "2020").cleaned_data["born"] == date(2020, 3, 25)
    assert _born("", "", "").cleaned_data["born"] is None
    assert "born" in _born("31", "2", "2020").errors
    assert "born" in _born("x", "2", "2020").errors


def _born(day, month, year):
    form = EveryKind({**GOOD, "born_day": day, "born_month": month, "born_year": year})
    form.is_valid()
    return form


def test_the_summary_leads_to_each_field_in_the_order_of_the_page():
    form = EveryKind({})
    form.add_error(None, "Something about the whole form.")
    html = draw("{{ error_summary(form) }}", form=form)
    assert html.index("<li>Something about") < html.index('href="#id_matricule">Enter your matricule.</a>')
    assert html.index('href="#id_matricule"') < html.index('href="#id_received"') < html.index('href="#id_accepted"')
    assert 'role="alert"' in html


def test_there_is_no_summary_without_errors():
    assert draw("{{ error_summary(form) }}", form=EveryKind(GOOD)) == ""
    assert draw("{{ error_summary(form) }}", form=EveryKind()) == ""


def test_a_message_written_for_a_field_wins_over_the_plain_one():
    class Written(Form):
        mail = forms.EmailField(error_messages={"invalid": "Written by hand."})

    assert Written({"mail": "x"}).errors["mail"] == ["Written by hand."]


def test_a_hidden_field_has_no_label():
    html = drawn("token", {"token": "abc"})
    assert html == '<input type="hidden" name="token" value="abc" id="id_token">'


def test_the_primary_button_cannot_be_pressed_twice_by_mistake():
    assert 'data-prevent-double-click="true"' in draw('{{ submit("Go") }}')


def test_a_form_opens_with_its_token_and_without_the_browsers_own_messages():
    html = draw('{{ form_open("abc", "/x/") }}')
    assert (
        html
        == '<form method="post" novalidate action="/x/"> <input type="hidden" name="csrfmiddlewaretoken" value="abc">'
    )
