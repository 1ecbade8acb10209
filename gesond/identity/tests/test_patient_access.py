"""« Ouvrir mon accès patient »: a patient's letter adds the patient's door to an account opened at another one."""

import re

import pytest

from gesond.identity.actions.activation_proof import Refusal
from gesond.identity.actions.patient_access import open_patient_access
from gesond.identity.models import Account, Activation, ActivationCode
from gesond.identity.tests.account_steps import grow_old, messages_to, page_of
from gesond.identity.tests.factories import AccountFactory, PersonFactory, activation_code_for
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.identity.tests.walking import VISITOR, at_once, awaiting_code, digits_sent, post_letter, prove
from gesond.kernel.models import JournalEntry
from gesond.web.captcha import CaptchaField

PAGE, PERSONAL = "/fr/account/patient-access/", "/fr/account/personal/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary():
    return AccountFactory(doors=["secretary"], password="", phone="+352621000001")


@pytest.fixture
def browser(client, secretary):
    return signed_in_by(client, secretary, door="secretary")


def letter_of(account, number=1, **fields):
    return post_letter(number, person=account.person, **fields)


def test_the_code_alone_opens_the_door_and_says_so(browser, secretary):
    letter = letter_of(secretary)
    assert "Ouvrir mon accès patient" in page_of(browser.get(PAGE))
    assert browser.post(PAGE, {"code": letter.code.formatted})["Location"] == PERSONAL
    secretary.refresh_from_db()
    letter.row.refresh_from_db()
    assert secretary.doors == ["secretary", "patient"]
    assert letter.row.state == ActivationCode.State.USED
    assert JournalEntry.objects.get(event="account.door_opened").details["doors"] == ["secretary", "patient"]
    assert messages_to("+352621000001", "account_notice")


def test_the_tab_offers_it_to_who_lacks_it_only(browser, secretary, client):
    assert f'href="{PAGE}"' in page_of(browser.get(PERSONAL))
    patient = signed_in_by(client, AccountFactory(), door="patient", method="code")
    assert f'href="{PAGE}"' not in page_of(patient.get(PERSONAL))
    assert patient.get(PAGE)["Location"] == PERSONAL


def test_wrong_codes_are_counted_with_those_of_the_activation(browser, secretary):
    letter = letter_of(secretary)
    prove(letter, code=activation_code_for(99))
    texts = [page_of(browser.post(PAGE, {"code": activation_code_for(n).formatted})) for n in range(4)]
    assert "Il vous reste 3 essais." in texts[0]
    letter.row.refresh_from_db()
    assert letter.row.state == ActivationCode.State.EXHAUSTED
    assert "Ce code n'est plus valable" in page_of(browser.post(PAGE, {"code": letter.code.formatted}))
    secretary.refresh_from_db()
    assert secretary.doors == ["secretary"]


def test_another_person_s_letter_opens_nothing(browser, secretary):
    letter_of(secretary)
    theirs = post_letter(2)
    assert "ne correspondent" in page_of(browser.post(PAGE, {"code": theirs.code.formatted}))
    theirs.row.refresh_from_db()
    assert theirs.row.state == ActivationCode.State.LIVE


def test_a_letter_for_professionals_opens_nothing_here(browser, secretary):
    letter = letter_of(secretary, door="professional")
    assert "ne correspondent" in page_of(browser.post(PAGE, {"code": letter.code.formatted}))


def test_an_old_sign_in_is_confirmed_first(browser):
    grow_old(browser)
    assert "/fr/account/confirm/" in browser.get(PAGE)["Location"]


def test_the_wizard_leads_who_has_such_an_account_to_the_sign_in_and_here(client, monkeypatch, secretary):
    monkeypatch.setattr(CaptchaField, "clean", lambda self, value: None)
    monkeypatch.setattr(CaptchaField, "spend", lambda self: True)
    letter = letter_of(secretary)
    client.post("/fr/activation/", {"accepted": "1", "version": "1.0"})
    typed = {"received": "yes", "matricule": letter.matricule, "code": letter.code.formatted}
    page = page_of(client.post("/fr/activation/code/", typed))
    assert "Vous avez déjà un compte eSanté" in page
    assert f"/fr/sign-in/?next={PAGE}" in page
    assert not Activation.objects.exists()


def test_an_account_opened_on_the_way_leads_here_too(client, monkeypatch):
    monkeypatch.setattr(CaptchaField, "clean", lambda self, value: None)
    monkeypatch.setattr(CaptchaField, "spend", lambda self: True)
    letter = post_letter(person=PersonFactory())
    client.post("/fr/activation/", {"accepted": "1", "version": "1.0"})
    typed = {"received": "yes", "matricule": letter.matricule, "code": letter.code.formatted}
    client.post("/fr/activation/code/", typed)
    AccountFactory(person=letter.row.person, doors=["secretary"])
    location = client.get("/fr/activation/password/")["Location"]
    assert re.fullmatch(r"/fr/sign-in/\?next=.*patient-access.*", location)


def test_a_live_letter_of_a_secretary_is_refused_by_the_other_door_s_name(secretary):
    assert prove(letter_of(secretary)).refusal == Refusal.OTHER_DOOR


@pytest.mark.django_db(transaction=True)
def test_two_tabs_open_it_once():
    account = AccountFactory(doors=["secretary"])
    letter = letter_of(account)
    results = at_once(
        *[lambda: open_patient_access(actor=VISITOR, account=Account.objects.get(), code=letter.code)] * 3
    )
    assert sorted(str(result.refusal) for result in results) == ["None", "account_exists", "account_exists"]
    account.refresh_from_db()
    assert account.doors == ["secretary", "patient"]


@pytest.mark.django_db(transaction=True)
def test_the_wizard_and_a_secretary_s_account_at_once_leave_one_account():
    letter = post_letter()
    key = awaiting_code(letter)
    digits = digits_sent()
    AccountFactory(person=letter.row.person, doors=["secretary"])
    from gesond.identity.actions import activation as steps

    (result,) = at_once(lambda: steps.open_account(actor=VISITOR, key=key, typed=digits))
    assert isinstance(result, steps.AccountExistsError)
    assert not result.has_door
