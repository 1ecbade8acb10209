"""The activation's pages from the telephone or e-mail to the end: S2-20 to S2-27, S2-32."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from gesond.identity.models import Account, Activation, OneTimeCode
from gesond.identity.tests.activation.steps import (
    AGAIN,
    CODE,
    DONE,
    MEANS,
    SECURITY,
    SENT,
    WORD,
    at_channel,
    at_code,
    at_other_means,
    begin,
    fail_delivery,
    text_of,
    type_letter,
)
from gesond.identity.tests.factories import PersonFactory, matricule_for
from gesond.identity.tests.walking import EMAIL, MOBILE, digits_sent, post_letter, wrong
from gesond.kernel.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("solved_captcha")]


class TestStepThree:
    def test_the_mobile_is_chosen_at_first_s2_20(self, client):
        at_channel(client)
        response = client.get(SECURITY)
        text = text_of(response)
        for words in ["Code à usage unique à recevoir par", "Mobile *", "E-mail *", "Valider", "Etape précédente"]:
            assert words in text
        assert re.search(r'value="sms" checked', response.content.decode())

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"channel": "sms", "phone": ""}, "phone"),
            ({"channel": "sms", "phone": "27 12 50 18"}, "phone"),
            ({"channel": "email", "email": "anna"}, "email"),
        ],
    )
    def test_a_bad_number_or_address_is_refused_and_kept(self, client, typed, words):
        at_channel(client)
        response = client.post(SECURITY, typed)
        assert f'id="id_{words}-error"' in response.content.decode()
        assert f'value="{typed[words]}"' in response.content.decode() or not typed[words]
        assert not OneTimeCode.objects.exists()

    def test_what_is_left_in_the_other_field_does_not_matter(self, client):
        at_channel(client)
        typed = {"channel": "sms", "phone": "621 123 456", "email": "not an address"}
        assert client.post(SECURITY, typed).headers["Location"] == SENT

    @pytest.mark.parametrize("address", ["a@b.lu\nBcc: x@y.lu", "a@b.lu\r\nSubject: hi", "a@b.lu%0aBcc:x@y.lu"])
    def test_no_header_is_slipped_in_by_the_address(self, client, address, sent_messages):
        at_channel(client)
        assert client.post(SECURITY, {"channel": "email", "email": address}).status_code == 200
        assert sent_messages() == []

    def test_the_confirmation_says_where_the_code_went_s2_21_s2_22_s2_23(self, client):
        at_code(client, channel="email", email=EMAIL)
        response = client.get(SENT)
        words = (
            "Le code a été envoyé à l'adresse *****@agence-esante.lu, il est valable pendant 15min. "
            "Merci de le renseigner dans le formulaire ci-dessous."
        )
        dialog = re.search(r"<dialog.*?</dialog>", response.content.decode(), re.S)
        assert dialog is not None
        assert " open" in dialog[0]
        assert "Confirmation" in dialog[0]
        assert text_of(response).count(words) == 2  # in the window, and on the page once it is closed
        assert EMAIL not in response.content.decode()
        assert "<dialog" not in client.get(SENT).content.decode()

    def test_a_mobile_is_masked_too_s2_22(self, client):
        at_code(client)
        response = client.get(SENT)
        assert "Le code a été envoyé au numéro *****56, il est valable pendant 15min." in text_of(response)
        assert MOBILE not in response.content.decode()

    def test_the_page_asks_for_the_code_s2_24_s2_25(self, client):
        at_code(client)
        text = text_of(client.get(SENT))
        for words in [
            "L'ACTIVATION DU COMPTE ESANTÉ S'EFFECTUE EN CINQ ÉTAPES",
            "Afin de sécuriser votre compte, veuillez saisir le code que vous venez de recevoir.",
            "Code reçu par SMS ou par E-mail *",
            "Valider",
        ]:
            assert words in text

    def test_too_few_digits_cost_no_try(self, client):
        at_code(client)
        assert "Le code a 7 chiffres : vous en avez saisi 3." in text_of(client.post(SENT, {"code": "123"}))
        assert Activation.objects.get().code_failures == 0

    def test_a_code_may_be_typed_with_spaces(self, client):
        at_code(client)
        digits = digits_sent()
        assert client.post(SENT, {"code": f" {digits[:3]} {digits[3:]} "}).headers["Location"] == MEANS

    def test_a_wrong_code_says_how_many_tries_remain_then_pauses(self, client):
        at_code(client)
        bad = wrong(digits_sent())
        texts = [text_of(client.post(SENT, {"code": bad})) for _ in range(5)]
        assert "Il vous reste 4 essais." in texts[0]
        assert "Il vous reste 1 essai." in texts[3]
        assert "Trop de codes erronés. Réessayez dans 15 minutes." in texts[4]
        assert bad not in texts[0]

    def test_an_expired_code_says_so(self, client):
        at_code(client)
        digits = digits_sent()
        with time_machine.travel(now() + timedelta(minutes=16), tick=False):
            assert "Ce code a expiré. Demandez un nouveau code." in text_of(client.post(SENT, {"code": digits}))

    def test_another_code_is_sent_after_the_wait(self, client):
        at_code(client)
        client.get(SENT)
        early = client.post(AGAIN, follow=True)
        assert "Vous pourrez demander un autre code dans" in text_of(early)
        with time_machine.travel(now() + timedelta(seconds=61), tick=False):
            assert client.post(AGAIN).headers["Location"] == SENT
            assert "<dialog" in client.get(SENT).content.decode()
        assert OneTimeCode.objects.count() == 2

    def test_the_number_may_be_changed_and_is_shown_to_who_typed_it(self, client):
        at_code(client)
        assert f'value="{MOBILE}"' in client.get(SECURITY).content.decode()

    def test_a_number_typed_in_another_browser_is_not_shown(self, client):
        letter = at_code(client)
        other = Client()
        begin(other)
        assert type_letter(other, letter).headers["Location"] == SENT
        assert MOBILE not in other.get(SECURITY).content.decode()

    def test_a_code_that_could_not_be_delivered_offers_the_other_way(self, client):
        at_code(client)
        fail_delivery()
        response = client.get(SENT)
        assert "Nous n'avons pas pu joindre le numéro *****56." in text_of(response)
        assert f"{SECURITY}?channel=email" in response.content.decode()
        assert 'value="email" checked' in client.get(f"{SECURITY}?channel=email").content.decode()


class TestTheEnd:
    def test_luxtrust_is_optional_s2_26(self, client):
        at_other_means(client)
        response = client.get(MEANS)
        assert "(pas obligatoire)" in text_of(response)
        assert "Etape suivante" in text_of(response)
        assert client.post(MEANS).headers["Location"] == DONE

    def test_the_activation_is_finished_s2_27(self, client):
        at_other_means(client)
        client.post(MEANS)
        response = client.get(DONE)
        assert "Votre activation est terminée! Vous pouvez vous connecter à votre DSP." in text_of(response)
        assert re.search(r'href="/fr/sign-in/"[^>]*>Connexion', response.content.decode())

    def test_a_parent_is_told_of_the_assistant_route_s2_32_x6(self, client):
        child = PersonFactory(matricule=matricule_for(9, year=now().year - 8))
        at_other_means(client, post_letter(person=child))
        client.post(MEANS)
        assert "« Assistant DSP »" in text_of(client.get(DONE))

    def test_an_adult_is_not(self, client):
        at_other_means(client)
        client.post(MEANS)
        assert "Assistant DSP" not in text_of(client.get(DONE))

    def test_the_way_back_is_safe_after_the_account_is_open(self, client):
        at_other_means(client)
        digits = digits_sent()
        for page in [WORD, SECURITY, SENT]:
            assert client.get(page).headers["Location"] == MEANS
        assert client.post(SENT, {"code": digits}).headers["Location"] == MEANS
        assert (
            client.post(WORD, {"password": "Regenbogen8", "confirmation": "Regenbogen8"}).headers["Location"] == MEANS
        )
        assert client.post(AGAIN).headers["Location"] == MEANS
        assert Account.objects.count() == 1

    def test_no_page_of_a_step_is_kept_by_the_browser(self, client):
        at_code(client)
        for page in [CODE, WORD, SECURITY, SENT]:
            assert "no-store" in client.get(page).headers["Cache-Control"]
