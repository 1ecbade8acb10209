"""Polls: S1-26, S1-28. One answer an account, and nobody knows whose it is."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from gesond.content import queries
from gesond.content.actions.answering import (
    AlreadyAnsweredError,
    NoAnswerError,
    PollClosedError,
    answer_poll,
    mix_closed_polls,
)
from gesond.content.actions.editing import OptionsFixedError, close_poll, edit_content
from gesond.content.models import Participation, PollAnswer
from gesond.content.tests.factories import PollFactory, reader
from gesond.identity.tests.walking import at_once
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, Actor
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


def answer(poll, account, *numbers, text=""):
    options = [option.pk for option in poll.options.all() if option.position in numbers]
    return answer_poll(actor=Actor(f"account:{account.pk}"), poll=poll, account=account, options=options, text=text)


def count(poll):
    return [option.count for option in queries.results(poll).options]


class TestAnswering:
    def test_an_answer_is_counted(self):
        poll = PollFactory()
        answer(poll, reader(), 2)
        assert (queries.results(poll).participants, count(poll)) == (1, [0, 1, 0])

    def test_an_account_answers_once(self):
        poll, account = PollFactory(), reader()
        answer(poll, account, 1)
        with pytest.raises(AlreadyAnsweredError):
            answer(poll, account, 2)
        assert count(poll) == [1, 0, 0]

    def test_several_answers_of_one_person_are_one_participation(self):
        poll = PollFactory(asks="multiple")
        answer(poll, reader(), 1, 3)
        assert (queries.results(poll).participants, count(poll)) == (1, [1, 0, 1])

    def test_a_free_answer_is_read_at_the_desk_and_not_by_the_public(self, client):
        poll = PollFactory(asks="text")
        answer(poll, reader(), text="  Plus de médecins le soir.  ")
        assert list(queries.free_answers(poll, 1)) == ["Plus de médecins le soir."]
        close_poll(actor=SYSTEM, poll=poll)
        assert "le soir" not in client.get(f"/fr/polls/{poll.pk}/").content.decode()

    @pytest.mark.parametrize(
        ("asks", "numbers", "text"),
        [("single", (), ""), ("single", (1, 2), ""), ("multiple", (), "x"), ("text", (), " "), ("text", (), "")],
    )
    def test_an_answer_that_the_question_does_not_allow_is_refused(self, asks, numbers, text):
        with pytest.raises(NoAnswerError):
            answer(PollFactory(asks=asks), reader(), *numbers, text=text)
        assert not Participation.objects.exists()

    def test_another_polls_option_is_refused(self):
        poll, other, account = PollFactory(), PollFactory(), reader()
        with pytest.raises(NoAnswerError):
            answer_poll(actor=SYSTEM, poll=poll, account=account, options=[other.options.first().pk])

    @pytest.mark.parametrize(
        "fields", [{"state": "draft"}, {"state": "archived"}, {"publish_at": None, "state": "draft"}]
    )
    def test_what_is_not_published_takes_no_answer(self, fields):
        with pytest.raises(PollClosedError):
            answer(PollFactory(**fields), reader(), 1)

    def test_a_poll_that_is_closed_takes_no_answer(self):
        poll = PollFactory()
        with time_machine.travel(poll.closes_at), pytest.raises(PollClosedError):
            answer(poll, reader(), 1)


class TestSecrecy:
    def test_nothing_ties_an_answer_to_who_gave_it(self):
        poll, account = PollFactory(), reader()
        answer(poll, account, 2)
        assert {field.name for field in PollAnswer._meta.get_fields()} == {"id", "poll", "option", "text"}
        assert {field.name for field in Participation._meta.get_fields()} == {"id", "poll", "account"}
        told = JournalEntry.objects.get(event="poll.answered")
        assert (told.chain, told.details) == (f"person:{account.person_id}", {"poll": poll.pk})

    def test_the_answers_of_a_closed_poll_get_new_numbers_and_lose_their_order(self):
        poll = PollFactory()
        for number in range(30):
            answer(poll, reader(number), 1 if number < 15 else 3)
        before = set(PollAnswer.objects.values_list("pk", flat=True))
        with time_machine.travel(poll.closes_at + timedelta(minutes=6)):
            assert mix_closed_polls() == 1
            assert mix_closed_polls() == 0
        assert count(poll) == [15, 0, 15]
        assert before.isdisjoint(PollAnswer.objects.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT option_id FROM content_pollanswer ORDER BY ctid")
            stored = [option for (option,) in cursor.fetchall()]
        assert stored not in (sorted(stored), sorted(stored, reverse=True))

    def test_a_poll_that_is_opened_again_is_mixed_again(self):
        poll = PollFactory()
        with time_machine.travel(poll.closes_at + timedelta(minutes=6)):
            mix_closed_polls()
            later = {"texts": poll.texts, "closes_at": now() + timedelta(days=1)}
            same = [option.labels for option in poll.options.all()]
            poll = edit_content(actor=SYSTEM, item=poll, revision=1, values=later, options=same)
            answer(poll, reader(), 1)
            before = PollAnswer.objects.get().pk
        with time_machine.travel(poll.closes_at + timedelta(minutes=6)):
            assert mix_closed_polls() == 1
        assert PollAnswer.objects.get().pk != before

    def test_an_open_poll_is_left_alone(self):
        answer(PollFactory(), reader(), 1)
        assert mix_closed_polls() == 0


class TestPages:
    def test_a_visitor_is_led_to_sign_in_and_back(self, client):
        poll = PollFactory()
        page = client.get(f"/fr/polls/{poll.pk}/").content.decode()
        assert "connectez-vous à votre compte eSanté" in page
        assert client.get(f"/fr/polls/{poll.pk}/answer/")["Location"].endswith(f"?next=/fr/polls/{poll.pk}/answer/")

    def test_who_has_an_account_answers_on_the_page(self, client):
        poll = PollFactory()
        client.force_login(reader())
        choice = poll.options.get(position=2)
        answered = client.post(f"/fr/polls/{poll.pk}/answer/", {"options": str(choice.pk)}, follow=True)
        assert "votre réponse est comptée" in answered.content.decode()
        assert count(poll) == [0, 1, 0]
        assert client.get(f"/fr/polls/{poll.pk}/answer/").status_code == 302

    def test_nothing_chosen_is_said_beside_the_question(self, client):
        poll = PollFactory()
        client.force_login(reader())
        assert "Choisissez une réponse." in client.post(f"/fr/polls/{poll.pk}/answer/", {}).content.decode()

    def test_the_results_are_shown_when_it_is_closed_and_not_before(self, client):
        poll = PollFactory()
        answer(poll, reader(), 2)
        assert "100 %" not in client.get(f"/fr/polls/{poll.pk}/").content.decode()
        with time_machine.travel(poll.closes_at):
            page = client.get(f"/fr/polls/{poll.pk}/").content.decode()
        assert "100 %" in page
        assert "1 personne a participé." in page

    def test_an_answer_after_the_closing_is_not_counted(self, client):
        poll = PollFactory()
        account = reader()
        with time_machine.travel(poll.closes_at + timedelta(seconds=1)):
            client.force_login(account)
            sent = client.post(f"/fr/polls/{poll.pk}/answer/", {"options": str(poll.options.first().pk)})
        assert sent["Location"] == f"/fr/polls/{poll.pk}/"
        assert not Participation.objects.exists()

    def test_reading_costs_the_same_however_many_there_are(self, client, django_assert_num_queries):
        polls = [PollFactory() for _ in range(5)]
        with django_assert_num_queries(2):
            client.get("/fr/polls/")
        with django_assert_num_queries(2):
            client.get(f"/fr/polls/{polls[0].pk}/")
        with time_machine.travel(now() + timedelta(days=11)), django_assert_num_queries(4):
            client.get(f"/fr/polls/{polls[0].pk}/")


class TestEditing:
    def test_options_stay_once_somebody_has_answered(self):
        poll = PollFactory()
        same = [option.labels for option in poll.options.all()]
        poll = edit_content(actor=SYSTEM, item=poll, revision=1, values={"texts": poll.texts}, options=same[:2])
        assert poll.options.count() == 2
        answer(poll, reader(), 1)
        with pytest.raises(OptionsFixedError):
            edit_content(actor=SYSTEM, item=poll, revision=2, values={"texts": poll.texts}, options=same)
        edit_content(actor=SYSTEM, item=poll, revision=2, values={"texts": poll.texts}, options=same[:2])


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_are_counted_once():
    poll, account = PollFactory(), reader()

    def send():
        try:
            return bool(answer(poll, account, 1))
        except AlreadyAnsweredError:
            return False

    assert sorted(at_once(*[send] * 4)) == [False, False, False, True]
    assert (Participation.objects.count(), PollAnswer.objects.count()) == (1, 1)
