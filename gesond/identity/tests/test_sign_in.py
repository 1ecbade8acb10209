"""The journey of S2-28 to S2-31, as a person walks it."""

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from gesond.identity.actions.sign_in_failures import journal_failures
from gesond.identity.models import Account, OneTimeCode, PendingSignIn, Session, SignInFailure
from gesond.identity.queries.second_factors import SecondFactor, _offers, offer_second_factor, second_factors_of
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory
from gesond.identity.tests.sign_in_steps import (
    CODE_PAGE,
    PASSWORD_PAGE,
    SERVICES,
    agree_to_terms,
    give_password,
    latest_code,
    sign_in,
)
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
REFUSED = "ne correspondent pas"


@pytest.fixture
def account() -> Account:
    return AccountFactory()


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def events_of(account: Account) -> list[str]:
    entries = JournalEntry.objects.filter(chain=f"person:{account.person_id}").order_by("sequence")
    return list(entries.values_list("event", flat=True))


def test_connexion_offers_the_two_doors(client):
    """S2-28, S1-16."""
    page = text_of(client.get("/fr/sign-in/"))
    assert "Connexion" in page
    assert "PATIENT" in page
    assert "PROFESSIONNEL" in page


def test_a_deployment_without_the_professional_door_does_not_show_it(client, settings):
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, doors=("patient",))
    assert 'href="/fr/sign-in/professional/"' not in text_of(client.get("/fr/sign-in/"))


def test_the_patient_chooses_a_means_of_authentication(client, settings):
    """S2-28 to S2-30; LuxTrust where the deployment has it."""
    assert "luxtrust" not in text_of(client.get("/fr/sign-in/patient/"))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, luxtrust_issuer="https://luxtrust.example")
    page = text_of(client.get("/fr/sign-in/patient/"))
    assert "Cliquez sur le moyen d'authentification souhaité" in page
    assert "Matricule, mot de passe et code" in page
    form = page[page.index('action="/fr/sign-in/patient/luxtrust/"') :]
    assert "Connexion" in form[: form.index("</form>")]


def test_one_professional_page_serves_signing_in_and_activation(client):
    """S1-02, S1-16."""
    page = text_of(client.get("/fr/sign-in/professional/"))
    assert "Connexion" in page
    assert "J'active mon compte" in page


def test_matricule_password_and_code_lead_to_the_services(client, account):
    """S2-30, S2-31."""
    agree_to_terms(account)
    assert give_password(client, account)["Location"] == CODE_PAGE
    answer = client.post(CODE_PAGE, {"code": latest_code(account)})
    assert answer["Location"] == SERVICES
    page = text_of(client.get(SERVICES))
    assert "Mes services eSanté" in page
    assert account.person.full_name in page
    assert events_of(account) == ["code.sent", "code.confirmed", "sign_in.succeeded"]


def test_eleven_digits_sign_in_when_one_person_has_them(client):
    """S2-09, X3."""
    account = AccountFactory(person=PersonFactory(matricule="1893120105732"))
    answer = client.post(PASSWORD_PAGE, {"identifier": "1893 12 01 057", "password": PASSWORD})
    assert answer["Location"] == CODE_PAGE
    assert PendingSignIn.objects.get().account == account


def test_eleven_digits_that_two_persons_share_sign_nobody_in(client):
    """X3: even when only one of the two has an account."""
    account = AccountFactory(person=PersonFactory(matricule="1893120105732"))
    PersonFactory(matricule_11_hash=account.person.matricule_11_hash)
    answer = client.post(PASSWORD_PAGE, {"identifier": "18931201057", "password": PASSWORD})
    assert REFUSED in text_of(answer)


def test_an_e_mail_address_signs_in_however_it_is_written(client):
    """X1."""
    AccountFactory(email="clara@example.lu")
    answer = client.post(PASSWORD_PAGE, {"identifier": " Clara@Example.LU ", "password": PASSWORD})
    assert answer["Location"] == CODE_PAGE


def test_an_e_mail_address_shared_by_a_family_signs_nobody_in_and_says_to_use_the_matricule(client):
    """X1."""
    AccountFactory(email="family@example.lu")
    AccountFactory(email="family@example.lu")
    page = text_of(client.post(PASSWORD_PAGE, {"identifier": "family@example.lu", "password": PASSWORD}))
    assert REFUSED in page
    assert "utilisez votre matricule" in page


