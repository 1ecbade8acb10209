"""The activation's pages up to the password, as people walk through them: S2-07 to S2-19."""

import re
from datetime import timedelta

import pytest

from gesond.identity.models import Activation, ActivationCode
from gesond.identity.tests.activation.steps import (
    CODE,
    LETTER,
    SECURITY,
    START,
    WORD,
    WRONG_TRY,
    at_channel,
    at_password,
    begin,
    choose_password,
    text_of,
    type_letter,
    without_tokens,
)
from gesond.identity.tests.factories import PASSWORD, AccountFactory, activation_code_for
from gesond.identity.tests.walking import post_letter, stranger
from gesond.kernel.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("solved_captcha")]


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
