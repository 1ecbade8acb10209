"""Signed-in devices."""

import pytest

from gesond.identity.models import Account, Session
from gesond.identity.tests.account_steps import TAB, events, page_of, reachable_account, row_of, signed_in
from gesond.identity.tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
OTHERS = "/fr/account/devices/sign-out/"


@pytest.fixture
def account() -> Account:
    return reachable_account()


def sign_out_address(client) -> str:
    return f"/fr/account/devices/{row_of(client).pk}/sign-out/"


def test_the_devices_are_listed_this_one_first(account):
    client, other = signed_in(account), signed_in(account)
    Session.objects.filter(pk=row_of(other).pk).update(device="Firefox sur Android")
    page = page_of(client.get(TAB))
    assert page.index("Cet appareil") < page.index("Firefox sur Android")
    assert sign_out_address(other) in page
    assert sign_out_address(client) not in page


def test_one_device_is_signed_out(account):
    client, lost = signed_in(account), signed_in(account)
    client.post(sign_out_address(lost))
    assert lost.get(TAB).status_code == 302
    assert client.get(TAB).status_code == 200
    assert events(account) == ["device.signed_out"]


def test_all_others_are_signed_out(account):
    client, others = signed_in(account), [signed_in(account), signed_in(account)]
    client.post(OTHERS)
    assert [other.get(TAB).status_code for other in others] == [302, 302]
    assert client.get(TAB).status_code == 200


def test_signing_this_device_out_here_does_nothing(account):
    client = signed_in(account)
    client.post(sign_out_address(client))
    assert client.get(TAB).status_code == 200


def test_another_accounts_device_does_not_exist(account):
    stranger = signed_in(AccountFactory())
    assert signed_in(account).post(sign_out_address(stranger)).status_code == 404
    assert Session.objects.filter(pk=row_of(stranger).pk).exists()


def test_signing_out_needs_a_form(account):
    client, other = signed_in(account), signed_in(account)
    assert client.get(sign_out_address(other)).status_code == 405
    assert client.get(OTHERS).status_code == 405
