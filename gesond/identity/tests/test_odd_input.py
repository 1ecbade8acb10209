"""What no browser sends: every form and address answers it calmly, and never with a failure of our own (5xx)."""

import json
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client

from gesond.identity.actions.totp import begin_totp, confirm_totp
from gesond.identity.models import Account
from gesond.identity.tests.account_steps import ACTOR, begin, reachable_account, signed_in
from gesond.identity.tests.sign_in_steps import give_password
from gesond.identity.tests.test_password_reset import ask, link_for  # noqa: F401 - a fixture
from gesond.identity.tests.test_totp import code_at
from gesond.identity.tests.walking import awaiting_code, post_letter, with_password
from gesond.identity.views.activation import ACTIVATION_KEY, TERMS_KEY
from gesond.web.captcha import CaptchaField

pytestmark = pytest.mark.django_db

# As bytes, so that a client's own encoding cannot tame them.
ODD = {
    "nul": b"\0",
    "nul inside": b"a\0b@example.lu",
    "invalid utf-8": b"\xff\xfe\xc0\xaf",
    "lone surrogate": b"\xed\xa0\x80",
    "digits of another script": "١٢٣٤٥٦٧".encode(),
    "digits above the line": "¹²³⁴⁵⁶".encode(),
    "not assigned": "\U0010ffff".encode(),
    "line breaks": b"a\r\nBcc: b@example.lu",
    "markup": b"<script>alert(1)</script>{{ 7*7 }}%(a)s{0}",
    "very long": b"a" * 200_000,
    "very long number": b"9" * 200_000,
    "brackets in brackets": b"[" * 50_000,
    "json of another shape": b'{"id": [], "rawId": {}, "response": 1}',
    "json null": b"null",
    "nothing": b"",
}
START, LETTER_CODE, LETTER = "/fr/activation/", "/fr/activation/code/", "/fr/activation/letter/"
CAPTCHA = ("captcha", "captcha_key", "captcha_proof", "captcha_solved")
PUBLIC = {
    "/fr/sign-in/patient/password/": ("identifier", "password"),
    "/fr/forgotten-password/": ("identifier", *CAPTCHA),
    START: ("accepted", "version"),
    LETTER_CODE: ("received", "matricule", "code", *CAPTCHA),
    LETTER: ("matricule", *CAPTCHA),
    "/fr/sign-in/patient/passkey/": ("credential",),
    "/fr/account/objection/unknown/": ("anything",),
    "/fr/sign-out/": ("anything",),
}
ACCOUNT = {
    "/fr/account/personal/": ("language", "notify_events"),
    "/fr/account/confirm/": ("means", "password", "code", "totp-code", "credential"),
    "/fr/account/channel/sms/": ("destination", "proof_channel"),
    "/fr/account/channel/email/": ("destination", "proof_channel"),
    "/fr/account/channel/email/remove/": ("proof_channel",),
    "/fr/account/code-channel/": ("channel",),
    "/fr/account/password/": ("current", "password", "confirmation"),
    "/fr/account/passkeys/add/": ("name", "credential"),
    "/fr/account/app/confirm/": ("code",),
}


def post_odd(client: Client, page: str, fields: tuple[str, ...], value: bytes, *, times: int = 1, **more: str) -> int:
    given = {field: quote_from_bytes(value) for field in fields} | more
    body = "&".join(f"{field}={text}" for field, text in given.items() for _ in range(times))
    return client.post(page, body, content_type="application/x-www-form-urlencoded").status_code


def assert_calm(client: Client, page: str, fields: tuple[str, ...], value: bytes, **more: str) -> None:
    """Each field alone, which reaches the checks behind a form's first, then all at once."""
    for some in ((field,) for field in fields):
        assert post_odd(client, page, some, value, **more) < 500, some
    if "captcha" in fields:
        assert post_odd(client, page, ("captcha", "captcha_key"), value[:1000], **more) < 500
    if len(value) < 100_000:
        assert post_odd(client, page, fields, value, times=2, **more) < 500


@pytest.fixture
def visitor() -> Client:
    """Somebody who has agreed to the terms, and so reaches the activation's first step."""
    client = Client()
    client.post(START, {"accepted": "1", "version": "1.0"})
    return client


@pytest.fixture
def _captcha_is_solved(monkeypatch):
    monkeypatch.setattr(CaptchaField, "clean", lambda self, value: None)
    monkeypatch.setattr(CaptchaField, "spend", lambda self: True)


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
@pytest.mark.parametrize("page", PUBLIC)
def test_a_public_form_takes_anything(visitor, page, value):
    assert_calm(visitor, page, PUBLIC[page], value)


@pytest.mark.usefixtures("_captcha_is_solved")
@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_past_the_captcha_a_form_takes_anything(visitor, value):
    for page in ("/fr/forgotten-password/", LETTER_CODE, LETTER):
        assert_calm(visitor, page, PUBLIC[page], value)


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_a_passkeys_answer_may_be_anything(visitor, value):
    visitor.post("/fr/sign-in/passkey/options/")
    assert post_odd(visitor, "/fr/sign-in/patient/passkey/", ("credential",), value) == 302