def test_the_code_page_says_where_the_code_went_and_for_how_long(client):
    """S2-21, S2-22, X4."""
    account = AccountFactory(email="clara@agence-esante.example", code_channel="email")
    give_password(client, account)
    page = text_of(client.get(CODE_PAGE))
    assert (
        "Le code a été envoyé à l'adresse *****@agence-esante.example, il est valable pendant 15min. "
        "Merci de le renseigner dans le formulaire ci-dessous."
    ) in page
    assert "clara@" not in page


def test_a_wrong_code_says_how_many_tries_are_left_and_keeps_the_sign_in(client, account):
    give_password(client, account)
    wrong = f"{(int(latest_code(account)) + 1) % 10**7:07}"
    page = text_of(client.post(CODE_PAGE, {"code": wrong}))
    assert "4 essais" in page
    assert client.post(CODE_PAGE, {"code": latest_code(account)})["Location"] == SERVICES


def test_a_code_is_not_shown_again(client, account):
    give_password(client, account)
    assert 'value="1234567"' not in text_of(client.post(CODE_PAGE, {"code": "1234567"}))


def test_the_code_may_go_to_the_other_channel_instead(client):
    """X5."""
    account = AccountFactory(email="clara@example.lu")
    give_password(client, account)
    with time_machine.travel(now() + timedelta(seconds=61)):
        assert client.post("/fr/sign-in/code/email/")["Location"] == CODE_PAGE
        assert OutboxMessage.objects.latest("created_at").channel == "email"
        assert client.post(CODE_PAGE, {"code": latest_code(account)})["Location"] == SERVICES


def test_a_code_goes_to_confirmed_channels_only(client, account):
    give_password(client, account)
    assert client.post("/fr/sign-in/code/email/").status_code == 404


def test_a_code_asked_again_too_soon_is_refused_with_the_wait(client, account):
    give_password(client, account)
    page = text_of(client.post("/fr/sign-in/code/sms/", follow=True))
    assert "Vous pourrez demander un autre code dans" in page
    assert OneTimeCode.objects.count() == 1


def test_the_password_given_again_in_the_same_browser_keeps_the_code_good(client, account):
    give_password(client, account)
    first = latest_code(account)
    give_password(client, account)
    assert PendingSignIn.objects.count() == 1
    assert client.post(CODE_PAGE, {"code": first})["Location"] == SERVICES


def test_the_password_given_in_another_browser_says_to_ask_for_a_code(client, account):
    give_password(client, account)
    elsewhere = Client()
    give_password(elsewhere, account)
    page = text_of(elsewhere.get(CODE_PAGE))
    assert "pour une autre connexion" in page
    assert "Le code a été envoyé" not in page


def test_a_sign_in_waits_a_quarter_of_an_hour_for_its_code(client, account):
    give_password(client, account)
    code = latest_code(account)
    with time_machine.travel(now() + timedelta(minutes=15, seconds=1)):
        page = text_of(client.post(CODE_PAGE, {"code": code}, follow=True))
    assert "a expiré" in page
    assert not Session.objects.filter(account=account).exists()


def test_the_identifier_stays_and_the_password_goes_after_an_error(client, account):
    page = text_of(give_password(client, account, "Falsch123"))
    assert account.person.matricule in page
    assert "Falsch123" not in page


@pytest.mark.parametrize(
    ("typed", "said"), [("1893120105733", "chiffre"), ("123", "13"), ("clara@", "@"), ("", "Saisissez")]
)
def test_an_identifier_of_no_valid_form_is_explained_and_counts_for_nothing(client, typed, said):
    """A message about the form reveals nobody."""
    page = text_of(client.post(PASSWORD_PAGE, {"identifier": typed, "password": PASSWORD}))
    assert said in page
    assert REFUSED not in page
    assert not SignInFailure.objects.exists()


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_an_account_that_is_not_open_says_so_only_to_who_knows_the_password(client, state):
    account = AccountFactory(state=state)
    assert REFUSED in text_of(give_password(client, account, "Falsch123"))
    answer = give_password(client, account)
    assert answer.status_code == 403
    assert "suspendu ou clôturé" in text_of(answer)
    assert not PendingSignIn.objects.exists()
    assert not OneTimeCode.objects.exists()
    assert events_of(account) == ["sign_in.refused"]


