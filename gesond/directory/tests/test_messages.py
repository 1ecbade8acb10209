"""Every message of declarations and mandates, in every language, as it is sent."""

import pytest
from django.utils import translation

from gesond.notify.models import Channel
from gesond.notify.rendering import render_message

PAGE = "https://gesond.example/fr/page/"
WHO = "Dr Marie-Antoinette Schmit-Müller-Beispill"
OUTCOMES = ["accepted", "in_check", "refused", "exhausted", "given_up", "expired", "joined"]
EVENTS = [
    "confirm",
    "lapsed",
    "lapsed_professional",
    "its_day",
    "its_day_professional",
    "suspended",
    "resumed",
    "changed",
    "given_up",
    "ended",
    "over",
    "over_professional",
]
TO_BOTH_CHANNELS = [
    *[("declaration_outcome", {"outcome": outcome, "name": WHO, "page": PAGE}) for outcome in OUTCOMES],
    *[
        (
            "mandate_notice",
            {
                "event": event,
                "secretary": WHO,
                "professional": WHO,
                "last_day": "25 septembre 2026",
                "confirm_by": "25 septembre 2026",
                "page": PAGE,
            },
        )
        for event in EVENTS
    ],
]
BY_EMAIL = [
    *TO_BOTH_CHANNELS,
    ("secretary_link", {"professional": WHO, "link": PAGE, "until": "25 mars 2026"}),
    (
        "secretary_account_open",
        {"new": True, "professional": WHO, "first_day": "1", "last_day": "2", "sign_in": PAGE},
    ),
    ("secretary_withdrawn", {"professional": WHO}),
    *[
        ("secretary_identity_confirmed", {"professional": WHO, "go_on": go_on})
        for go_on in ("link", "in_check", "account_open", "over")
    ],
]
EVERY_LANGUAGE = pytest.mark.parametrize("language", ["fr", "de", "en"])


@EVERY_LANGUAGE
@pytest.mark.parametrize(("name", "context"), TO_BOTH_CHANNELS)
def test_every_sms_fits_the_alphabet_of_sms_and_two_parts(language, name, context):
    with translation.override(language):
        sent = render_message(Channel.SMS, f"directory/{name}", context)

    assert sent["alphabet"] == "gsm7", sent["text"]
    assert int(sent["parts"]) <= 2, sent["text"]


@EVERY_LANGUAGE
@pytest.mark.parametrize(("name", "context"), BY_EMAIL)
def test_every_e_mail_says_where_to_go_on_and_addresses_nobody_as_he_or_she(language, name, context):
    with translation.override(language):
        sent = render_message(Channel.EMAIL, f"directory/{name}", context)

    assert "(e)" not in sent["text"]
    assert " her " not in sent["text"]
    for form in ("text", "html"):
        assert (PAGE in sent[form]) is (PAGE in context.values())


@EVERY_LANGUAGE
def test_the_secretarys_link_can_be_copied_where_it_cannot_be_clicked(language):
    with translation.override(language):
        html = render_message(Channel.EMAIL, "directory/secretary_link", dict(BY_EMAIL)["secretary_link"])["html"]

    assert html.count(PAGE) == 2