@pytest.mark.parametrize(
    "part", ["id", "rawId", "type", "response", "authenticatorAttachment", "clientExtensionResults"]
)
@pytest.mark.parametrize("odd", [None, 1, [], {}, "\ud800", "é", "A" * 5000, {"clientDataJSON": "e30", "x": []}])
def test_any_part_of_a_passkeys_answer_may_be_anything(visitor, part, odd):
    response = {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"}
    answer = {"id": "AA", "rawId": "AA", "type": "public-key", "response": response, part: odd}
    visitor.post("/fr/sign-in/passkey/options/")
    assert visitor.post("/fr/sign-in/patient/passkey/", {"credential": json.dumps(answer)}).status_code == 302


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_a_step_of_the_activation_takes_anything(value):
    for key, page, fields in (
        (with_password(post_letter(1)), "/fr/activation/password/", ("password", "confirmation")),
        (with_password(post_letter(2)), "/fr/activation/security/", ("channel", "phone", "email")),
        (awaiting_code(post_letter(3)), "/fr/activation/security/code/", ("code",)),
    ):
        client = Client()
        session = client.session
        session[ACTIVATION_KEY] = {"id": key.activation_id, "token": key.token}
        session[TERMS_KEY] = "1.0"
        session.save()
        client.cookies["gesond_session"] = session.session_key
        assert client.get(page).status_code == 200
        assert_calm(client, page, fields, value)
        if fields[0] == "channel":
            assert post_odd(client, page, ("phone",), value, channel="sms") < 500
            assert post_odd(client, page, ("email",), value, channel="email") < 500


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_a_second_factor_takes_anything(value):
    account = with_app()
    client = Client()
    give_password(client, account)
    for page in ("/fr/sign-in/code/", "/fr/sign-in/app/", "/fr/sign-in/recovery-code/"):
        Account.objects.filter(pk=account.pk).update(code_failures=0, code_failed_at=None)  # each is looked at
        assert client.get(page).status_code == 200
        assert post_odd(client, page, ("code",), value) < 500


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_a_page_of_the_account_takes_anything(value):
    account = with_app()
    client = signed_in(account)
    for page, fields in ACCOUNT.items():
        assert_calm(client, page, fields, value)
    for means, fields in {"password": ("password",), "code": ("code",), "totp": ("totp-code",)}.items():
        Account.objects.filter(pk=account.pk).update(code_failures=0, code_failed_at=None)
        assert post_odd(client, "/fr/account/confirm/", fields, value, means=means) < 500
    client.post("/fr/account/passkeys/proof/")
    assert post_odd(client, "/fr/account/confirm/", ("credential",), value, means="passkey") < 500
    client.post("/fr/account/passkeys/options/")
    assert post_odd(client, "/fr/account/passkeys/add/", ("credential",), value, name="Anna") < 500


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_a_change_of_channel_takes_anything_for_its_code(value):
    account = reachable_account()
    page = f"/fr/account/change/{begin(account).pk}/"
    assert post_odd(signed_in(account), page, ("code", "step"), value) < 500


def test_a_reset_takes_anything(link_for):  # noqa: F811 - the fixture imported above
    client = Client()
    client.get(link_for(reachable_account()))
    for value in ODD.values():
        assert post_odd(client, "/fr/forgotten-password/matricule/", ("matricule",), value) < 500


@pytest.mark.parametrize("piece", ["%00", "%FF", "%ED%A0%80", "a" * 3000, "9" * 400, "..%2f..", "%0d%0aX:%20y"])
def test_an_address_may_hold_anything(piece):
    client, account = Client(), signed_in(reachable_account())
    for path in (
        f"/captcha/image/{piece}/",
        f"/fr/forgotten-password/link/{piece}/",
        f"/fr/account/objection/{piece}/",
        f"/fr/terms/{piece}.pdf",
        f"/fr/language/{piece}/",
        f"/fr/language/de/?next=/{piece}",
        f"/fr/sign-in/?next=/fr/{piece}",
        f"/fr/activation/security/?channel={piece}",
        f"/fr/{piece}/",
    ):
        assert client.get(path).status_code < 500, path
    for path in (
        f"/fr/account/devices/{piece}/sign-out/",
        f"/fr/account/passkeys/{piece}/remove/",
        f"/fr/account/change/{piece}/give-up/",
        f"/fr/sign-in/code/{piece}/",
        f"/fr/account/confirm/?next={piece}",
    ):
        assert account.post(path).status_code < 500, path


@pytest.mark.parametrize("address", ["http://[bad", "http://", "//", "\x7f", "http://localhost:x/", "%ff"])
def test_a_part_of_a_page_may_be_asked_for_from_anywhere(address):
    answer = Client().get("/fr/account/", headers={"HX-Request": "true", "HX-Current-URL": address})
    assert answer.status_code < 500


def test_a_body_over_the_limit_is_refused():
    assert post_odd(Client(), "/fr/sign-in/patient/password/", ("identifier",), b"a" * 1_100_000) in {400, 413}


def test_more_fields_than_any_form_has_are_refused():
    body = "&".join(f"field{number}=1" for number in range(1100))
    answer = Client().post("/fr/activation/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {400, 413}


def with_app() -> Account:
    """An account with everything: two channels, a password and an authenticator app."""
    account = reachable_account()
    begin_totp(actor=ACTOR, account=account)
    assert confirm_totp(actor=ACTOR, account=account, typed=code_at(account)).check.right
    return account