def test_wrong_passwords_reach_the_persons_journal_within_a_minute(client, account):
    give_password(client, account, "Falsch123", REMOTE_ADDR="192.0.2.7")
    assert journal_failures(actor=SYSTEM) == 1
    entry = JournalEntry.objects.get(chain=f"person:{account.person_id}")
    assert (entry.event, entry.actor, entry.address) == ("sign_in.failed", "visitor", "192.0.2.7")
    assert journal_failures(actor=SYSTEM) == 0


def test_tries_for_nobody_leave_nothing_behind(client):
    client.post(PASSWORD_PAGE, {"identifier": "1990000000183", "password": PASSWORD})
    assert journal_failures(actor=SYSTEM) == 1
    assert not JournalEntry.objects.exists()
    assert not SignInFailure.objects.exists()


def test_the_session_tells_its_device(client, account):
    sign_in(client, account, headers={"User-Agent": FIREFOX})
    assert Session.objects.get(account=account).device == "Firefox sur Android"


def test_a_sign_in_from_a_new_device_is_told(client, account, sent_messages):
    """Not the first sign-in of all, nor one from a browser that signed in before."""
    sign_in(client, account)
    client.post("/fr/sign-out/")
    with time_machine.travel(now() + timedelta(minutes=2)):
        sign_in(client, account)
    assert not [m for m in sent_messages() if m.template == "identity/new_sign_in"]
    with time_machine.travel(now() + timedelta(minutes=4)):
        sign_in(Client(headers={"User-Agent": FIREFOX}), account)
        told = [m for m in sent_messages(to=account.phone) if m.template == "identity/new_sign_in"]
    assert len(told) == 1
    assert "Firefox sur Android" in told[0].content["text"]


def test_the_services_say_when_the_account_was_last_used(client, account):
    with time_machine.travel("2026-03-25T16:10:00Z", tick=False):
        sign_in(client, account)
    with time_machine.travel("2026-03-26T16:10:00Z", tick=False):
        sign_in(Client(), account)
    other = Client()
    with time_machine.travel("2026-03-27T16:10:00Z", tick=False):
        sign_in(other, account)
        assert "Dernière connexion : 26 mars 2026 à 17:10" in text_of(other.get(SERVICES))


def test_signing_out_ends_this_session_only_and_says_so(client, account):
    other = Client()
    sign_in(client, account)
    with time_machine.travel(now() + timedelta(seconds=61)):
        sign_in(other, account)
        answer = client.post("/fr/sign-out/", follow=True)
        assert answer.redirect_chain == [("/fr/", 302)]
        assert "Votre session est fermée." in text_of(answer)
        assert client.get(SERVICES).status_code == 302
        assert other.get(SERVICES).status_code == 200
    assert events_of(account)[-1] == "sign_in.ended"


def test_signing_out_asks_for_a_post(client, account):
    sign_in(client, account)
    assert client.get("/fr/sign-out/").status_code == 405
    assert client.get(SERVICES).status_code == 200


def test_who_is_signed_in_already_goes_straight_on(client, account):
    sign_in(client, account)
    assert client.get("/fr/sign-in/?next=/de/services/")["Location"] == "/de/services/"


def test_other_means_add_themselves_to_the_second_step(client, account):
    """The seam for passkeys, authenticator apps and recovery codes."""

    def offer(asked: Account) -> list[SecondFactor]:
        assert asked == account
        return [SecondFactor(slug="card", title="Carte en papier", url_name="identity:sign_in_patient")]

    offer_second_factor(offer)
    try:
        give_password(client, account)
        assert "Carte en papier" in text_of(client.get(CODE_PAGE))
        assert [factor.slug for factor in second_factors_of(account)][:1] == ["sms"]
    finally:
        _offers.remove(offer)


def test_in_german_and_english_too(client, account):
    for language, said in (("de", "Matrikelnummer, Passwort und Code"), ("en", "Matricule, password and code")):
        assert said in text_of(client.get(f"/{language}/sign-in/patient/"))
