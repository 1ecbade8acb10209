"""Against a message centre that speaks SMPP 3.4 over real sockets."""

import logging
import threading
from urllib.parse import urlsplit

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from smpplib import consts

from gesond.notify.channels import PermanentError, TemporaryError, ThrottledError, smpp_session
from gesond.notify.channels.sms_smpp import SMPPSender
from gesond.notify.models import OutboxMessage, State
from gesond.notify.queries import Outcome, delivery_state
from gesond.notify.tests.factories import environment, outgoing, queued
from gesond.notify.tests.smpp_centre import Centre

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def centre(request):
    one = Centre(**getattr(request, "param", {}))
    yield one
    one.close()


@pytest.fixture
def sender(centre, settings):
    settings.ENVIRONMENT = environment(sms_sender="eSante")
    one = SMPPSender.from_address(urlsplit(f"smpp://gesond:s%40cret@127.0.0.1:{centre.port}?system_type=otp"))
    yield one
    one.close()


def sms(text="Votre code : 123456", **changes):
    return outgoing(recipient="+352621123456", content={"text": text}, **changes)


def test_a_short_text_is_one_submission(centre, sender):
    message = sms("Votre code : 123456 €")
    assert sender.send(message) == "sm-1"

    (bind,) = centre.binds
    assert (bind.system_id, bind.password, bind.system_type) == (b"gesond", b"s@cret", b"otp")
    assert bind.interface_version == 0x34
    (part,) = centre.submitted
    assert part.short_message == b"Votre code : 123456 \x1be"
    assert (part.destination_addr, part.dest_addr_ton, part.dest_addr_npi) == (b"352621123456", 1, 1)
    assert (part.source_addr, part.source_addr_ton) == (b"eSante", 5)
    assert (part.data_coding, part.esm_class, part.registered_delivery) == (0, 0, 1)
    assert part.user_message_reference == message.id.int & 0xFFFF


def test_one_connection_serves_many_messages(centre, sender):
    assert [sender.send(sms()) for _ in range(3)] == ["sm-1", "sm-2", "sm-3"]
    assert len(centre.binds) == 1


def test_several_threads_share_it(centre, sender):
    references = []

    def work():
        references.extend(sender.send(sms()) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(references)) == 40
    assert len(centre.binds) == 1


def test_a_long_text_goes_in_numbered_parts_with_the_same_marks_at_each_attempt(centre, sender):
    message = sms("Hallo " * 40)
    sender.send(message)
    sender.send(message)

    first, second, again, _ = centre.submitted
    assert [part.short_message[:3] for part in (first, second)] == [b"\x05\x00\x03"] * 2
    assert [part.short_message[4:6] for part in (first, second)] == [b"\x02\x01", b"\x02\x02"]
    assert first.esm_class == second.esm_class == consts.SMPP_GSMFEAT_UDHI
    assert first.short_message[6:] + second.short_message[6:] == b"Hallo " * 40
    assert first.short_message[3] == second.short_message[3] == again.short_message[3]
    assert [part.registered_delivery for part in (first, second)] == [0, 1]


def test_other_letters_go_as_ucs2(centre, sender):
    sender.send(sms("À bientôt 😀"))
    (part,) = centre.submitted
    assert part.data_coding == consts.SMPP_ENCODING_ISO10646
    assert part.short_message.decode("utf-16-be") == "À bientôt 😀"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (consts.SMPP_ESME_RTHROTTLED, ThrottledError),
        (consts.SMPP_ESME_RMSGQFUL, ThrottledError),
        (consts.SMPP_ESME_RSYSERR, TemporaryError),
        (consts.SMPP_ESME_RSUBMITFAIL, TemporaryError),
        (consts.SMPP_ESME_RINVDSTADR, PermanentError),
        (consts.SMPP_ESME_RX_P_APPN, PermanentError),
    ],
)
def test_refusals_are_told_apart_and_the_connection_stands(status, error, centre, sender):
    centre.answers = [status]
    with pytest.raises(error) as raised:
        sender.send(sms())
    assert raised.value.reason == f"smpp submit_sm 0x{status:08x}"
    assert type(raised.value) is error

    sender.send(sms())
    assert len(centre.binds) == 1


@pytest.mark.parametrize("centre", [{"bind_status": consts.SMPP_ESME_RINVPASWD}], indirect=True)
def test_a_refused_bind_is_the_operators_to_mend(centre, sender):
    with pytest.raises(TemporaryError, match="smpp bind 0x0000000e"):
        sender.send(sms())


def test_nobody_at_the_port_is_temporary(unused_port):
    sender = SMPPSender.from_address(urlsplit(f"smpp://gesond:x@127.0.0.1:{unused_port}"))
    with pytest.raises(TemporaryError, match="smpp: no connection"):
        sender.send(sms())


