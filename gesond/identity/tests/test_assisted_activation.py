"""Guided activations: who may be helped, one link for one browser, and what a rogue clerk meets."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from gesond.identity.actions import activation as steps
from gesond.identity.actions import assisted_activation as actions
from gesond.identity.actions.activation import AccountExistsError, AssistedEndedError, BrowserKey
from gesond.identity.actions.assisted_activation import cancel, look_up, send_link_again
from gesond.identity.actions.assisted_proof import Opening, hash_of_link
from gesond.identity.assisted_steps import AssistedStep, may_follow, step_of, topic_of
from gesond.identity.event_names import EVENT_NAMES
from gesond.identity.models import (
    Account,
    Activation,
    ActivationCode,
    AssistedActivation,
    LookReason,
    PostedNotice,
    Role,
    StaffLook,
)
from gesond.identity.queries.activation import find_activation
from gesond.identity.tests.assisted_steps import (
    BY_SMS,
    ON_SCREEN,
    a_clerk,
    actor_of,
    events_of,
    key_of,
    offered,
    opened,
    opened_by,
    token_of,
)
from gesond.identity.tests.factories import PASSWORD, AccountFactory, PersonFactory, matricule_for
from gesond.identity.tests.walking import (
    MOBILE,
    VISITOR,
    activation_of,
    at_once,
    choose,
    digits_sent,
    post_letter,
    prove,
)
from gesond.kernel.clock import now
from gesond.kernel.identifiers import Matricule
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db
State = AssistedActivation.State


def fresh(given) -> AssistedActivation:
    return AssistedActivation.objects.get(pk=given.assisted.pk)


def step(given) -> AssistedStep:
    assisted = fresh(given)
    return step_of(assisted, Activation.objects.filter(assisted=assisted).first())


def with_password(key: BrowserKey) -> BrowserKey:
    steps.choose_password(actor=VISITOR, key=key, password=PASSWORD)
    return key


def open_with(key: BrowserKey) -> Account:
    with_password(key)
    choose(key)
    steps.open_account(actor=VISITOR, key=key, typed=digits_sent(key.activation_id))
    account = activation_of(key).account
    assert account is not None
    return account


def let_time_pass(given) -> None:
    AssistedActivation.objects.filter(pk=given.assisted.pk).update(expires_at=now() - timedelta(seconds=1))


# The walk


def test_a_link_stands_for_the_letter_and_the_desk_sees_each_step():
    given = offered()
    assert step(given) == AssistedStep.LINK
    key = key_of(given)
    assert step(given) == AssistedStep.PASSWORD
    with_password(key)
    assert step(given) == AssistedStep.CHANNEL
    choose(key)
    assert step(given) == AssistedStep.CONFIRM
    assert steps.open_account(actor=VISITOR, key=key, typed=digits_sent(key.activation_id)).right
    assert step(given) == AssistedStep.DONE
    account = Account.objects.get(person=given.assisted.person)
    assert account.doors == ["patient"]
    assert account.phone == MOBILE


def test_the_person_reads_of_every_step_in_their_journal():
    clerk, person = a_clerk(), PersonFactory()
    look_up(actor=actor_of(clerk), clerk=clerk, matricule=Matricule.parse(person.matricule))
    open_with(key_of(offered(clerk, person)))
    told = events_of(person)
    assert told[:4] == [
        "person.looked_at",
        "assisted_activation.offered",
        "assisted_activation.link_sent",
        "assisted_activation.begun",
    ]
    assert "assisted_activation.opened" in told
    assert [event for event in told if event not in EVENT_NAMES] == []
    entry = JournalEntry.objects.get(chain=f"person:{person.pk}", event="person.looked_at")
    look = StaffLook.objects.get(staff=clerk, person=person, reason=LookReason.COUNTER)
    assert entry.actor == f"staff:{clerk.pk}"
    assert entry.details == {"look": look.pk, "reason": "counter", "reference": ""}
    begun = JournalEntry.objects.get(chain=f"person:{person.pk}", event="assisted_activation.offered")
    assert begun.details["document"] == "passport"


def test_an_open_account_is_told_by_post_and_a_letter_under_way_opens_nothing():
    letter = post_letter()
    given = offered(person=letter.row.person)
    open_with(key_of(given))
    assert PostedNotice.objects.get().person == letter.row.person
    letter.row.refresh_from_db()
    assert letter.row.state == ActivationCode.State.CANCELLED
    assert prove(letter).key is None


def test_an_account_opened_with_a_letter_is_not_told_by_post():
    letter = post_letter()
    key = prove(letter).key
    assert key is not None
    open_with(key)
    assert not PostedNotice.objects.exists()


def test_the_last_pages_are_shown_for_ten_minutes_only():
    given = offered()
    key = key_of(given)
    open_with(key)
    find_activation(key)
    let_time_pass(given)
    with pytest.raises(AccountExistsError):
        find_activation(key)


def test_a_minors_account_is_opened_by_the_same_procedure():
    """S2-32."""
    child = PersonFactory(matricule=matricule_for(77, year=now().year - 9))
    assert open_with(key_of(offered(person=child))).person == child


# Who may be helped


def test_nobody_opens_their_own_account_at_their_own_counter():
    clerk = a_clerk()
    with pytest.raises(actions.OwnPersonError):
        offered(clerk, clerk.person)


def test_the_dead_those_with_an_account_and_those_without_address_are_refused():
    for person, refusal in (
        (PersonFactory(deceased=True), actions.DeceasedError),
        (AccountFactory().person, actions.HasAccountError),
        (AccountFactory(doors=["professional"]).person, actions.HasAccountError),
        (PersonFactory(address=None), actions.NoAddressError),
    ):
        with pytest.raises(refusal):
            offered(person=person)
    assert not AssistedActivation.objects.exists()


def test_a_refused_look_up_is_in_the_journal_too():
    clerk, person = a_clerk(), PersonFactory(deceased=True)
    with pytest.raises(actions.DeceasedError):
        look_up(actor=actor_of(clerk), clerk=clerk, matricule=Matricule.parse(person.matricule))
    assert events_of(person) == ["person.looked_at"]


def test_a_matricule_of_nobody_is_in_the_clerks_journal():
    clerk = a_clerk()
    nobody = Matricule.parse(matricule_for(4711))
    assert look_up(actor=actor_of(clerk), clerk=clerk, matricule=nobody) is None
    entry = JournalEntry.objects.get(chain=f"staff:{clerk.pk}", event="person.searched")
    assert entry.details["found"] == 0
    assert str(nobody) not in str(entry.details)


def test_one_is_under_way_for_a_person_until_its_time_is_over():
    given = offered()
    with pytest.raises(actions.UnderWayError):
        offered(person=given.assisted.person)
    let_time_pass(given)
    again = offered(person=given.assisted.person)
    assert fresh(given).state == State.CANCELLED
    assert fresh(again).state == State.OFFERED


def test_the_table_keeps_one_under_way_and_no_link_after_its_use():
    given = offered()
    with pytest.raises(IntegrityError), transaction.atomic():
        AssistedActivation.objects.create(
            person=given.assisted.person,
            clerk=given.assisted.clerk,
            document="passport",
            language="fr",
            link_hash=b"x" * 16,
            started_at=now(),
            expires_at=now(),
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        AssistedActivation.objects.filter(pk=given.assisted.pk).update(state=State.TAKEN)


# The link


def test_a_link_serves_once():
    given = offered()
    key = key_of(given)
    assert hash_of_link(token_of(given)) == ""
    assert opened(given).outcome == Opening.OVER
    find_activation(key)


def test_looking_at_a_link_does_not_use_it():
    given = offered()
    assert hash_of_link(token_of(given)) == hash_of_link(token_of(given)) != ""
    assert opened(given).outcome == Opening.GOOD


def test_a_link_is_good_for_a_quarter_of_an_hour():
    given = offered()
    held = hash_of_link(token_of(given))
    assert given.assisted.expires_at - given.assisted.started_at <= timedelta(minutes=15, seconds=1)
    let_time_pass(given)
    assert held
    assert opened(given).outcome == Opening.OVER
    assert step(given) == AssistedStep.EXPIRED


@pytest.mark.parametrize("token", ["", "x", "%00", "é" * 40, "a" * 5000])
def test_what_is_no_link_opens_nothing(token):
    offered()
    assert hash_of_link(token) == ""


def test_only_a_hash_of_the_link_is_kept():
    given = offered()
    token = token_of(given)
    kept = AssistedActivation.objects.filter(pk=given.assisted.pk).values().get()
    assert token not in str(kept)
    assert token not in str(list(JournalEntry.objects.values()))
    assert token not in repr(given)


def test_a_link_with_another_matricule_opens_nothing_and_three_tries_end_it():
    """A link that went to a wrong number opens nothing to whoever got it."""
    given, other = offered(), PersonFactory()
    for left in (2, 1):
        tried = opened(given, matricule=other.matricule)
        assert (tried.outcome, tried.tries_left, tried.key) == (Opening.WRONG, left, None)
    assert opened(given, matricule=other.matricule).tries_left == 0
    assert fresh(given).state == State.CANCELLED
    assert opened(given).outcome == Opening.OVER


def test_a_new_link_ends_the_one_before_and_the_walk_begun_with_it():
    clerk = a_clerk()
    given = offered(clerk)
    key = with_password(key_of(given))
    again = send_link_again(
        actor=actor_of(clerk), clerk=clerk, assisted_id=given.assisted.pk, links=1, delivery=ON_SCREEN
    )
    assert again is not None
    assert opened(given).outcome == Opening.OVER
    new = key_of(again)
    with pytest.raises(steps.OtherBrowserError):
        find_activation(key)
    assert find_activation(new).password == ""


def test_while_a_new_link_waits_the_browser_before_cannot_go_on():
    clerk = a_clerk()
    given = offered(clerk)
    key = with_password(key_of(given))
    send_link_again(actor=actor_of(clerk), clerk=clerk, assisted_id=given.assisted.pk, links=1, delivery=ON_SCREEN)
    with pytest.raises(AssistedEndedError):
        choose(key)


def test_a_page_sent_twice_makes_one_link():
    clerk = a_clerk()
    given = offered(clerk)
    asked = {"actor": actor_of(clerk), "clerk": clerk, "assisted_id": given.assisted.pk, "links": 1}
    first = send_link_again(**asked, delivery=ON_SCREEN)
    assert send_link_again(**asked, delivery=ON_SCREEN) is None
    assert first is not None
    assert opened(first).outcome == Opening.GOOD


def test_a_link_by_sms_is_in_the_message_and_nowhere_else():
    given = offered(delivery=BY_SMS)
    assert given.link == ""
    message = OutboxMessage.objects.get()
    assert message.recipient == BY_SMS.destination
    assert "/activation/assisted/" in message.content["text"]
    assert message.expires_at == given.assisted.expires_at


def test_what_is_cancelled_opens_no_account():
    clerk = a_clerk()
    given = offered(clerk)
    key = with_password(key_of(given))
    choose(key)
    cancel(actor=actor_of(clerk), clerk=clerk, assisted_id=given.assisted.pk)
    with pytest.raises(AssistedEndedError):
        steps.open_account(actor=VISITOR, key=key, typed=digits_sent(key.activation_id))
    assert not Account.objects.filter(person=given.assisted.person).exists()


def test_cancelling_takes_back_a_message_that_has_not_left():
    clerk = a_clerk()
    given = offered(clerk, delivery=BY_SMS)
    cancel(actor=actor_of(clerk), clerk=clerk, assisted_id=given.assisted.pk)
    assert OutboxMessage.objects.exclude(state__in=["queued", "sending", "sent"]).count() == 1


def test_who_takes_longer_than_an_hour_begins_again():
    given = offered()
    key = with_password(key_of(given))
    let_time_pass(given)
    with pytest.raises(AssistedEndedError):
        choose(key)


def test_the_letter_at_home_may_be_used_instead():
    letter = post_letter()
    given = offered(person=letter.row.person)
    guided = with_password(key_of(given))
    proof = prove(letter)
    assert proof.key is not None
    assert not proof.resumed
    assert fresh(given).state == State.CANCELLED
    with pytest.raises(steps.OtherBrowserError):
        find_activation(guided)
    open_with(proof.key)


def test_an_account_opened_by_letter_ends_a_link_nobody_opened():
    letter = post_letter()
    key = prove(letter).key
    assert key is not None
    given = offered(person=letter.row.person)
    open_with(key)
    assert fresh(given).state == State.CANCELLED
    assert opened(given).outcome == Opening.OVER


# A rogue clerk


def test_another_clerk_cannot_see_renew_or_end_it():
    clerk, other = a_clerk(), a_clerk()
    given = offered(clerk)
    asked = {"actor": actor_of(other), "clerk": other, "assisted_id": given.assisted.pk}
    with pytest.raises(AssistedActivation.DoesNotExist):
        cancel(**asked)
    with pytest.raises(AssistedActivation.DoesNotExist):
        send_link_again(**asked, links=1, delivery=ON_SCREEN)
    assert fresh(given).state == State.OFFERED


def test_the_steps_are_followed_by_the_clerk_alone(client):
    from gesond.identity.tests.luxtrust_steps import signed_in_by

    clerk, other = a_clerk(), a_clerk()
    topic = topic_of(offered(clerk).assisted.pk)

    def follows(account: Account, door: str) -> bool:
        signed_in_by(client, account, door=door, method="totp")
        request = client.get("/fr/desk/").wsgi_request
        return may_follow(request.user, topic)

    assert follows(clerk, "staff")
    assert not follows(other, "staff")
    assert not follows(clerk, "patient")


def test_a_clerk_begins_so_many_a_day_and_the_log_tells_of_the_next(monkeypatch):
    monkeypatch.setattr(actions, "OFFERS_A_DAY", actions.Limit("test.offers", 2, timedelta(days=1)))
    clerk = a_clerk()
    offered(clerk)
    offered(clerk)
    told = []
    monkeypatch.setattr(actions.logger, "warning", lambda event, **facts: told.append((event, facts)))
    with pytest.raises(actions.TooManyError):
        offered(clerk)
    assert told == [("counter_limit_reached", {"limit": "test.offers", "account": clerk.pk})]
    offered(a_clerk())


def test_one_number_receives_so_many_links_a_day():
    clerks = [a_clerk(), a_clerk()]
    for number in range(actions.LINKS_A_DAY_TO_ONE.count):
        offered(clerks[number % 2], delivery=BY_SMS)
    with pytest.raises(actions.TooManyError):
        offered(clerks[0], delivery=BY_SMS)


def test_look_ups_are_counted_before_anything_is_found(monkeypatch):
    monkeypatch.setattr(actions, "LOOKS_A_DAY", actions.Limit("test.looks", 1, timedelta(days=1)))
    clerk, person = a_clerk(), PersonFactory()
    look_up(actor=actor_of(clerk), clerk=clerk, matricule=Matricule.parse(matricule_for(4712)))
    with pytest.raises(actions.TooManyError):
        look_up(actor=actor_of(clerk), clerk=clerk, matricule=Matricule.parse(person.matricule))
    assert events_of(person) == []


def test_staff_without_the_role_follow_nothing():
    assert not may_follow(a_clerk(Role.LETTERS), topic_of(offered().assisted.pk))


# Races


@pytest.mark.django_db(transaction=True)
def test_of_two_browsers_with_the_same_link_the_first_wins():
    given = offered()
    token, matricule = token_of(given), str(given.assisted.person.matricule)
    results = at_once(*[lambda: opened_by(token, matricule)] * 4)
    assert sorted(one.outcome for one in results) == [Opening.GOOD, Opening.OVER, Opening.OVER, Opening.OVER]
    assert Activation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_begin_one():
    person = PersonFactory()
    clerks = [a_clerk(), a_clerk(), a_clerk()]
    offered()  # terms
    results = at_once(*[lambda clerk=clerk: offered(clerk, person) for clerk in clerks])
    assert sum(isinstance(one, actions.UnderWayError) for one in results) == 2
    assert AssistedActivation.objects.filter(person=person).count() == 1


@pytest.mark.django_db(transaction=True)
def test_cancelling_and_opening_at_once_end_in_one_of_both():
    for _round in range(3):
        clerk = a_clerk()
        given = offered(clerk)
        key = with_password(key_of(given))
        choose(key)
        digits = digits_sent(key.activation_id)
        at_once(
            lambda clerk=clerk, given=given: cancel(actor=actor_of(clerk), clerk=clerk, assisted_id=given.assisted.pk),
            lambda key=key, digits=digits: steps.open_account(actor=VISITOR, key=key, typed=digits),
        )
        is_open = Account.objects.filter(person=given.assisted.person).exists()
        assert fresh(given).state == (State.DONE if is_open else State.CANCELLED)
        assert PostedNotice.objects.filter(person=given.assisted.person).exists() == is_open
