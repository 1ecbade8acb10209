"""A professional's activation under attack, in races, and for who has an account already."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gesond.directory.models import ProfessionalRecord
from gesond.directory.tests.activation_steps import (
    CODE,
    DATA,
    DONE,
    HELP,
    LUXTRUST,
    ROOT,
    SECURITY,
    SENT,
    SIGN_IN_FIRST,
    STEPS,
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
from gesond.directory.tests.waiting import wait_until_somebody_waits
from gesond.directory.views.activation_wizard import PURPOSE
from gesond.identity.actions import activation as steps
from gesond.identity.actions.activation import BrowserKey, NotEntitledError, OtherBrowserError, SignInFirstError
from gesond.identity.actions.activation_proof import TRIES_PER_SUBJECT, Refusal, Visit, prove_letter
from gesond.identity.actions.letter_requests import request_letter
from gesond.identity.actions.luxtrust_products import ProductTakenError
from gesond.identity.models import Account, Activation, ActivationCode, LuxTrustFlow, LuxTrustProduct
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory, activation_code_for
from gesond.identity.tests.luxtrust_steps import come_back, product_of, proof_of, signed_in_by
from gesond.identity.tests.walking import MOBILE, VISITOR, at_once, digits_sent, post_letter, stranger, terms
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.identifiers import parse_matricule
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

OTHER_MOBILE = "+352691654321"


def taken_flow(person, account=None, **facts):
    """A walk that was proved and used, as step 1 leaves it."""
    flow = come_back(Client(), proof_of(person, **facts), purpose=PURPOSE, account=account)
    flow.state, flow.ended_at = LuxTrustFlow.State.USED, now()
    flow.save()
    return flow


def prove_as(letter, flow, *, account=None, matricule="", code=None):
    return prove_letter(
        actor=VISITOR,
        matricule=parse_matricule(matricule or letter.matricule, accept_short=True),
        code=code or letter.code,
        visit=Visit(
            terms=terms(), language="fr", door="professional", flow=flow, account_id=account.pk if account else None
        ),
    )


def awaiting(letter, **facts):
    """The key of a browser to which a code is on its way."""
    key = prove_as(letter, taken_flow(letter.row.person, **facts)).key
    steps.confirm_data(actor=VISITOR, key=key)
    steps.choose_channel(actor=VISITOR, key=key, channel="sms", destination=MOBILE, language="fr")
    return key


@pytest.mark.django_db
class TestAttacks:
    def test_a_stolen_letter_and_a_luxtrust_of_one_s_own_open_nothing(self):
        _professional, letter = professional_with_letter()
        thief = PersonFactory(family_name="Dieb", given_names="Otto")
        proof = prove_as(letter, taken_flow(thief))
        assert proof.refusal == Refusal.OTHER_IDENTITY
        assert not Activation.objects.exists()
        letter.row.refresh_from_db()
        assert letter.row.state == ActivationCode.State.LIVE

    def test_neither_the_code_s_try_nor_the_letter_s_request_tells_who_is_a_professional(self):
        """S1-07, S1-08: in force with a letter, a patient with one, with an account, or nobody: the same work."""
        _professional, letter = professional_with_letter()
        patient, account = post_letter(2).row.person, AccountFactory(doors=["patient", "professional"])
        flow = taken_flow(PersonFactory())
        codes, letters = set(), set()
        for matricule in (letter.matricule, patient.matricule, account.person.matricule, stranger()):
            with CaptureQueriesContext(connection) as queries:
                proof = prove_as(letter, flow, matricule=matricule, code=activation_code_for(50))
            codes.add((proof, tuple(query["sql"].split()[0] for query in queries)))
            with CaptureQueriesContext(connection) as queries:
                asked = parse_matricule(matricule, accept_short=True)
                verdict = request_letter(actor=VISITOR, matricule=asked, language="fr", door="professional")
            letters.add((verdict.allowed, tuple(query["sql"].split()[0] for query in queries)))
        assert len(codes) == len(letters) == 1

    def test_a_professional_s_own_luxtrust_does_not_open_a_colleague_s_account(self):
        _mine, letter = professional_with_letter(1, person__family_name="Muster", person__given_names="Anna")
        colleague, _theirs = professional_with_letter(2, person__family_name="Doe", person__given_names="Ben")
        assert prove_as(letter, taken_flow(colleague.person)).refusal == Refusal.OTHER_IDENTITY

    def test_a_proof_of_luxtrust_is_taken_once(self, client):
        professional, _letter = professional_with_letter()
        accept_terms(client)
        flow = come_back(client, proof_of(professional.person), purpose=PURPOSE)
        held = client.session["luxtrust"]
        assert client.get(LUXTRUST)["Location"] == CODE
        other = Client()
        accept_terms(other)
        session = other.session
        session["luxtrust"] = held
        session.save()
        assert other.get(LUXTRUST).status_code == 200
        assert other.get(CODE)["Location"] == LUXTRUST
        flow.refresh_from_db()
        assert flow.state == LuxTrustFlow.State.USED

    @pytest.mark.parametrize("page", [*STEPS, HELP, SIGN_IN_FIRST])
    def test_no_step_opens_without_proof(self, client, page):
        for answer in [client.get(page), client.post(page, {"code": "1234567"})]:
            assert answer["Location"] == ROOT
        assert not Account.objects.exists()

    @pytest.mark.parametrize(
        ("reach", "stands_at"), [(at_data, DATA), (at_security, SECURITY), (at_sent, SENT), (at_done, DONE)]
    )
    def test_a_step_skipped_by_its_address_leads_to_the_one_that_is_due(self, client, reach, stands_at):
        _professional, letter = professional_with_letter()
        reach(client, letter)
        for page in STEPS[STEPS.index(stands_at) + 1 :]:
            assert client.get(page)["Location"] == stands_at

    def test_luxtrust_and_the_code_both_change_the_session_s_key(self, client):
        professional, letter = professional_with_letter()
        accept_terms(client)
        planted = client.cookies["gesond_session"].value
        prove(client, professional.person)
        after_luxtrust = client.cookies["gesond_session"].value
        type_letter(client, letter)
        assert len({planted, after_luxtrust, client.cookies["gesond_session"].value}) == 3
        attacker = Client()
        for known in (planted, after_luxtrust):
            attacker.cookies["gesond_session"] = known
            assert attacker.get(DATA)["Location"] == ROOT

    def test_a_form_without_its_token_is_refused(self):
        client = Client(enforce_csrf_checks=True)
        for page in [ROOT, LUXTRUST, CODE, *STEPS, HELP]:
            assert client.post(page, {"accepted": "1"}).status_code == 403

    def test_the_patients_wizard_does_not_take_a_professional_s_activation(self, client):
        _professional, letter = professional_with_letter()
        at_security(client, letter)
        session = client.session
        session["activation"] = session["professional_activation"]
        session.save()
        assert client.post("/fr/activation/password/", {"password": PASSWORD, "confirmation": PASSWORD})[
            "Location"
        ].startswith("/fr/activation/")
        assert Activation.objects.get().password == ""

    def test_a_key_of_the_other_door_is_no_key(self):
        _professional, letter = professional_with_letter()
        key = awaiting(letter)
        with pytest.raises(OtherBrowserError):
            steps.open_account(
                actor=VISITOR, key=BrowserKey(key.activation_id, key.token, "patient"), typed=digits_sent()
            )

    def test_guesses_at_this_door_leave_the_patient_s_letter_alone(self):
        professional, letter = professional_with_letter()
        patient = post_letter(2, person=professional.person)
        flow = taken_flow(professional.person)
        for number in range(5):
            prove_as(letter, flow, code=activation_code_for(number))
        states = {row.door: row.state for row in ActivationCode.objects.all()}
        assert states == {"professional": "exhausted", "patient": "live"}
        patient.row.refresh_from_db()
        assert patient.row.failures == 0

    def test_one_luxtrust_identity_that_guesses_must_wait_wherever_it_comes_from(self):
        _professional, letter = professional_with_letter()
        flow = taken_flow(PersonFactory())
        for number in range(TRIES_PER_SUBJECT.count):
            prove_as(letter, flow, matricule=stranger(number + 1))
        proof = prove_as(letter, flow)
        assert proof.refusal == Refusal.SLOW_DOWN
        assert proof.retry_after > 3600

    def test_what_a_first_luxtrust_identity_typed_is_not_another_s(self):
        """Two products of one name: the second starts over, and learns nothing of the first's number."""
        _professional, letter = professional_with_letter()
        first = awaiting(letter)
        proof = prove_as(letter, taken_flow(letter.row.person, subject="LT-OTHER"))
        activation = Activation.objects.get()
        assert not proof.resumed
        assert (activation.step, activation.destination) == ("data", None)
        with pytest.raises(OtherBrowserError):
            steps.open_account(actor=VISITOR, key=first, typed="1234567")

    def test_a_product_taken_meanwhile_opens_nothing(self):
        _professional, letter = professional_with_letter()
        key = awaiting(letter)
        product_of(AccountFactory(), proof_of(letter.row.person))
        digits = digits_sent()
        with pytest.raises(ProductTakenError):
            steps.open_account(actor=VISITOR, key=key, typed=digits)
        assert not Account.objects.filter(person=letter.row.person).exists()
        letter.row.refresh_from_db()
        assert letter.row.state == ActivationCode.State.LIVE

    def test_a_product_taken_meanwhile_is_told_calmly(self, client):
        _professional, letter = professional_with_letter()
        at_sent(client, letter)
        product_of(AccountFactory(), proof_of(letter.row.person))
        told = client.post(SENT, {"code": digits_sent()}, follow=True)
        assert told.redirect_chain[-1][0] == LUXTRUST
        assert "Votre produit LuxTrust a été associé entre-temps à un autre compte." in text_of(told)

    def test_who_left_the_directory_before_the_last_code_opens_nothing(self):
        _professional, letter = professional_with_letter()
        key = awaiting(letter)
        ProfessionalRecord.objects.all().delete()
        with pytest.raises(NotEntitledError):
            steps.open_account(actor=VISITOR, key=key, typed=digits_sent())
        assert not Account.objects.exists()

    def test_who_died_is_no_professional(self):
        _professional, letter = professional_with_letter(person__deceased=True)
        assert prove_as(letter, taken_flow(letter.row.person)).refusal == Refusal.NO_MATCH


