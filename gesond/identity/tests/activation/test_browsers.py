"""Which browser the activation is, who asks for a letter, and what its pages cost."""

import pytest
from django.test import Client

from gesond.identity.models import Account, Activation, ActivationCode, LetterRequest, Session
from gesond.identity.tests.activation.steps import (
    AGAIN,
    CODE,
    LETTER,
    MEANS,
    SECURITY,
    SENT,
    START,
    STEPS,
    WORD,
    at_channel,
    at_code,
    at_other_means,
    at_password,
    begin,
    text_of,
    type_letter,
    without_tokens,
)
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory
from gesond.identity.tests.sign_in_steps import CODE_PAGE, give_password
from gesond.identity.tests.walking import digits_sent, post_letter, stranger
from gesond.kernel.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("solved_captcha")]


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


def test_who_opened_an_account_signs_in_from_that_browser_whatever_strangers_try(client):
    letter = at_other_means(client)
    account = Account.objects.get(person=letter.row.person)
    for _ in range(11):
        give_password(Client(), account, "Falsch123")
    assert give_password(Client(), account).status_code == 429
    assert give_password(client, account)["Location"] == CODE_PAGE
