"""A name is only ever text: on pages, in messages, in the copy of one's data, in a letter."""

import io
import zipfile

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from gesond.identity.actions.notices import tell_account
from gesond.identity.models import Person
from gesond.identity.personal_data_archive import archive
from gesond.identity.queries.personal_data import personal_data
from gesond.identity.tests.account_steps import TAB, reachable_account, row_of, signed_in
from gesond.identity.tests.test_odd_input import with_app
from gesond.kernel.clock import now
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
PAGES = (
    "/fr/",
    "/fr/services/",
    TAB,
    "/fr/account/personal/",
    "/fr/account/confirm/",
    "/fr/account/channel/sms/",
    "/fr/account/app/remove/",
    "/fr/account/passkeys/add/",
    f"/fr/sign-in/?next={HOSTILE}",
    f"/fr/nowhere/{HOSTILE}/",
)


@pytest.fixture
def account():
    account = with_app()
    Person.objects.filter(pk=account.person_id).update(family_name=HOSTILE, given_names=HOSTILE)
    account.refresh_from_db()
    handle = {"credential_id": b"1", "public_key": b"2", "user_handle": b"3"}
    account.passkeys.create(name=HOSTILE, **handle)
    return account


@pytest.mark.parametrize("page", PAGES)
def test_no_page_runs_a_name(account, page):
    client = signed_in(account)
    row = row_of(client)
    row.device = HOSTILE
    row.save()
    assert_harmless(client.get(page).content.decode())


def test_a_passkeys_own_page_does_not_run_its_name(account):
    page = f"/fr/account/passkeys/{account.passkeys.get().pk}/"
    for answer in (signed_in(account).get(page), signed_in(account).post(page, {"name": HOSTILE * 2})):
        assert_harmless(answer.content.decode())


def test_no_message_runs_a_name(account):
    tell_account(account, change="passkey_added", details={"name": f"{HOSTILE}\nBcc: thief@example.org"})
    email = OutboxMessage.objects.filter(channel="email").latest("created_at").content
    assert_harmless(email["html"])
    assert "\n" not in email["subject"]


def test_the_copy_of_ones_data_does_not_run_a_name(account):
    with zipfile.ZipFile(io.BytesIO(archive(personal_data(account), language="fr"))) as packed:
        assert_harmless(packed.read("data.html").decode())


def test_nothing_takes_a_form_without_its_token():
    """CSRF is checked everywhere but where a mail program posts, by a sealed link, without a session (RFC 8058)."""
    let_off = [pattern.name for pattern in patterns(get_resolver()) if _is_let_off(pattern)]
    assert let_off == ["unsubscribe"]


def patterns(resolver: URLResolver) -> list[URLPattern]:
    found: list[URLPattern] = []
    for entry in resolver.url_patterns:
        found += patterns(entry) if isinstance(entry, URLResolver) else [entry]
    return found


def _is_let_off(pattern: URLPattern) -> bool:
    return bool(getattr(pattern.callback, "csrf_exempt", False))


def assert_harmless(html: str) -> None:
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_another_persons_rows_do_not_exist():
    """Every address that names a row, asked for by somebody else."""
    owner, thief = with_app(), signed_in(reachable_account(phone="+352621999999", email="thief@example.org"))
    passkey = owner.passkeys.create(name="Mine", credential_id=b"1", public_key=b"2", user_handle=b"3")
    device = row_of(signed_in(owner))
    change = owner.channel_changes.create(
        channel="sms",
        destination="+352621000077",
        old_destination=owner.phone,
        old_code_channel="sms",
        proof_channel="sms",
    )
    export = owner.data_exports.create(state="ready", stored_as="data-exports/x.zip", ready_at=now(), kept_until=now())
    for path in (
        f"/fr/account/passkeys/{passkey.pk}/",
        f"/fr/account/passkeys/{passkey.pk}/remove/",
        f"/fr/account/devices/{device.pk}/sign-out/",
        f"/fr/account/change/{change.pk}/",
        f"/fr/account/change/{change.pk}/resend/",
        f"/fr/account/change/{change.pk}/give-up/",
    ):
        assert thief.post(path, {"name": "Stolen", "code": "1234567"}).status_code == 404, path
    assert thief.get(f"/fr/account/data/{export.pk}/").status_code == 404
    passkey.refresh_from_db()
    change.refresh_from_db()
    assert (passkey.name, change.state) == ("Mine", "proving_old")
