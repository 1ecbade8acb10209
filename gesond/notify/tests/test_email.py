"""Against a real SMTP server (aiosmtpd) on the loopback."""

import uuid
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from gesond.notify.channels import PermanentError, TemporaryError, sender_for
from gesond.notify.channels.email import build_email
from gesond.notify.models import OutboxMessage, State
from gesond.notify.tests.factories import CONTENT, environment, outgoing, queued

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
FROM = "eSanté <no-reply@esante.example>"


class Mailbox:
    """What the server took; `answers` are given in turn before it takes everything."""

    def __init__(self):
        self.taken = []
        self.rcpt_answers = []
        self.data_answers = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt_answers:
            return self.rcpt_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_answers:
            return self.data_answers.pop(0)
        self.taken.append((envelope, session))
        return "250 taken"

    @property
    def letters(self):
        return [message_from_bytes(envelope.content, policy=default) for envelope, _ in self.taken]


class AnyPort(Controller):
    """On whatever port was free."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def server(settings):
    """Start a server with the given options; point GESOND_SMTP_URL at it."""
    running = []

    def start(scheme="smtp", user="", query="", **options):
        mailbox = Mailbox()
        controller = AnyPort(mailbox, hostname="127.0.0.1", port=0, **options)
        controller.start()
        running.append(controller)
        port = controller.port
        settings.ENVIRONMENT = environment(smtp_url=f"{scheme}://{user}127.0.0.1:{port}{query}", mail_from=FROM)
        return mailbox

    yield start
    for controller in running:
        controller.stop()


def test_a_letter_arrives_with_the_headers_it_must_have(server):
    mailbox = server()
    message = outgoing(recipient="anne@example.lu")

    reference = sender_for("email").send(message)

    (letter,) = mailbox.letters
    assert mailbox.taken[0][0].rcpt_tos == ["anne@example.lu"]
    assert mailbox.taken[0][0].mail_from == "no-reply@esante.example"
    assert reference == f"{message.id}@esante.example"
    assert letter["Message-ID"] == f"<{reference}>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "fr"
    assert letter["Subject"] == "Sujet été"
    assert letter["From"] == FROM
    assert letter["Date"].datetime == message.created_at.replace(microsecond=0)
    assert "Reply-To" not in letter
    assert letter.get_body(("plain",)).get_content().strip() == "Bonjour"
    assert letter.get_body(("html",)).get_content().strip() == "<p>Bonjour</p>"


def test_a_second_attempt_bears_the_same_message_id_and_date(server):
    mailbox = server()
    message = outgoing()
    sender_for("email").send(message)
    sender_for("email").send(message)
    first, second = mailbox.letters
    assert (first["Message-ID"], first["Date"]) == (second["Message-ID"], second["Date"])


@pytest.mark.django_db(transaction=True)
def test_a_queued_message_reaches_the_mailbox_after_a_temporary_refusal(server, run_jobs):
    mailbox = server()
    mailbox.data_answers = ["451 4.3.0 come back later"]
    message = queued(recipient="anne@example.lu")

    run_jobs()
    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.QUEUED, "smtp 451 4.3.0")

    from gesond.notify import delivery

    delivery.deliver_message(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.SENT, 2)
    assert len(mailbox.letters) == 1


@pytest.mark.django_db(transaction=True)
def test_an_unknown_mailbox_is_a_dead_letter_whose_reason_does_not_name_it(server, run_jobs):
    mailbox = server()
    mailbox.rcpt_answers = ["550 5.1.1 <anne@example.lu> no such person"]
    queued(recipient="anne@example.lu")
    run_jobs()
    message = OutboxMessage.objects.get()
    assert (message.state, message.last_error) == (State.FAILED, "smtp 550 5.1.1")


@pytest.mark.parametrize(
    ("answers", "error", "reason"),
    [
        ({"rcpt_answers": ["450 4.2.1 greylisted"]}, TemporaryError, "smtp 450 4.2.1"),
        ({"rcpt_answers": ["554 go away"]}, PermanentError, "smtp 554"),
        ({"data_answers": ["552 5.3.4 too big"]}, PermanentError, "smtp 552 5.3.4"),
        ({"data_answers": ["421 4.3.2 shutting down"]}, TemporaryError, "smtp 421 4.3.2"),
    ],
)
def test_four_hundreds_may_pass_later_and_five_hundreds_never(answers, error, reason, server):
    mailbox = server()
    vars(mailbox).update(answers)
    with pytest.raises(error) as raised:
        sender_for("email").send(outgoing())
    assert raised.value.reason == reason
    assert not mailbox.taken


def test_nobody_at_the_port_is_temporary(settings, unused_port):
    settings.ENVIRONMENT = environment(smtp_url=f"smtp://127.0.0.1:{unused_port}")
    with pytest.raises(TemporaryError, match="ConnectionRefusedError"):
        sender_for("email").send(outgoing())


def test_a_server_that_hangs_up_in_the_middle_is_temporary(server):
    mailbox = server()

    async def hang_up(smtp, session, envelope):
        smtp.transport.abort()
        return "250 never read"

    mailbox.handle_DATA = hang_up
    with pytest.raises(TemporaryError):
        sender_for("email").send(outgoing())


def test_a_refused_farewell_does_not_unsend_what_was_taken(server):
    mailbox = server()

    async def quit_badly(smtp, session, envelope):
        return "421 bye"

    mailbox.handle_QUIT = quit_badly
    sender_for("email").send(outgoing())
    assert len(mailbox.taken) == 1


def test_starttls_encrypts_and_checks_the_certificate(server, certificate):
    authority, context = certificate
    mailbox = server("smtp+starttls", query=f"?ca={authority}", tls_context=context, require_starttls=True)
    sender_for("email").send(outgoing())
    assert mailbox.taken[0][1].ssl is not None


def test_starttls_refuses_a_certificate_nobody_vouches_for(server, certificate):
    _, context = certificate
    mailbox = server("smtp+starttls", tls_context=context)
    with pytest.raises(TemporaryError, match="SSLCertVerificationError"):
        sender_for("email").send(outgoing())
    assert not mailbox.taken


def test_a_server_without_starttls_gets_nothing_in_clear(server):
    mailbox = server("smtp+starttls")
    with pytest.raises(TemporaryError):
        sender_for("email").send(outgoing())
    assert not mailbox.taken


def test_tls_from_the_first_byte(server, certificate):
    authority, context = certificate
    mailbox = server("smtps", query=f"?ca={authority}", ssl_context=context)
    sender_for("email").send(outgoing())
    assert len(mailbox.taken) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_user_and_password_are_given_and_their_refusal_is_the_operators(server):
    def check(smtp, session, envelope, mechanism, data):
        return AuthResult(success=data.login == b"us@er" and data.password == b"p:ss", handled=False)

    options = {"authenticator": check, "auth_require_tls": False, "auth_required": True}
    mailbox = server(user="us%40er:p%3Ass@", **options)
    sender_for("email").send(outgoing())
    assert mailbox.taken

    server(user="user:wrong@", **options)
    with pytest.raises(TemporaryError, match="smtp 535 before the message"):
        sender_for("email").send(outgoing())


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "a@b.lu\r\nBcc: c@d.lu"},
        {"recipient": "a@b.lu, c@d.lu"},
        {"recipient": ""},
        {"content": {**CONTENT, "subject": "Bonjour\r\nBcc: c@d.lu"}},
    ],
)
def test_no_header_can_be_smuggled_in(changes):
    with pytest.raises(PermanentError):
        build_email(outgoing(**changes), sender=FROM)


def test_a_subject_from_a_template_is_one_line(monkeypatch):
    from gesond.notify import rendering
    from gesond.notify.models import Channel

    monkeypatch.setattr(rendering, "render_to_string", lambda name, context: "Bonjour\r\nBcc: c@d.lu\n")
    assert rendering.render_message(Channel.EMAIL, "a/b", {})["subject"] == "Bonjour Bcc: c@d.lu"


def test_a_domain_with_accents_travels_in_its_ascii_form():
    email = build_email(outgoing(recipient="anne@santé.lu"), sender=FROM)
    assert email["To"] == "anne@xn--sant-epa.lu"


def test_long_lines_and_accents_survive_seven_bit_servers(server):
    mailbox = server()
    text = "é" * 2000 + "\n.\nfin\n"
    sender_for("email").send(outgoing(content={**CONTENT, "text": text}))
    assert mailbox.letters[0].get_body(("plain",)).get_content().replace("\r\n", "\n") == text
    assert max(len(line) for line in mailbox.taken[0][0].content.splitlines()) <= 998


def test_message_ids_differ_between_messages():
    one, other = (build_email(outgoing(id=uuid.UUID(int=n)), sender=FROM)["Message-ID"] for n in (1, 2))
    assert one != other
