"""The activation's pages as people walk through them: S2-07 to S2-27, S2-32."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from gesond.identity.models import Account, Activation, ActivationCode, LetterRequest, OneTimeCode, Session
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory, activation_code_for, matricule_for
from gesond.identity.tests.sign_in_steps import CODE_PAGE, give_password
from gesond.identity.tests.walking import EMAIL, MOBILE, digits_sent, post_letter, stranger, wrong
from gesond.kernel.clock import now
from gesond.notify.models import OutboxMessage
from gesond.notify.models import State as MessageState
from gesond.web.captcha import CaptchaField

START, CODE, LETTER = "/fr/activation/", "/fr/activation/code/", "/fr/activation/letter/"
WORD, SECURITY, SENT = "/fr/activation/password/", "/fr/activation/security/", "/fr/activation/security/code/"
AGAIN, MEANS, DONE = f"{SENT}again/", "/fr/activation/other-means/", "/fr/activation/confirmation/"
STEPS = [WORD, SECURITY, SENT, MEANS, DONE]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _solved_captcha(request, monkeypatch):
    """The captcha has tests of its own; here it counts as solved, unless a test is about it."""
    if "real_captcha" not in request.keywords:
        monkeypatch.setattr(CaptchaField, "clean", lambda self, value: None)
        monkeypatch.setattr(CaptchaField, "spend", lambda self: True)


def text_of(response):
    """What a person reads, on one line, with straight apostrophes."""
    content = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    plain = re.sub(r"<[^>]+>", " ", content).replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    return " ".join(plain.split())


def begin(client):
    return client.post(START, {"accepted": "1", "version": "1.0"})


def type_letter(client, letter, *, matricule="", code=None):
    typed = {"received": "yes", "matricule": matricule or letter.matricule}
    return client.post(CODE, {**typed, "code": (code or letter.code).formatted})


def at_password(client, letter=None):
    letter = letter or post_letter()
    begin(client)
    assert type_letter(client, letter).headers["Location"] == WORD
    return letter


def choose_password(client, password=PASSWORD, confirmation=None):
    return client.post(WORD, {"password": password, "confirmation": confirmation or password})


def at_channel(client, letter=None):
    letter = at_password(client, letter)
    assert choose_password(client).headers["Location"] == SECURITY
    return letter


def at_code(client, letter=None, **channel):
    letter = at_channel(client, letter)
    assert client.post(SECURITY, channel or {"channel": "sms", "phone": "621 123 456"}).headers["Location"] == SENT
    return letter


def at_other_means(client, letter=None):
    letter = at_code(client, letter)
    assert client.post(SENT, {"code": digits_sent()}).headers["Location"] == MEANS
    return letter


def fail_delivery():
    OutboxMessage.objects.update(state=MessageState.FAILED, last_error="no such number")


class TestBeforeTheSteps:
    def test_the_page_says_what_to_gather_s2_07_s2_08(self, client):
        text = text_of(client.get(START))
        for words in [
            "ACTIVATION DE MON COMPTE ESANTÉ",
            "PRÉ-REQUIS",
            "Courrier envoyé par l'Agence eSanté contenant votre code d'activation",
            "Votre numéro de matricule (à 11 ou 13 chiffres)",
            "Votre adresse email personnelle ou votre numéro de téléphone portable",
            "OPTIONNEL : Un dispositif LuxTrust dûment activé (Token, Smartcard ou carte d'identité électronique)",
        ]:
            assert words in text

    def test_the_page_says_where_help_is_s2_10_s2_11(self, client):
        text = text_of(client.get(START))
        assert "Vous ne retrouvez plus votre courrier d'activation?" in text
        assert "Des difficultés pour activer votre compte eSanté ?" in text
        assert "(+352) 27 12 50 18 33" in text
        assert "helpdesk@esante.lu" in text

    def test_the_terms_are_on_the_page_and_in_pdf_s2_12(self, client):
        response = client.get(START)
        text = text_of(response)
        for words in ["CONDITIONS GENERALES D'UTILISATION", "Téléchargeables en PDF en cliquant ici", "12. Droit"]:
            assert words in text
        assert "En cochant cette case, j'accepte les Conditions Générales d'Utilisation." in text
        assert "Activer mon compte" in text
        assert "/fr/terms/1.0.pdf" in response.content.decode()

    def test_no_step_without_agreeing_to_the_terms_s2_12(self, client):
        refused = client.post(START, {"version": "1.0"})
        assert refused.status_code == 200
        assert "Cochez la case" in text_of(refused)
        assert client.get(CODE).headers["Location"] == START

    def test_nobody_agrees_to_terms_they_were_not_shown(self, client):
        refused = client.post(START, {"accepted": "1", "version": "0.9"})
        assert "Les conditions ont changé depuis que vous avez ouvert cette page" in text_of(refused)
        assert "checked" not in refused.content.decode()

    @pytest.mark.parametrize("language", ["fr", "de", "en"])
    def test_every_page_speaks_every_language(self, client, language):
        assert client.get(f"/{language}/activation/").status_code == 200
        assert f'lang="{language}"' in client.get(f"/{language}/activation/letter/").content.decode()


class TestStepOne:
    def test_the_step_asks_as_the_guide_shows_s2_13_s2_15_s2_16_s2_17(self, client):
        begin(client)
        text = text_of(client.get(CODE))
        steps = ["Code d'activation", "Mot de passe", "Sécurisation de votre compte"]
        for words in [*steps, "Autres moyens d'authentification", "Confirmation"]:
            assert words in text
        for words in ["Avez-vous reçu votre code d'activation ?", "Oui", "Non", "Matricule *", "Code d'activation *"]:
            assert words in text
        assert "Captcha *" in text
        assert "Etape suivante" in text

    def test_the_present_step_is_marked_s2_13(self, client):
        begin(client)
        assert client.get(CODE).content.decode().count('aria-current="step"') == 1

    def test_non_leads_to_asking_for_a_letter_s2_15(self, client):
        begin(client)
        assert client.post(CODE, {"received": "no"}).headers["Location"] == LETTER

    def test_nothing_is_said_of_fields_that_are_not_shown_yet_s2_15(self, client):
        begin(client)
        text = text_of(client.post(CODE, {"matricule": ""}))
        assert "Dites si vous avez reçu votre code d'activation." in text
        assert "Saisissez votre matricule." not in text

    def test_a_typing_error_is_told_and_costs_no_try(self, client):
        letter = post_letter()
        begin(client)
        slip = letter.matricule[:-1] + str((int(letter.matricule[-1]) + 1) % 10)
        for _ in range(6):
            response = client.post(
                CODE, {"received": "yes", "matricule": slip, "code": letter.code.formatted[:-1] + "1"}
            )
            assert "Les codes ne contiennent jamais 0, O, 1 ni I." in text_of(response)
        assert slip in response.content.decode()
        assert type_letter(client, letter).headers["Location"] == WORD

    def test_wrong_details_say_how_many_tries_remain_and_keep_what_was_typed(self, client):
        letter = post_letter()
        begin(client)
        response = type_letter(client, letter, code=activation_code_for(5))
        assert "Il vous reste 4 essais." in text_of(response)
        assert letter.matricule in response.content.decode()

    def test_a_known_and_an_unknown_matricule_get_the_same_page(self, client):
        letter, nobody = post_letter(), stranger()
        begin(client)
        for _ in range(7):
            known = type_letter(client, letter, code=activation_code_for(5))
            unknown = type_letter(client, letter, matricule=nobody, code=activation_code_for(5))
            same = known.content.decode().replace(letter.matricule, nobody)
            assert without_tokens(same) == without_tokens(unknown.content.decode())

    def test_a_known_and_an_unknown_matricule_cost_the_same_queries(self, client, django_assert_num_queries):
        letter, nobody = post_letter(), stranger()
        begin(client)
        type_letter(client, letter, code=activation_code_for(5))
        type_letter(client, letter, matricule=nobody, code=activation_code_for(5))
        with django_assert_num_queries(WRONG_TRY):
            type_letter(client, letter, code=activation_code_for(5))
        with django_assert_num_queries(WRONG_TRY):
            type_letter(client, letter, matricule=nobody, code=activation_code_for(5))

    @pytest.mark.parametrize(
        ("state", "words", "next_step"),
        [
            ("cancelled", "Un courrier plus récent a remplacé celui-ci", "Utilisez le code du dernier courrier"),
            ("exhausted", "Ce code n'est plus valable", "Demander un nouveau courrier"),
        ],
    )
    def test_who_holds_the_letter_is_told_what_became_of_it(self, client, state, words, next_step):
        letter = post_letter(state=state)
        begin(client)
        text = text_of(type_letter(client, letter))
        assert words in text
        assert next_step in text

    def test_an_expired_letter_says_so(self, client):
        letter = post_letter()
        ActivationCode.objects.update(issued_at=now() - timedelta(days=100), expires_at=now() - timedelta(days=10))
        begin(client)
        assert "Ce code a expiré" in text_of(type_letter(client, letter))

    def test_a_used_letter_leads_to_the_sign_in(self, client):
        letter = post_letter()
        AccountFactory(person=letter.row.person)
        begin(client)
        response = type_letter(client, letter)
        assert "Votre compte est déjà ouvert" in text_of(response)
        assert "/fr/sign-in/" in response.content.decode()

    def test_an_address_that_tries_too_often_is_told_how_long_to_wait(self, client):
        letter = post_letter()
        begin(client)
        for number in range(30):
            type_letter(client, letter, matricule=stranger(number + 1))
        response = type_letter(client, letter)
        assert response.status_code == 429
        assert re.search(r"Attendez \d+ minutes", text_of(response))
        assert letter.matricule in response.content.decode()

    def test_an_accepted_code_need_not_be_typed_again_s2_14(self, client):
        at_password(client)
        response = client.get(CODE)
        assert "Votre code a été accepté" in text_of(response)
        assert f'href="{WORD}"' in response.content.decode()

    @pytest.mark.real_captcha
    def test_nothing_is_tried_without_the_captcha_s2_17(self, client):
        letter = post_letter()
        begin(client)
        response = type_letter(client, letter)
        assert response.status_code == 200
        assert not Activation.objects.exists()
        assert letter.matricule in response.content.decode()


class TestStepTwo:
    def test_the_step_asks_twice_and_says_the_rule_s2_18_s2_19(self, client):
        at_password(client)
        text = text_of(client.get(WORD))
        rule = (
            "Le mot de passe doit faire au minimum 8 caractères, comprendre au moins un caractère alphabétique et au "
            "moins un caractère numérique"
        )
        for words in ["Votre mot de passe *", "Confirmation de votre mot de passe *", rule, "Etape précédente"]:
            assert words in text

    @pytest.mark.parametrize(
        ("password", "words"),
        [("abc1", "Utilisez au moins 8 caractères."), ("12345678901", "Ajoutez au moins une lettre.")],
    )
    def test_a_weak_password_is_refused_with_the_reason_and_never_shown_again_s2_19(self, client, password, words):
        at_password(client)
        response = choose_password(client, password)
        assert words in text_of(response)
        assert password not in response.content.decode()

    def test_two_different_passwords_are_refused(self, client):
        at_password(client)
        response = choose_password(client, PASSWORD, "Sonnenblume8")
        assert "Les deux mots de passe ne sont pas identiques" in text_of(response)
        assert "Sonnenblume" not in response.content.decode()

    def test_spaces_are_part_of_a_password(self, client):
        at_password(client)
        choose_password(client, " grüne Wiese 7 ")
        assert Activation.objects.get().password.startswith("argon2")

    def test_a_recorded_password_is_kept_when_nothing_is_typed(self, client):
        at_channel(client)
        recorded = Activation.objects.get().password
        assert "Votre mot de passe est enregistré." in text_of(client.get(WORD))
        assert client.post(WORD, {"password": "", "confirmation": ""}).headers["Location"] == SECURITY
        assert Activation.objects.get().password == recorded

    def test_a_recorded_password_is_not_changed_by_one_half(self, client):
        at_channel(client)
        assert client.post(WORD, {"password": "Regenbogen8", "confirmation": ""}).status_code == 200


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


class TestOneBrowserOnly:
    @pytest.mark.parametrize("page", STEPS)
    def test_no_step_opens_without_proof(self, client, page):
        response = client.get(page, follow=True)
        assert response.redirect_chain[-1][0] == START
        assert "Votre session a expiré" in text_of(response)

    @pytest.mark.parametrize("page", STEPS)
    def test_nothing_is_posted_without_proof(self, client, page):
        assert client.post(page, {"password": PASSWORD, "code": "1234567"}).headers["Location"] == START
        assert not Account.objects.exists()

    @pytest.mark.parametrize(
        ("reach", "stands_at"), [(at_password, WORD), (at_channel, SECURITY), (at_code, SENT), (at_other_means, MEANS)]
    )
    def test_a_step_skipped_by_its_address_leads_to_the_one_that_is_due(self, client, reach, stands_at):
        reach(client)
        for page in STEPS[STEPS.index(stands_at) + 1 :]:
            assert client.get(page).headers["Location"] == stands_at

    def test_another_browser_takes_over_and_the_former_is_told_calmly(self, client):
        letter = at_code(client)
        other = Client()
        begin(other)
        took_over = type_letter(other, letter)
        assert took_over.headers["Location"] == SENT
        assert "si vous ne l'avez pas choisi vous-même" in text_of(other.get(SENT))

        told = client.get(SENT, follow=True)
        assert told.redirect_chain[-1][0] == CODE
        assert "Votre activation s'est poursuivie dans un autre navigateur." in text_of(told)

    def test_an_ended_session_resumes_where_it_stopped(self, client):
        letter = at_channel(client)
        Session.objects.all().delete()
        told = client.get(SECURITY, follow=True)
        assert "vous reprendrez à la même étape" in text_of(told)
        begin(client)
        resumed = type_letter(client, letter)
        assert resumed.headers["Location"] == SECURITY

    def test_a_replaced_letter_stops_the_activation(self, client):
        at_code(client)
        ActivationCode.objects.update(state="cancelled", ended_at=now())
        told = client.get(SENT, follow=True)
        assert "Un courrier plus récent a remplacé le vôtre." in text_of(told)
        assert told.redirect_chain[-1][0] == CODE

    def test_an_account_opened_another_way_leads_to_the_sign_in(self, client):
        letter = at_code(client)
        AccountFactory(person=letter.row.person)
        assert client.post(SENT, {"code": digits_sent()}).headers["Location"] == "/fr/sign-in/"

    def test_the_session_changes_its_key_with_the_proof(self, client):
        begin(client)
        planted = client.cookies["gesond_session"].value
        type_letter(client, post_letter())
        assert client.cookies["gesond_session"].value != planted

        attacker = Client()
        attacker.cookies["gesond_session"] = planted
        assert attacker.get(WORD).headers["Location"] == START

    def test_a_form_without_its_token_is_refused(self):
        client = Client(enforce_csrf_checks=True)
        for page in [START, CODE, LETTER, *STEPS, AGAIN]:
            assert client.post(page, {"accepted": "1"}).status_code == 403

    def test_a_second_child_s_letter_begins_its_own_activation(self, client):
        at_code(client, post_letter(1))
        assert type_letter(client, post_letter(2)).headers["Location"] == WORD
        assert Activation.objects.count() == 2


class TestAskingForALetter:
    def test_everyone_gets_the_same_answer(self, client):
        answers = []
        for matricule in [PersonFactory().matricule, stranger()]:
            assert client.post(LETTER, {"matricule": matricule}).headers["Location"] == LETTER
            answers.append(without_tokens(client.get(LETTER).content.decode()))
        assert answers[0] == answers[1]
        assert (
            "Si ce matricule est celui d'une personne inscrite, un courrier lui sera envoyé à son adresse connue"
            in (answers[0].replace("&#39;", "'"))
        )

    def test_the_answer_is_shown_once_and_the_form_again_after_it(self, client):
        client.post(LETTER, {"matricule": stranger()})
        client.get(LETTER)
        assert "id_matricule" in client.get(LETTER).content.decode()

    def test_an_address_that_asks_too_often_waits(self, client):
        for _ in range(10):
            client.post(LETTER, {"matricule": stranger()})
            client.get(LETTER)
        response = client.post(LETTER, {"matricule": stranger()})
        assert response.status_code == 429
        assert LetterRequest.objects.count() == 10

    @pytest.mark.real_captcha
    def test_the_captcha_is_asked_for(self, client):
        client.post(LETTER, {"matricule": stranger()})
        assert not LetterRequest.objects.exists()


class TestCost:
    """Queries are few and do not creep up unseen."""

    @pytest.mark.parametrize(
        ("reach", "page", "queries"),
        [
            (None, START, 1),  # the terms, which are then kept
            (begin, CODE, 3),
            (at_password, WORD, 2),
            (at_channel, SECURITY, 2),
            (at_other_means, MEANS, 3),
        ],
    )
    def test_a_page_costs(self, client, django_assert_num_queries, reach, page, queries):
        if reach:
            reach(client)
            client.get(page)
        with django_assert_num_queries(queries):
            assert client.get(page).status_code == 200

    def test_the_page_of_the_code_costs(self, client, django_assert_num_queries):
        at_code(client)
        client.get(SENT)
        with django_assert_num_queries(5):
            client.get(SENT)


WRONG_TRY = 13


def without_tokens(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|/captcha/image/[0-9a-f]+/|value="[0-9a-f]{40}"', "", page)


def test_who_opened_an_account_signs_in_from_that_browser_whatever_strangers_try(client):
    letter = at_other_means(client)
    account = Account.objects.get(person=letter.row.person)
    for _ in range(11):
        give_password(Client(), account, "Falsch123")
    assert give_password(Client(), account).status_code == 429
    assert give_password(client, account)["Location"] == CODE_PAGE
