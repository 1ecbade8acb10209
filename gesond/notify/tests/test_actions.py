import threading

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.journal import Actor
from gesond.kernel.models import JournalEntry
from gesond.notify.actions import ResendError, resend, withdraw_messages
from gesond.notify.models import OutboxMessage, State
from gesond.notify.tests.factories import environment, queued

OPERATOR = Actor("operator:anne")


@pytest.mark.django_db(transaction=True)
def test_row_and_job_are_written_by_the_callers_transaction_or_not_at_all():
    class OutOfInkError(Exception):
        pass

    def change_that_fails():
        with transaction.atomic():
            queued()
            raise OutOfInkError

    with pytest.raises(OutOfInkError):
        change_that_fails()

    assert not OutboxMessage.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="notify.deliver").exists()


@pytest.mark.django_db
def test_one_message_makes_one_job_whose_arguments_say_nothing_of_the_person():
    message = queued(recipient="secret.person@example.lu", context={"operator": "Hortense Secret"})

    job = ProcrastinateJob.objects.get(task_name="notify.deliver")
    assert job.args == {"message_id": str(message.pk)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM notify_outboxmessage m")
        assert "ecret" not in cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("fr", "Message d'essai", "Merci de ne pas répondre à cet e-mail : les réponses ne sont pas lues."),
        ("de", "Testnachricht", "Bitte antworten Sie nicht auf diese E-Mail: Antworten werden nicht gelesen."),
        ("en", "Test message", "Please do not reply to this e-mail: answers are not read."),
    ],
)
def test_the_message_speaks_the_persons_language(language, subject, line):
    content = queued(language=language).content
    assert content["subject"] == subject
    assert line in content["text"]
    assert line in content["html"]
    assert f'<html lang="{language}">' in content["html"]


@pytest.mark.django_db
@pytest.mark.parametrize("recipient", ["no address", "a@b.lu\nBcc: c@d.lu", "", "a@b.lu, c@d.lu"])
def test_what_is_no_address_is_not_queued(recipient):
    with pytest.raises(ValueError, match="e-mail address"):
        queued(recipient=recipient)


@pytest.mark.django_db
@pytest.mark.parametrize("recipient", ["621123456", "+352 621 123 456", "+0621", "+352621123456\n,"])
def test_what_is_no_number_is_not_queued(recipient):
    with pytest.raises(ValueError, match=r"E\.164"):
        queued(channel="sms", recipient=recipient)


@pytest.mark.django_db
def test_an_address_is_found_in_any_case_of_its_letters():
    message = queued(recipient="Anne.Weber@Example.lu")
    assert message.recipient_hash in keyed_hashes("anne.weber@example.lu", purpose="outbox.recipient")


@pytest.mark.django_db
def test_a_dedupe_key_makes_one_message():
    first = queued(dedupe_key="reminder:7")
    again = queued(dedupe_key="reminder:7")
    other = queued(dedupe_key="reminder:8")

    assert again.pk == first.pk
    assert other.pk != first.pk
    assert ProcrastinateJob.objects.filter(task_name="notify.deliver").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_transactions_with_one_dedupe_key_make_one_message():
    inside, go = threading.Event(), threading.Event()
    made = []

    def first():
        with transaction.atomic():
            made.append(queued(dedupe_key="once").pk)
            inside.set()
            go.wait(10)
        connection.close()

    def second():
        inside.wait(10)
        go.set()
        made.append(queued(dedupe_key="once").pk)
        connection.close()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert OutboxMessage.objects.count() == 1
    assert len(set(made)) == 1


@pytest.mark.django_db
def test_what_has_not_left_can_be_withdrawn(settings, sent_messages):
    settings.ENVIRONMENT = environment(keep_message_bodies=False)
    message = queued(reference="sign-in:1")
    other = queued(reference="sign-in:2")

    assert withdraw_messages(reference="sign-in:1") == 1
    assert withdraw_messages(reference="") == 0

    assert [sent.pk for sent in sent_messages()] == [other.pk]
    message.refresh_from_db()
    assert (message.state, message.content) == (State.WITHDRAWN, None)


@pytest.mark.django_db
def test_a_dead_letter_is_sent_again_and_the_journal_knows(sent_messages):
    message = queued()
    OutboxMessage.objects.update(state=State.FAILED, last_error="smtp 550", attempts=10)
    assert not sent_messages()

    resend(actor=OPERATOR, message_id=message.pk)

    assert [sent.pk for sent in sent_messages()] == [message.pk]
    entry = JournalEntry.objects.get(event="message.resent")
    assert (entry.actor, entry.details) == ("operator:anne", {"message": str(message.pk)})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"state": State.QUEUED},
        {"state": State.FAILED, "last_error": "x", "content": None},
        {"state": State.FAILED, "last_error": "x", "expires_at": "2020-01-01T00:00:00Z"},
    ],
)
def test_only_a_dead_letter_with_its_text_and_use_can_be_sent_again(changes):
    message = queued()
    OutboxMessage.objects.update(**changes)
    with pytest.raises(ResendError):
        resend(actor=OPERATOR, message_id=message.pk)
