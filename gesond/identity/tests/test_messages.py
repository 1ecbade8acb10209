"""What people receive: every SMS in the alphabet of SMS, every e-mail within the width of a telephone."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from gesond.notify.models import Channel
from gesond.notify.rendering import render_message

NOTICES = [
    "password",
    "passkey_added",
    "passkey_removed",
    "passkey_copied",
    "totp_added",
    "totp_removed",
    "recovery_codes",
    "recovery_used",
    "code_channel_sms",
    "code_channel_email",
    "channel_set_sms",
    "channel_set_email",
    "objected",
    "luxtrust_added",
    "luxtrust_removed",
    "door_patient",
    "door_professional",
]
BY_THE_AGENCY = ["suspended", "reopened", "closed", "signed_out", "staff_named", "staff_roles_changed", "staff_ended"]
LINK = f"https://gesond.example/fr/account/objection/{'x' * 43}/"
MESSAGES = [
    *[
        ("account_notice", {"change": change, "name": "iPhone de Rita", "left": 3})
        for change in NOTICES + BY_THE_AGENCY
    ],
    *[
        ("channel_announcement", {"channel": channel, "change": change, "days": 7, "link": LINK})
        for channel in ("sms", "email")
        for change in ("asked", "added", "removed", "changed")
    ],
    ("account_opened", {"sign_in": LINK}),
    ("account_opened", {"sign_in": LINK, "door": "professional"}),
    ("data_export_ready", {"days": 7, "link": LINK}),
    ("new_sign_in", {"device": "Chrome, Android", "at": "25.3.2020", "reset": LINK}),
    ("one_time_code", {"purpose": "sign_in", "code": "1234567", "minutes": 15}),
    ("password_reset", {"link": LINK, "minutes": 30}),
]
EVERY_LANGUAGE = pytest.mark.parametrize("language", ["fr", "de", "en"])
EVERY_MESSAGE = pytest.mark.parametrize(("name", "context"), MESSAGES)


@EVERY_LANGUAGE
@EVERY_MESSAGE
def test_every_sms_fits_the_alphabet_of_sms_and_two_parts(language, name, context):
    """One letter outside it, the ê of « prêt », makes a message three times as long."""
    with translation.override(language):
        sent = render_message(Channel.SMS, f"identity/{name}", context)

    assert sent["alphabet"] == "gsm7", sent["text"]
    assert int(sent["parts"]) <= 2, sent["text"]


@EVERY_LANGUAGE
@EVERY_MESSAGE
def test_every_text_e_mail_puts_an_empty_line_around_a_link(language, name, context):
    with translation.override(language):
        lines = render_to_string(f"identity/messages/{name}/email.txt.jinja", {"subject": "", **context}).splitlines()

    for at in (number for number, line in enumerate(lines) if line.startswith("https://")):
        assert lines[at - 1] == ""
        assert lines[at + 1] == ""


@pytest.mark.parametrize("change", BY_THE_AGENCY)
def test_what_the_agency_did_is_not_answered_by_another_password(change):
    with translation.override("en"):
        sent = render_message(Channel.EMAIL, "identity/account_notice", {"change": change})

    for form in ("text", "html"):
        assert "Change your password" not in sent[form]
        assert "Call the helpdesk" in sent[form]
