"""Opening an account with the posted code: S2-13 to S2-27, S2-32."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gesond.identity.actions import activation as steps
from gesond.identity.actions.activation import (
    AccountExistsError,
    BrowserKey,
    LetterReplacedError,
    OtherBrowserError,
    OtherStepError,
)
from gesond.identity.actions.activation_proof import TRIES_PER_ADDRESS, Refusal
from gesond.identity.actions.one_time_codes import CodeNotSentError, Outcome
from gesond.identity.models import Account, Activation, ActivationCode, OneTimeCode, TermsAcceptance
from gesond.identity.tests.factories import (
    PASSWORD,
    AccountFactory,
    PersonFactory,
    activation_code_for,
    matricule_for,
)
from gesond.identity.tests.walking import (
    EMAIL,
    MOBILE,
    OTHER_MOBILE,
    VISITOR,
    activation_of,
    at_once,
    awaiting_code,
    choose,
    digits_sent,
    key_of,
    post_letter,
    prove,
    stranger,
    with_password,
    wrong,
)
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

State = ActivationCode.State
Step = Activation.Step


def open_with(key, digits=None):
    return steps.open_account(actor=VISITOR, key=key, typed=digits or digits_sent(key.activation_id))


def events_of(person):
    return list(JournalEntry.objects.filter(chain=f"person:{person.pk}").order_by("sequence").values_list("event"))


@pytest.mark.django_db
class TestTheWholeWay:
    def test_the_five_steps_open_one_account_s2_13(self):
        letter = post_letter()
        key = awaiting_code(letter)

        assert open_with(key).right
        steps.finish_activation(actor=VISITOR, key=key)

        account = Account.objects.get(person=letter.row.person)
        assert check_password(PASSWORD, account.password)
        assert account.code_destination() == ("sms", MOBILE)
        assert activation_of(key).step == Step.DONE
        letter.row.refresh_from_db()
        assert letter.row.state == State.USED
        assert TermsAcceptance.objects.get(account=account).version == activation_of(key).terms
        assert [event for (event,) in events_of(letter.row.person)] == [
            "activation.begun",
            "activation.password_chosen",
            "code.sent",
            "code.confirmed",
            "account.opened",
            "activation.finished",
        ]

    def test_an_e_mail_address_serves_as_well_s2_20(self, sent_messages):
        key = awaiting_code(post_letter(), "email", EMAIL)
        assert open_with(key).right

        account = Account.objects.get()
        assert account.code_destination() == ("email", EMAIL)
        assert account.phone is None
        told = sent_messages(to=EMAIL)
        assert [message.template for message in told] == ["identity/one_time_code", "identity/account_opened"]

    def test_a_minor_s_account_opens_by_the_same_steps_s2_32(self):
        child = PersonFactory(matricule=matricule_for(5, year=now().year - 7))
        key = awaiting_code(post_letter(person=child))

        assert open_with(key).right
        assert Account.objects.get().person == child

    def test_the_short_matricule_is_accepted_s2_09(self):
        person = PersonFactory(matricule="1893120105732")
        assert prove(post_letter(person=person), matricule="18931201057").key is not None

    def test_the_opened_account_alone_keeps_the_password_and_the_number(self):
        key = awaiting_code(post_letter())
        open_with(key)

        activation = activation_of(key)
        assert (activation.password, activation.destination) == ("", None)

    def test_the_activation_speaks_the_language_it_ended_in(self):
        key = with_password(post_letter())
        steps.choose_channel(actor=VISITOR, key=key, channel="sms", destination=MOBILE, language="de")
        open_with(key)

        assert Account.objects.get().language == "de"
        assert set(OutboxMessage.objects.values_list("language", flat=True)) == {"de"}


@pytest.mark.django_db
class TestProvingTheLetter:
    def test_a_wrong_code_is_no_match_and_leaves_four_tries(self):
        letter = post_letter()
        proof = prove(letter, code=activation_code_for(99))

        assert (proof.refusal, proof.tries_left, proof.key) == (Refusal.NO_MATCH, 4, None)

    def test_another_person_s_code_is_no_match(self):
        mine, theirs = post_letter(1), post_letter(2)
        assert prove(mine, code=theirs.code).refusal == Refusal.NO_MATCH

    def test_five_wrong_tries_end_the_letter(self):
        letter = post_letter()
        left = [prove(letter, code=activation_code_for(n)).tries_left for n in range(5)]

        assert left == [4, 3, 2, 1, 0]
        assert prove(letter).refusal == Refusal.EXHAUSTED
        assert not Activation.objects.exists()

    def test_the_next_letter_has_five_tries_of_its_own(self):
        letter = post_letter()
        for number in range(5):
            prove(letter, code=activation_code_for(number))
        later = post_letter(2, person=letter.row.person)
        for number in range(4):
            prove(later, code=activation_code_for(number))

        assert prove(later).key is not None

    def test_both_forms_of_a_matricule_share_their_tries(self):
        letter = post_letter(person=PersonFactory(matricule="1893120105732"))
        prove(letter, code=activation_code_for(1))
        assert prove(letter, matricule="18931201057", code=activation_code_for(2)).tries_left == 3

    def test_a_right_code_clears_the_count(self):
        letter = post_letter()
        prove(letter, code=activation_code_for(1))
        prove(letter)
        assert prove(letter, code=activation_code_for(2)).tries_left == 4

    def test_tries_on_one_matricule_do_not_touch_another_s_letter(self):
        letter, other = post_letter(1), post_letter(2)
        for number in range(5):
            prove(letter, code=activation_code_for(number))
        assert prove(other).key is not None

    def test_an_unknown_matricule_counts_down_as_a_known_one(self):
        letter = post_letter()
        known = [prove(letter, code=activation_code_for(n)) for n in range(7)]
        unknown = [prove(letter, matricule=stranger(), code=activation_code_for(n)) for n in range(7)]
        assert known == unknown

    @pytest.mark.parametrize("tries_before", [0, 4], ids=["first try", "fifth try"])
    def test_an_unknown_matricule_costs_the_same_queries_as_a_known_one(self, tries_before):
        letter = post_letter()
        nobody = stranger()
        for number in range(tries_before):
            prove(letter, code=activation_code_for(number))
            prove(letter, matricule=nobody, code=activation_code_for(number))
        with CaptureQueriesContext(connection) as known:
            prove(letter, code=activation_code_for(50))
        with CaptureQueriesContext(connection) as unknown:
            prove(letter, matricule=nobody, code=activation_code_for(50))
        assert [verbs(query) for query in known] == [verbs(query) for query in unknown]

    def test_an_address_that_guesses_must_wait(self):
        letter = post_letter()
        for number in range(TRIES_PER_ADDRESS.count):
            prove(letter, matricule=stranger(number + 1), code=activation_code_for(1))
        proof = prove(letter)

        assert proof.refusal == Refusal.SLOW_DOWN
        assert 0 < proof.retry_after <= 3600
        assert prove(letter, actor=Actor("visitor", address="198.51.100.4")).key is not None

    def test_an_ipv6_subscriber_is_one_source(self):
        letter = post_letter()
        for number in range(TRIES_PER_ADDRESS.count):
            address = f"2001:db8:1:2::{number:x}"
            prove(letter, matricule=stranger(number + 1), actor=Actor("visitor", address=address))
        assert prove(letter, actor=Actor("visitor", address="2001:db8:1:2::ffff")).refusal == Refusal.SLOW_DOWN

    def test_who_holds_an_old_letter_is_told_that_a_later_one_replaced_it(self):
        letter = post_letter(state=State.CANCELLED)
        assert prove(letter).refusal == Refusal.REPLACED

    def test_who_holds_an_expired_letter_is_told_so(self):
        letter = post_letter()
        with time_machine.travel(now() + timedelta(days=91), tick=False):
            assert prove(letter).refusal == Refusal.EXPIRED

    def test_a_used_letter_leads_to_the_sign_in(self):
        letter = post_letter()
        open_with(awaiting_code(letter))
        assert prove(letter).refusal == Refusal.ACCOUNT_EXISTS

    def test_a_live_letter_of_somebody_with_an_account_leads_to_the_sign_in(self):
        letter = post_letter()
        AccountFactory(person=letter.row.person)
        assert prove(letter).refusal == Refusal.ACCOUNT_EXISTS

    def test_what_became_of_a_letter_is_not_told_with_another_matricule(self):
        letter = post_letter(state=State.CANCELLED)
        assert prove(letter, matricule=stranger()).refusal == Refusal.NO_MATCH

    def test_nobody_activates_the_account_of_a_deceased_person(self):
        letter = post_letter(person=PersonFactory(deceased=True))
        assert prove(letter).refusal == Refusal.NO_MATCH

    def test_a_short_matricule_that_two_persons_share_is_told_apart_by_the_code(self):
        first = PersonFactory(matricule="1893120105732")
        second = PersonFactory()
        second.matricule_11_hash = first.matricule_11_hash
        second.save()
        prove(post_letter(1, person=first), matricule="18931201057")
        prove(post_letter(2, person=second), matricule="18931201057")
        assert set(Activation.objects.values_list("person", flat=True)) == {first.pk, second.pk}


@pytest.mark.django_db
class TestOneBrowser:
    def test_proving_again_hands_the_activation_over_at_its_step(self):
        letter = post_letter()
        first = awaiting_code(letter)
        proof = prove(letter)

        assert proof.resumed
        assert proof.key.activation_id == first.activation_id
        assert activation_of(proof.key).step == Step.CONFIRM
        assert activation_of(proof.key).destination == MOBILE
        with pytest.raises(OtherBrowserError):
            open_with(first)
        assert open_with(proof.key).right

    def test_a_key_of_nothing_opens_nothing(self):
        with pytest.raises(OtherBrowserError):
            open_with(BrowserKey("0" * 32, "x"), "1234567")

    def test_another_activation_s_id_is_of_no_use(self):
        mine, theirs = key_of(post_letter(1)), key_of(post_letter(2))
        crossed = BrowserKey(theirs.activation_id, mine.token)
        with pytest.raises(OtherBrowserError):
            steps.choose_password(actor=VISITOR, key=crossed, password=PASSWORD)
        assert activation_of(theirs).password == ""

    def test_a_later_letter_stops_what_the_former_began(self):
        letter = post_letter()
        stolen = awaiting_code(letter)
        letter.row.state, letter.row.ended_at = State.CANCELLED, now()
        letter.row.save()

        with pytest.raises(LetterReplacedError):
            open_with(stolen)
        assert not Account.objects.exists()

    def test_a_later_letter_starts_over_and_keeps_nothing_of_a_stranger_s(self):
        letter = post_letter()
        stolen = awaiting_code(letter)
        letter.row.state, letter.row.ended_at = State.CANCELLED, now()
        letter.row.save()
        proof = prove(post_letter(2, person=letter.row.person))

        activation = activation_of(proof.key)
        assert not proof.resumed
        assert (activation.step, activation.password, activation.destination) == (Step.PASSWORD, "", None)
        with pytest.raises(OtherBrowserError):
            steps.choose_password(actor=VISITOR, key=stolen, password=PASSWORD)

    def test_a_letter_that_expires_on_the_way_was_proved_in_time(self):
        letter = post_letter()
        ActivationCode.objects.filter(pk=letter.row.pk).update(expires_at=now() + timedelta(minutes=5))
        key = awaiting_code(letter)
        with time_machine.travel(now() + timedelta(minutes=10), tick=False):
            assert open_with(key).right

    def test_an_account_opened_another_way_stops_the_activation(self):
        letter = post_letter()
        key = awaiting_code(letter)
        AccountFactory(person=letter.row.person)
        with pytest.raises(AccountExistsError):
            open_with(key)


@pytest.mark.django_db
class TestSteps:
    def test_no_code_is_sent_before_a_password_is_chosen(self):
        with pytest.raises(OtherStepError):
            choose(key_of(post_letter()))
        assert not OneTimeCode.objects.exists()

    def test_no_account_opens_before_a_code_is_sent(self):
        with pytest.raises(OtherStepError):
            open_with(with_password(post_letter()), "1234567")

    def test_nothing_is_finished_before_the_account_is_open(self):
        with pytest.raises(OtherStepError):
            steps.finish_activation(actor=VISITOR, key=awaiting_code(post_letter()))

    def test_going_back_changes_the_password_and_keeps_the_step_s2_14(self):
        key = awaiting_code(post_letter())
        steps.choose_password(actor=VISITOR, key=key, password="Regenbogen8")

        assert activation_of(key).step == Step.CONFIRM
        open_with(key)
        assert check_password("Regenbogen8", Account.objects.get().password)

    def test_the_password_of_an_open_account_is_not_changed_from_here(self):
        key = awaiting_code(post_letter())
        open_with(key)
        with pytest.raises(OtherStepError):
            steps.choose_password(actor=VISITOR, key=key, password="Regenbogen8")
        assert check_password(PASSWORD, Account.objects.get().password)

    def test_finishing_twice_is_finishing(self):
        key = awaiting_code(post_letter())
        open_with(key)
        steps.finish_activation(actor=VISITOR, key=key)
        finished_at = activation_of(key).finished_at
        steps.finish_activation(actor=VISITOR, key=key)
        assert activation_of(key).finished_at == finished_at


@pytest.mark.django_db
class TestTheCode:
    def test_validating_twice_sends_one_code(self):
        key = awaiting_code(post_letter())
        choose(key)
        assert OneTimeCode.objects.count() == 1

    def test_another_number_waits_a_minute_and_loses_nothing(self):
        key = awaiting_code(post_letter())
        with pytest.raises(CodeNotSentError) as refused:
            choose(key, destination=OTHER_MOBILE)
        assert 0 < refused.value.retry_after <= 60
        assert activation_of(key).destination == MOBILE

    def test_a_code_sent_to_the_former_number_does_not_confirm_the_next(self):
        key = awaiting_code(post_letter())
        first = digits_sent()
        with time_machine.travel(now() + timedelta(seconds=61), tick=False):
            choose(key, destination=OTHER_MOBILE)
            assert open_with(key, first).outcome == Outcome.SUPERSEDED
            assert open_with(key).right
        assert Account.objects.get().phone == OTHER_MOBILE

    def test_another_code_replaces_the_first(self):
        key = awaiting_code(post_letter())
        first = digits_sent()
        with time_machine.travel(now() + timedelta(seconds=61), tick=False):
            steps.send_another_code(actor=VISITOR, key=key)
            assert open_with(key, first).outcome == Outcome.SUPERSEDED

    def test_five_wrong_codes_pause_and_a_new_code_gives_no_new_try(self):
        letter = post_letter()
        key = awaiting_code(letter)
        right = digits_sent()
        outcomes = [open_with(key, wrong(right)).outcome for _ in range(5)]

        assert outcomes == [Outcome.WRONG] * 4 + [Outcome.PAUSED]
        assert open_with(key, right).outcome == Outcome.PAUSED
        with time_machine.travel(now() + timedelta(seconds=61), tick=False), pytest.raises(CodeNotSentError):
            steps.send_another_code(actor=VISITOR, key=prove(letter).key)

    def test_another_person_s_code_is_wrong_here(self):
        mine = awaiting_code(post_letter(1))
        theirs = awaiting_code(post_letter(2), destination=OTHER_MOBILE)
        assert open_with(mine, digits_sent(theirs.activation_id)).outcome == Outcome.WRONG

    def test_the_right_code_a_second_time_finds_the_account_open(self):
        key = awaiting_code(post_letter())
        digits = digits_sent()
        open_with(key, digits)
        with pytest.raises(OtherStepError):
            open_with(key, digits)
        assert Account.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_tabs_that_confirm_one_code_open_one_account(self):
        key = awaiting_code(post_letter())
        digits = digits_sent()
        results = at_once(*[lambda: open_with(key, digits)] * 4)

        assert sorted(type(result).__name__ for result in results) == ["CodeCheck"] + ["OtherStepError"] * 3
        assert Account.objects.count() == 1
        assert OutboxMessage.objects.filter(template="identity/account_opened").count() == 1

    def test_two_browsers_that_prove_one_letter_leave_one_in_charge(self):
        letter = post_letter()
        proofs = at_once(*[lambda: prove(letter)] * 4)

        assert Activation.objects.count() == 1
        activation = Activation.objects.get()
        assert [steps.is_key_of(activation, proof.key) for proof in proofs].count(True) == 1
        assert [proof.resumed for proof in proofs].count(False) == 1

    def test_guesses_at_once_are_all_counted(self):
        letter = post_letter()
        proofs = at_once(*[lambda n=n: prove(letter, code=activation_code_for(n)) for n in range(5)])

        assert sorted(proof.tries_left for proof in proofs) == [0, 1, 2, 3, 4]
        letter.row.refresh_from_db()
        assert (letter.row.state, letter.row.failures) == (State.EXHAUSTED, 5)

    def test_two_clicks_on_validate_send_one_code(self):
        key = with_password(post_letter())
        assert at_once(*[lambda: choose(key)] * 3) == [None] * 3
        assert OneTimeCode.objects.count() == 1


def verbs(query):
    """A statement without its values: what an observer of the work could tell."""
    words = query["sql"].split()
    return words[0] if "SAVEPOINT" in words else " ".join(words[:3])