@pytest.mark.django_db
class TestWhoHasAnAccountAlready:
    """A letter adds a door to an account; it never takes one over."""

    def with_account(self, **fields):
        professional, letter = professional_with_letter()
        return AccountFactory(person=professional.person, email="anna@example.lu", **fields), letter

    def test_signing_in_is_asked_for_after_the_code_and_leads_back(self, client):
        account, letter = self.with_account()
        at_code(client, account.person)
        assert type_letter(client, letter)["Location"] == SIGN_IN_FIRST
        page = client.get(SIGN_IN_FIRST)
        assert "Connectez-vous d'abord à votre compte" in text_of(page)
        assert "/fr/sign-in/?next=%2Ffr%2Fprofessional%2Factivation%2Fsign-in%2F" in page.content.decode()
        for step in STEPS:
            assert client.get(step)["Location"] in {SIGN_IN_FIRST, DATA}

        client.force_login(account)
        assert client.get(SIGN_IN_FIRST)["Location"] == DATA

    def test_signed_in_the_door_and_the_product_are_added_and_nothing_else_changes(self, client):
        account, letter = self.with_account()
        before = (account.password, account.phone, account.email)
        signed_in_by(client, account, door="patient", method="code")
        accept_terms(client)
        prove(client, account.person, account=account)
        assert type_letter(client, letter)["Location"] == DATA
        client.post(DATA)
        assert client.post(SECURITY, {"channel": "email", "email": "thief@example.lu"})["Location"] == SENT
        assert OutboxMessage.objects.get(template="identity/one_time_code").recipient == "anna@example.lu"
        assert client.post(SENT, {"code": digits_sent()})["Location"] == DONE

        account.refresh_from_db()
        assert account.doors == ["patient", "professional"]
        assert (account.password, account.phone, account.email) == before
        assert LuxTrustProduct.objects.get().account == account
        assert OutboxMessage.objects.filter(template="identity/account_notice").count() == 2
        assert JournalEntry.objects.filter(event="account.door_opened").count() == 1
        assert "Il est recommandé de définir un mot de passe" not in text_of(client.get(DONE))

    def test_the_channel_s_page_offers_the_account_s_own_only(self, client):
        account, letter = self.with_account()
        signed_in_by(client, account, door="patient", method="code")
        accept_terms(client)
        prove(client, account.person, account=account)
        type_letter(client, letter)
        client.post(DATA)
        page = client.get(SECURITY).content.decode()
        assert "*****@example.lu" in page
        assert 'name="phone"' not in page
        assert client.post(SECURITY, {"channel": "fax"}).status_code == 200

    def test_a_secretary_s_account_gains_both_doors(self, client):
        account, letter = self.with_account(doors=["secretary"])
        product_of(account, proof_of(account.person))
        signed_in_by(client, account, door="secretary")
        accept_terms(client)
        assert prove(client, account.person, account=account)["Location"] == CODE
        type_letter(client, letter)
        client.post(DATA)
        client.post(SECURITY, {"channel": "sms"})
        client.post(SENT, {"code": digits_sent()})
        account.refresh_from_db()
        assert account.doors == ["secretary", "patient", "professional"]
        assert LuxTrustProduct.objects.filter(account=account).count() == 1

    def test_an_address_that_was_only_declared_receives_no_code_and_the_activation_waits(self, client):
        """S3-17: whoever declared her may read it. A channel of her own first, then on from where she was."""
        account, letter = self.with_account(
            doors=["secretary"], phone=None, code_channel="email", email_is_declared=True
        )
        product_of(account, proof_of(account.person))
        signed_in_by(client, account, door="secretary")
        accept_terms(client)
        prove(client, account.person, account=account)
        type_letter(client, letter)
        assert client.get(DATA)["Location"] == "/fr/account/authentication/"
        assert "Confirmez d'abord un numéro de mobile" in text_of(client.get("/fr/account/authentication/"))
        assert not OutboxMessage.objects.filter(template="identity/one_time_code").exists()
        answer = client.post("/fr/account/channel/sms/", {"destination": MOBILE})
        client.post(answer["Location"], {"code": digits_sent(), "step": "proving_new"})
        assert client.get(DATA).status_code == 200
        client.post(DATA)
        with time_machine.travel(now() + timedelta(seconds=61)):
            client.post(SECURITY, {"channel": "sms"})
            client.post(SENT, {"code": digits_sent()})
        account.refresh_from_db()
        assert account.doors == ["secretary", "patient", "professional"]

    def test_another_person_s_account_does_not_go_on(self, client):
        _professional, letter = professional_with_letter()
        signed_in_by(client, AccountFactory(), door="patient", method="code")
        accept_terms(client)
        prove(client, letter.row.person, account=Account.objects.get())
        assert "Votre session est celle d'une autre personne" in text_of(type_letter(client, letter))
        assert not Activation.objects.exists()

    def test_signing_in_to_another_account_on_the_way_does_not_go_on(self, client):
        account, letter = self.with_account()
        at_code(client, account.person)
        type_letter(client, letter)
        client.force_login(AccountFactory())
        assert client.get(DATA)["Location"] == SIGN_IN_FIRST
        assert "Votre session est celle d'un autre compte" in text_of(client.get(SIGN_IN_FIRST))

    def test_without_signing_in_no_action_goes_on(self):
        account, letter = self.with_account()
        key = prove_as(letter, taken_flow(account.person)).key
        for act in (
            lambda: steps.confirm_data(actor=VISITOR, key=key),
            lambda: steps.choose_channel(actor=VISITOR, key=key, channel="sms", destination=MOBILE, language="fr"),
            lambda: steps.open_account(actor=VISITOR, key=key, typed="1234567"),
        ):
            with pytest.raises(SignInFirstError):
                act()

    def test_an_account_opened_on_the_way_is_confirmed_by_its_own_channel(self):
        """The number typed before is not the account's: its code is worth nothing any more."""
        _professional, letter = professional_with_letter()
        key = awaiting(letter)
        digits = digits_sent()
        account = AccountFactory(person=letter.row.person)
        signed_in = BrowserKey(key.activation_id, key.token, key.door, account.pk)
        assert not steps.open_account(actor=VISITOR, key=signed_in, typed=digits).right
        assert Activation.objects.get().step == "channel"
        with time_machine.travel(now() + timedelta(seconds=61), tick=False):
            steps.choose_channel(actor=VISITOR, key=signed_in, channel="sms", destination=OTHER_MOBILE, language="fr")
            assert OutboxMessage.objects.latest("created_at").recipient == account.phone
            assert steps.open_account(actor=VISITOR, key=signed_in, typed=digits_sent()).right
        account.refresh_from_db()
        assert "professional" in account.doors

    def test_an_open_professional_account_leads_to_the_sign_in(self):
        account, letter = self.with_account(doors=["patient", "professional"])
        assert prove_as(letter, taken_flow(account.person)).refusal == Refusal.ACCOUNT_EXISTS


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_tabs_that_confirm_one_code_open_one_account(self):
        _professional, letter = professional_with_letter()
        key = awaiting(letter)
        digits = digits_sent()
        results = at_once(*[lambda: steps.open_account(actor=VISITOR, key=key, typed=digits)] * 4)
        assert sorted(type(result).__name__ for result in results) == ["CodeCheck"] + ["OtherStepError"] * 3
        assert Account.objects.count() == LuxTrustProduct.objects.count() == 1

    def test_two_browsers_that_prove_one_letter_leave_one_in_charge(self):
        _professional, letter = professional_with_letter()
        flow = taken_flow(letter.row.person)
        proofs = at_once(*[lambda: prove_as(letter, flow)] * 4)
        activation = Activation.objects.get()
        assert [steps.is_key_of(activation, proof.key) for proof in proofs].count(True) == 1

    def test_the_patient_s_and_the_professional_s_doors_at_once_open_one_account(self):
        from gesond.identity.tests.walking import awaiting_code

        professional, letter = professional_with_letter()
        patient = awaiting_code(post_letter(2, person=professional.person), destination=OTHER_MOBILE)
        patient_digits = digits_sent(patient.activation_id)
        key = awaiting(letter)
        digits = digits_sent(key.activation_id)
        at_once(
            lambda: steps.open_account(actor=VISITOR, key=patient, typed=patient_digits),
            lambda: steps.open_account(actor=VISITOR, key=key, typed=digits),
        )
        assert Account.objects.count() == 1
        assert Activation.objects.filter(account=None).count() == 1

    def test_a_letter_replaced_while_the_code_is_typed_opens_nothing_or_was_in_time(self):
        from gesond.identity.actions.letters import issue_activation_code

        professional, letter = professional_with_letter()
        key = awaiting(letter)
        digits = digits_sent()
        at_once(
            lambda: steps.open_account(actor=VISITOR, key=key, typed=digits),
            lambda: issue_activation_code(person=professional.person, actor=VISITOR, door="professional"),
        )
        letter.row.refresh_from_db()
        opened = Account.objects.exists()
        assert letter.row.state == (ActivationCode.State.USED if opened else ActivationCode.State.CANCELLED)

    def test_a_door_is_added_while_its_person_signs_in(self):
        """Account before journal, as at sign-in: the other way round, each would wait for the other."""
        professional, letter = professional_with_letter()
        account = AccountFactory(person=professional.person, doors=["patient"])
        key = prove_as(letter, taken_flow(account.person, account), account=account).key
        steps.confirm_data(actor=VISITOR, key=key)
        steps.choose_channel(actor=VISITOR, key=key, channel="sms", destination="", language="fr")
        digits, holds = digits_sent(), threading.Event()

        def sign_in():
            with transaction.atomic():
                Account.objects.select_for_update().get(pk=account.pk)
                holds.set()
                wait_until_somebody_waits()
                journal.record(actor=VISITOR, event="sign_in.succeeded", chain=f"person:{account.person_id}")
            return True

        def open_meanwhile():
            holds.wait(10)
            return steps.open_account(actor=VISITOR, key=key, typed=digits).right

        assert sorted(map(str, at_once(sign_in, open_meanwhile))) == ["True", "True"]
        account.refresh_from_db()
        assert "professional" in account.doors