def test_a_connection_that_breaks_in_the_middle_is_temporary_and_bound_anew(centre, sender):
    centre.answers = [consts.SMPP_ESME_ROK, "drop"]
    with pytest.raises(TemporaryError, match="smpp: connection broke"):
        sender.send(sms("Hallo " * 40))

    assert sender.send(sms()) == "sm-3"
    assert len(centre.binds) == 2


def test_a_connection_that_broke_while_nothing_was_sent_is_bound_anew(centre, sender):
    sender.send(sms())
    session = sender._session
    centre.hang_up()
    session._reader.join(10)
    sender.send(sms())
    assert len(centre.binds) == 2


def test_silence_is_temporary(centre, sender, monkeypatch):
    monkeypatch.setattr(smpp_session, "ANSWER_SECONDS", 0.2)
    centre.answers = ["silence"]
    with pytest.raises(TemporaryError, match="no answer"):
        sender.send(sms())


def test_an_idle_connection_is_asked_whether_it_stands(centre, sender, monkeypatch):
    monkeypatch.setattr(smpp_session, "IDLE_SECONDS", 0.05)
    sender.send(sms())
    centre.wait_until(lambda: len([pdu for pdu in centre.heard if pdu.command == "enquire_link"]) >= 2)
    sender.send(sms())
    assert len(centre.binds) == 1


def test_the_centres_own_question_is_answered(centre, sender):
    sender.send(sms())
    centre.say("enquire_link")
    centre.wait_until(lambda: any(pdu.command == "enquire_link_resp" for pdu in centre.heard))


@pytest.fixture
def tls_centre(certificate, settings):
    settings.ENVIRONMENT = environment(sms_sender="eSante")
    authority, context = certificate
    one = Centre(tls=context)
    yield one, authority
    one.close()


def test_a_centre_in_tls_is_read_and_written_by_several_threads(tls_centre, monkeypatch):
    monkeypatch.setattr(smpp_session, "IDLE_SECONDS", 0.02)
    centre, authority = tls_centre
    sender = SMPPSender.from_address(urlsplit(f"smpps://gesond:x@127.0.0.1:{centre.port}?ca={authority}"))
    references = []

    def work():
        references.extend(sender.send(sms("Hallo " * 40)) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    sender.close()
    assert len(set(references)) == 40
    assert len(centre.submitted) == 80
    assert len(centre.binds) == 1


def test_a_centre_whose_certificate_nobody_vouches_for_gets_no_password(tls_centre):
    centre, _ = tls_centre
    sender = SMPPSender.from_address(urlsplit(f"smpps://gesond:x@127.0.0.1:{centre.port}"))
    with pytest.raises(TemporaryError, match="no connection"):
        sender.send(sms())
    assert not centre.binds


def test_leaving_is_said(centre, sender):
    sender.send(sms())
    sender.close()
    centre.wait_until(lambda: any(pdu.command == "unbind" for pdu in centre.heard))


RECEIPT = b"id:sm-1 sub:001 dlvrd:000 submit date:2603251200 done date:2603251201 stat:UNDELIV err:001 text:"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("as_fields", [True, False])
def test_a_receipt_tells_the_page_that_the_number_cannot_be_reached(as_fields, centre, sender, monkeypatch, run_jobs):
    monkeypatch.setattr("gesond.notify.delivery.sender_for", lambda channel: sender)
    queued(channel="sms", recipient="+352621123456", reference="code:1")
    run_jobs()
    assert delivery_state(reference="code:1").outcome is Outcome.SENT

    if as_fields:
        centre.deliver(b"", receipted_message_id="sm-1", message_state=5)
    else:
        centre.deliver(RECEIPT)
    centre.wait_until(lambda: centre.thanked)

    assert centre.thanked[0].status == consts.SMPP_ESME_ROK
    job = ProcrastinateJob.objects.get(task_name="notify.take_receipt")
    assert job.args == {"provider_reference": "sm-1", "outcome": "UNDELIV"}
    run_jobs()
    assert OutboxMessage.objects.get().state == State.FAILED
    assert delivery_state(reference="code:1").unreachable
    connection.close()


def test_a_receipt_that_cannot_be_kept_is_asked_for_again(centre, sender, monkeypatch):
    def broken(*receipt):
        raise RuntimeError

    monkeypatch.setattr("gesond.notify.channels.sms_smpp._defer_receipt", broken)
    sender.send(sms())
    centre.deliver(RECEIPT)
    centre.wait_until(lambda: centre.thanked)
    assert centre.thanked[0].status == consts.SMPP_ESME_RX_T_APPN


def test_the_librarys_logs_do_not_hold_the_text(centre, sender, caplog):
    caplog.set_level(logging.DEBUG)
    sender.send(sms("Votre code : 123456"))
    assert b"123456".hex() not in caplog.text
    assert "123456" not in caplog.text
