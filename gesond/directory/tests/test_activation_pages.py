"""A professional's activation as its guide shows it: S1-03 to S1-15, S1-29."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from gesond.directory.models import ProfessionalRecord
from gesond.directory.tests.activation_steps import (
    AGAIN,
    CODE,
    DATA,
    DONE,
    HELP,
    LETTER,
    LUXTRUST,
    ROOT,
    SECURITY,
    SENT,
    STEPS,
    TAKEN,
    accept_terms,
    at_code,
    at_data,
    at_done,
    at_security,
    at_sent,
    professional_with_letter,
    prove,
    text_of,
    type_letter,
)
from gesond.identity.actions.activation_proof import Refusal
from gesond.identity.models import (
    Account,
    Activation,
    ActivationCode,
    LetterRequest,
    LuxTrustFlow,
    LuxTrustProduct,
    Session,
    TermsAcceptance,
)
from gesond.identity.tests.factories import AccountFactory, PersonFactory, activation_code_for
from gesond.identity.tests.luxtrust_steps import come_back, product_of, proof_of
from gesond.identity.tests.walking import EMAIL, MOBILE, digits_sent, post_letter, wrong
from gesond.identity.tests.walking import prove as prove_patient
from gesond.kernel.clock import now
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage
from gesond.web.help_context import KEY as HELP_KEY

pytestmark = pytest.mark.django_db
FIVE = [
    "Associer un produit LuxTrust",
    "Code d'activation",
    "Informations personnelles",
    "Sécurisation du compte",
    "Confirmation",
]


def events_of(person):
    rows = JournalEntry.objects.filter(chain=f"person:{person.pk}").order_by("sequence")
    return [row.event for row in rows]


class TestTheTerms:
    def test_the_whole_text_and_the_way_on_at_the_bottom_s1_03(self, client):
        text = text_of(client.get(ROOT))
        assert "CONDITIONS GENERALES D'UTILISATION" in text
        assert text.index("12. Droit") < text.index("En cochant cette case") < text.index("Activer mon compte")

    def test_no_activation_without_acceptance_s1_03(self, client):
        assert "Cochez la case" in text_of(client.post(ROOT, {"version": "1.0"}))
        assert client.get(LUXTRUST)["Location"] == ROOT
        assert client.get(CODE)["Location"] == ROOT

    def test_accepting_leads_to_the_first_step(self, client):
        assert accept_terms(client)["Location"] == LUXTRUST

    @pytest.mark.parametrize("language", ["fr", "de", "en"])
    def test_every_page_speaks_every_language(self, client, language):
        assert f'lang="{language}"' in client.get(f"/{language}/professional/activation/").content.decode()

    def test_the_menu_leads_here_s1_01(self, client):
        assert f'href="{ROOT}"' in client.get("/fr/").content.decode()

    def test_nothing_is_here_where_the_door_is_shut(self, client, settings):
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, doors=("patient",))
        for page in [ROOT, LUXTRUST, CODE, *STEPS]:
            assert client.get(page).status_code == 404


class TestStepOneLuxTrust:
    def test_five_named_steps_and_connexion_s1_04_s1_05(self, client):
        accept_terms(client)
        response = client.get(LUXTRUST)
        text = text_of(response)
        places = [text.index(name) for name in FIVE]
        assert places == sorted(places)
        assert "Connexion" in text
        assert response.content.decode().count('aria-current="step"') == 1

    def test_connexion_begins_the_walk_to_luxtrust_s1_05(self, client, settings):
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, luxtrust_issuer="https://luxtrust.example")
        accept_terms(client)
        assert client.post(LUXTRUST)["Location"] == "/fr/luxtrust/"
        flow = LuxTrustFlow.objects.get()
        assert (flow.purpose, flow.return_to, flow.instead) == ("professional_activation", LUXTRUST, LUXTRUST)

    def test_a_site_without_luxtrust_says_so(self, client):
        accept_terms(client)
        assert "LuxTrust n'est pas disponible sur ce site" in text_of(client.get(LUXTRUST))
        assert client.post(LUXTRUST).status_code == 200
        assert not LuxTrustFlow.objects.exists()

    def test_no_code_is_asked_before_luxtrust_s1_05(self, client):
        professional_with_letter()
        accept_terms(client)
        assert client.get(CODE)["Location"] == LUXTRUST
        assert client.post(CODE, {"received": "yes"})["Location"] == LUXTRUST

    @pytest.mark.parametrize("device", ["token", "smartcard", "mobile", "identity_card", "other"])
    def test_any_product_is_accepted_s1_06(self, client, device):
        professional, _letter = professional_with_letter()
        accept_terms(client)
        assert prove(client, professional.person, device=device)["Location"] == CODE

    def test_a_proof_for_something_else_is_worth_nothing_here(self, client):
        professional, _letter = professional_with_letter()
        accept_terms(client)
        come_back(client, proof_of(professional.person), purpose="sign_in")
        assert client.get(LUXTRUST).status_code == 200
        assert client.get(CODE)["Location"] == LUXTRUST

    def test_a_product_in_use_leads_to_the_sign_in(self, client):
        professional, _letter = professional_with_letter()
        account = AccountFactory(person=professional.person, doors=["patient", "professional"])
        product_of(account, proof_of(professional.person))
        accept_terms(client)
        assert prove(client, professional.person)["Location"] == TAKEN
        response = client.get(TAKEN)
        assert "Ce produit LuxTrust est déjà associé à un compte" in text_of(response)
        assert "/fr/sign-in/professional/" in response.content.decode()

    def test_the_product_of_a_patient_s_account_leads_to_signing_in_and_back(self, client):
        professional, _letter = professional_with_letter()
        product_of(AccountFactory(person=professional.person), proof_of(professional.person))
        accept_terms(client)
        assert prove(client, professional.person)["Location"] == TAKEN
        assert f"/fr/sign-in/?next={LUXTRUST}" in client.get(TAKEN).content.decode()

    def test_a_proof_grows_old_in_an_hour(self, client):
        professional, letter = professional_with_letter()
        at_code(client, professional.person)
        LuxTrustFlow.objects.update(ended_at=now() - timedelta(minutes=61))
        assert type_letter(client, letter)["Location"] == LUXTRUST

    def test_what_was_proved_need_not_be_proved_again(self, client):
        professional, _letter = professional_with_letter()
        at_code(client, professional.person)
        assert "LuxTrust a confirmé votre identité." in text_of(client.get(LUXTRUST))


class TestStepTwoTheCode:
    def test_the_step_asks_as_the_guide_shows_s1_07_s1_08(self, client):
        at_code(client, PersonFactory())
        text = text_of(client.get(CODE))
        for words in ["Oui", "Non", "Numéro de matricule", "Code d'activation", "Étape suivante"]:
            assert words in text
        assert "Captcha" not in text

    def test_non_leads_to_asking_for_a_letter_s1_07(self, client):
        at_code(client, PersonFactory())
        assert client.post(CODE, {"received": "no"})["Location"] == LETTER

    def test_the_right_details_lead_to_the_data(self, client):
        professional, letter = professional_with_letter()
        at_data(client, letter)
        activation = Activation.objects.get()
        assert (activation.door, activation.person, activation.step) == ("professional", professional.person, "data")

    def test_the_short_matricule_is_accepted(self, client):
        professional, letter = professional_with_letter(person=PersonFactory(matricule="1893120105732"))
        at_code(client, professional.person)
        assert type_letter(client, letter, matricule="18931201057")["Location"] == DATA

    def test_wrong_details_say_how_many_tries_remain_and_the_fifth_ends_the_letter(self, client):
        professional, letter = professional_with_letter()
        at_code(client, professional.person)
        texts = [text_of(type_letter(client, letter, code=activation_code_for(n).formatted)) for n in range(5)]
        assert "Il vous reste 4 essais." in texts[0]
        assert "Demandez un nouveau courrier" in texts[4]
        assert "Ce code n'est plus valable" in text_of(type_letter(client, letter))

    def test_a_patient_s_code_does_not_open_the_professional_s_door(self, client):
        professional, _letter = professional_with_letter()
        patient = post_letter(2, person=professional.person)
        at_code(client, professional.person)
        assert "ne correspondent" in text_of(type_letter(client, patient))
        assert not Activation.objects.exists()

    def test_somebody_else_s_luxtrust_is_told_what_differs_and_neither_value(self, client):
        _professional, letter = professional_with_letter(person__family_name="Exemple", person__given_names="Claire")
        at_code(client, PersonFactory(family_name="Muster", given_names="Jonas"))
        response = type_letter(client, letter)
        text = text_of(response)
        assert "LuxTrust et le registre national ne concordent pas" in text
        assert "le nom de famille, les prénoms" in text
        assert "Exemple" not in text
        assert "Claire" not in text
        assert not Activation.objects.exists()
        refused = JournalEntry.objects.get(event="activation.refused")
        assert refused.details["attributes"][:2] == ["family_name", "given_names"]
        assert client.session[HELP_KEY]["about"] == "professional-activation"

    def test_accents_and_a_married_name_are_the_same_person(self, client):
        professional, letter = professional_with_letter(person__family_name="Müller-Weber", person__given_names="Zoé")
        at_code(client, professional.person, family_name="MULLER", given_names="ZOE MARIE")
        assert type_letter(client, letter)["Location"] == DATA

    def test_another_day_of_birth_is_another_person(self, client):
        professional, letter = professional_with_letter()
        at_code(client, professional.person, birth_date=date(1950, 1, 1))
        assert "la date de naissance" in text_of(type_letter(client, letter))

    def test_who_is_not_in_force_is_refused_calmly(self, client):
        professional, letter = professional_with_letter()
        ProfessionalRecord.objects.update(valid_to=date(2021, 1, 1))
        at_code(client, professional.person)
        text = text_of(type_letter(client, letter))
        assert "Vous ne figurez pas dans l'annuaire des professionnels de santé" in text
        assert "(+352) 27 12 50 18 33" in text
        assert not Activation.objects.exists()

    def test_no_professional_s_letter_serves_who_never_was_one(self, client):
        letter = post_letter(door="professional")
        at_code(client, letter.row.person)
        assert "Vous ne figurez pas dans l'annuaire" in text_of(type_letter(client, letter))

    def test_an_accepted_code_need_not_be_typed_again(self, client):
        _professional, letter = professional_with_letter()
        at_data(client, letter)
        assert "Votre code a été accepté" in text_of(client.get(CODE))


class TestStepThreeTheData:
    def test_the_registry_and_the_directory_are_shown_and_not_editable_s1_10_s1_11(self, client):
        professional, letter = professional_with_letter(record__specialities=[])
        at_data(client, letter)
        response = client.get(DATA)
        text = text_of(response)
        person = professional.person
        practice = professional.practices.get().establishment.records.get()
        for words in [person.family_name, person.given_names, professional.provider_code, practice.name]:
            assert words in text
        for words in ["Médecin généraliste", "Français", "Allemand", "Etape suivante"]:
            assert words in text
        assert not re.search(r'<(input|select|textarea)(?![^>]*type="hidden")', response.content.decode())

    def test_the_helpdesk_is_named_s1_11_s1_29(self, client):
        _professional, letter = professional_with_letter()
        at_data(client, letter)
        text = text_of(client.get(DATA))
        assert "En cas d'erreur contactez le Helpdesk" in text
        assert "(+352) 27 12 50 18 33" in text
        assert "Besoin d'aide" in text

    def test_a_request_for_help_has_its_context_filled_in_s1_11(self, client):
        professional, letter = professional_with_letter()
        at_data(client, letter)
        answer = client.post(HELP)
        assert answer["Location"] == "/fr/helpdesk/?about=professional-activation"
        offered = client.session[HELP_KEY]
        assert offered["about"] == "professional-activation"
        assert offered["facts"]["Code prestataire"] == professional.provider_code
        assert letter.matricule not in str(offered)

    def test_checking_leads_to_securing_the_account_s1_10(self, client):
        _professional, letter = professional_with_letter()
        at_security(client, letter)
        assert "activation.data_confirmed" in events_of(letter.row.person)

    def test_who_left_the_directory_meanwhile_goes_no_further(self, client):
        _professional, letter = professional_with_letter()
        at_data(client, letter)
        ProfessionalRecord.objects.all().delete()
        told = client.get(DATA, follow=True)
        assert "Vous ne figurez plus parmi les professionnels en exercice" in text_of(told)


class TestStepFourSecuring:
    def test_mobile_or_e_mail_s1_12(self, client):
        _professional, letter = professional_with_letter()
        at_security(client, letter)
        text = text_of(client.get(SECURITY))
        for words in [
            "Sécurisation du compte",
            "Code à usage unique à recevoir par",
            "Mobile *",
            "E-mail *",
            "Valider",
        ]:
            assert words in text
        assert "mot de passe" not in text.casefold()  # S1-15

    def test_the_confirmation_says_where_the_code_went_s1_13(self, client):
        _professional, letter = professional_with_letter()
        at_security(client, letter)
        client.post(SECURITY, {"channel": "email", "email": EMAIL})
        response = client.get(SENT)
        assert "Le code a été envoyé à l'adresse *****@agence-esante.lu" in text_of(response)
        assert re.search(r"<dialog[^>]* open", response.content.decode())

    def test_a_wrong_code_says_how_many_tries_remain(self, client):
        _professional, letter = professional_with_letter()
        at_sent(client, letter)
        assert "Il vous reste 4 essais." in text_of(client.post(SENT, {"code": wrong(digits_sent())}))

    def test_another_code_is_sent_after_the_wait(self, client):
        _professional, letter = professional_with_letter()
        at_sent(client, letter)
        with time_machine.travel(now() + timedelta(seconds=61), tick=False):
            assert client.post(AGAIN)["Location"] == SENT
        assert OutboxMessage.objects.filter(template="identity/one_time_code").count() == 2

    def test_the_way_back_leads_to_the_data(self, client):
        _professional, letter = professional_with_letter()
        at_security(client, letter)
        assert f'href="{DATA}"' in client.get(SECURITY).content.decode()
        assert client.get(DATA).status_code == 200


class TestStepFiveConfirmation:
    def test_the_guide_s_words_s1_14_s1_18_s1_29(self, client):
        _professional, letter = professional_with_letter()
        at_done(client, letter)
        response = client.get(DONE)
        text = text_of(response)
        for words in [
            "Votre activation est terminée!",
            "Vous pouvez vous connecter à votre compte eSanté.",
            "Des questions?",
            "(+352) 27 12 50 18 33",
            "Il est recommandé de définir un mot de passe lors de votre première connexion",
        ]:
            assert words in text
        assert "/fr/sign-in/professional/" in response.content.decode()

    def test_one_account_with_both_doors_its_product_and_no_password(self, client):
        professional, letter = professional_with_letter()
        account = at_done(client, letter)
        assert account.doors == ["patient", "professional"]
        assert not account.has_password()  # S1-15
        assert account.code_destination() == ("sms", MOBILE)
        product = LuxTrustProduct.objects.get()
        assert (product.account, product.device) == (account, "mobile")
        assert TermsAcceptance.objects.get(account=account).version.number == "1.0"
        letter.row.refresh_from_db()
        assert letter.row.state == ActivationCode.State.USED
        assert events_of(professional.person) == [
            "activation.begun",
            "activation.data_confirmed",
            "code.sent",
            "code.confirmed",
            "account.opened",
            "luxtrust.associated",
            "activation.finished",
        ]

    def test_the_message_speaks_of_luxtrust_and_not_of_a_password_to_type(self, client):
        _professional, letter = professional_with_letter()
        at_security(client, letter)
        client.post(SECURITY, {"channel": "email", "email": EMAIL})
        client.post(SENT, {"code": digits_sent()})
        message = OutboxMessage.objects.get(template="identity/account_opened")
        assert "avec votre produit LuxTrust" in message.content["text"]
        assert "/fr/sign-in/professional/" in message.content["text"]
        assert "matricule" not in message.content["text"]

    def test_a_patient_s_letter_in_hand_is_told_that_the_account_is_open(self, client):
        professional, letter = professional_with_letter()
        patient = post_letter(2, person=professional.person)
        at_done(client, letter)
        assert prove_patient(patient).refusal == Refusal.ACCOUNT_EXISTS


class TestResuming:
    @pytest.mark.parametrize(("reach", "stands_at"), [(at_data, DATA), (at_security, SECURITY), (at_sent, SENT)])
    def test_luxtrust_again_leads_back_to_the_step_without_the_letter(self, client, reach, stands_at):
        professional, letter = professional_with_letter()
        reach(client, letter)
        other = Client()
        accept_terms(other)
        assert prove(other, professional.person)["Location"] == stands_at
        assert "Votre activation reprend là où elle s'était arrêtée." in text_of(other.get(stands_at))

    def test_the_former_browser_is_told_calmly(self, client):
        professional, letter = professional_with_letter()
        at_security(client, letter)
        other = Client()
        accept_terms(other)
        prove(other, professional.person)
        told = client.get(SECURITY, follow=True)
        assert "Votre activation s'est poursuivie dans un autre navigateur." in text_of(told)

    def test_before_the_code_there_is_nothing_to_resume(self, client):
        professional, _letter = professional_with_letter()
        at_code(client, professional.person)
        other = Client()
        accept_terms(other)
        assert prove(other, professional.person)["Location"] == CODE

    def test_an_ended_session_says_how_to_go_on(self, client):
        _professional, letter = professional_with_letter()
        at_security(client, letter)
        Session.objects.all().delete()
        told = client.get(SECURITY, follow=True)
        assert told.redirect_chain[-1][0] == ROOT
        assert "Connectez-vous à nouveau avec LuxTrust : vous reprendrez à la même étape." in text_of(told)

    def test_a_replaced_letter_is_not_resumed(self, client):
        professional, letter = professional_with_letter()
        at_security(client, letter)
        ActivationCode.objects.update(state="cancelled", ended_at=now())
        assert "Un courrier plus récent a remplacé le vôtre." in text_of(client.get(SECURITY, follow=True))
        other = Client()
        accept_terms(other)
        assert prove(other, professional.person)["Location"] == CODE

    def test_who_left_the_directory_is_not_resumed(self, client):
        professional, letter = professional_with_letter()
        at_security(client, letter)
        ProfessionalRecord.objects.all().delete()
        other = Client()
        accept_terms(other)
        assert prove(other, professional.person)["Location"] == CODE


@pytest.mark.usefixtures("solved_captcha")
class TestAskingForALetter:
    def test_everyone_gets_the_same_answer_and_the_request_has_its_door_s1_07(self, client):
        professional, _letter = professional_with_letter()
        answers = []
        for matricule in [professional.person.matricule, PersonFactory().matricule]:
            assert client.post(LETTER, {"matricule": matricule})["Location"] == LETTER
            answers.append(text_of(client.get(LETTER)))
        assert answers[0] == answers[1]
        assert "Si ce matricule est celui d'un professionnel de santé de l'annuaire" in answers[0]
        assert set(LetterRequest.objects.values_list("door", flat=True)) == {"professional"}


class TestCost:
    """Queries are few and do not creep up unseen."""

    @pytest.mark.parametrize(
        ("reach", "page", "queries"),
        [(None, ROOT, 1), (at_data, DATA, 4), (at_security, SECURITY, 2), (at_sent, SENT, 5), (at_done, DONE, 3)],
    )
    def test_a_page_costs(self, client, django_assert_num_queries, reach, page, queries):
        _professional, letter = professional_with_letter()
        if reach:
            reach(client, letter)
        client.get(page)
        with django_assert_num_queries(queries):
            assert client.get(page).status_code == 200


def test_no_page_of_a_step_is_kept_by_the_browser(client):
    _professional, letter = professional_with_letter()
    at_sent(client, letter)
    for page in [LUXTRUST, CODE, DATA, SECURITY, SENT]:
        assert "no-store" in client.get(page).headers["Cache-Control"]


def test_nothing_is_opened_twice(client):
    _professional, letter = professional_with_letter()
    at_done(client, letter)
    for page in [DATA, SECURITY, SENT]:
        assert client.get(page)["Location"] == DONE
    assert client.post(SENT, {"code": "1234567"})["Location"] == DONE
    assert Account.objects.count() == 1
